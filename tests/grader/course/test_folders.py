"""Where everything of a course is, and that its labs and students are what lies there."""

import os

import pytest

from grader.course.folders import Course, GradingError
from tests.grader.tiny import enter, source_cells, write


@pytest.fixture
def course(tmp_path):
    """A course with the lab tiny, not released."""
    enter(tmp_path)
    course = Course(tmp_path.resolve())
    write(course.source("tiny"), source_cells())
    return course


def test_an_unknown_lab_is_answered_with_the_list(course):
    with pytest.raises(GradingError, match="no lab 'tinny'. The labs are: tiny"):
        course.require("tinny")


def test_the_address_in_the_environment_is_that_of_the_gradebook(course, monkeypatch):
    monkeypatch.setenv("COURSE_GRADEBOOK", "postgresql+psycopg://host/name")
    assert Course(course.root).db_url == "postgresql+psycopg://host/name"
    assert Course(course.root, "grading/demo").db_url.startswith("sqlite:")


@pytest.mark.skipif(os.name == "nt", reason="names there are always Unicode")
def test_a_folder_that_cannot_be_a_students_is_passed_over_with_the_reason(course):
    for name in (b"ada", b"caf\xe9", b".hidden", b".ipynb_checkpoints"):
        os.makedirs(os.path.join(os.fsencode(course.folder), b"submitted", name, b"tiny"))
    assert course.students("tiny") == ["ada"]
    assert course.passed_over("tiny") == [
        ".hidden: its name begins with a dot: rename it",
        "caf?: its name is not in UTF-8: rename it",
    ]


def test_the_environment_of_a_course_is_left_as_it_was(course, monkeypatch):
    monkeypatch.delenv("COURSE_GRADING", raising=False)
    before = dict(os.environ)
    with course.entered():
        assert os.environ["COURSE_GRADING"] == "grading"
    assert dict(os.environ) == before
