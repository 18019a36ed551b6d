"""A learner's progress: what was found last in each lab, and what comes next."""

import pytest

from bootstrap import progress

LABS = """
[[lab]]
name = "lab01_one"
title = "One"
minutes = 5
follows = ["01", "02"]
exercises = { a = "1", b = "2a", c = "2b", words = "3" }
[[lab]]
name = "lab02_two"
title = "Two"
minutes = 5
follows = ["03"]
exercises = { d = "1" }
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course.toml").write_text(LABS)
    return tmp_path


def test_before_the_first_check_the_lecture_comes_next(course):
    assert progress.rows(course) == [
        {"lab": "01 One", "exercises": "", "points": "", "next": "lecture 02, then this lab"},
        {"lab": "02 Two", "exercises": "", "points": "", "next": "lecture 03, then this lab"},
    ]


def test_the_first_exercise_that_is_not_right_comes_next(course):
    progress.keep(course, "lab01_one", {"a": [4, 4], "b": [1, 3], "c": [0, 2.5]})
    assert progress.rows(course)[0] == {
        "lab": "01 One",
        "exercises": "1 of 3",
        "points": "5 of 9.5",
        "next": "exercise 2a",
    }


def test_what_is_found_again_takes_the_place_of_what_was_found(course):
    progress.keep(course, "lab02_two", {"d": [0, 2]})
    progress.keep(course, "lab02_two", {"d": [2, 2]})
    assert progress.rows(course)[1]["next"] == "done"


@pytest.mark.parametrize("text", ["", "[1, 2]", '{"a": 3}', '{"a": ["x", 1]}'])
def test_a_file_that_is_not_ours_counts_as_none(course, text):
    progress.keep(course, "lab01_one", {})
    (progress.folder(course) / "lab01_one.json").write_text(text)
    assert progress.rows(course)[0]["points"] == ""
