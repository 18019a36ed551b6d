"""A lab that cannot be graded fairly is not released."""

import copy

import pytest

from grader.course.folders import Course, GradingError
from grader.release.labs import release
from tests.grader.tiny import cell, enter, source_cells, write

pytestmark = [pytest.mark.xdist_group("proof"), pytest.mark.box]


def course_of(folder, cells):
    enter(folder)
    course = Course(folder.resolve())
    write(course.source("tiny"), cells)
    return course


def changed(name, source):
    cells = copy.deepcopy(source_cells())
    next(one for one in cells if one["id"] == name)["source"] = source
    return cells


@pytest.mark.parametrize(
    "cells, words",
    [
        (
            changed(
                "half",
                "def half(x):\n    ### BEGIN SOLUTION\n    return x // 3\n    ### END SOLUTION",
            ),
            "check_half: the reference earns 0 of 1: half of 4 is 2",
        ),
        (changed("check_half", "half\npass"), "check_half: the untouched release earns 1"),
        (
            changed("check_double", "assert double(3) == double(3)"),
            "check_double, line 1: compares two of the student's values",
        ),
    ],
)
def test_a_lab_that_is_not_fit_to_be_graded_is_refused(tmp_path, cells, words):
    course = course_of(tmp_path, cells)
    with pytest.raises(GradingError) as refused:
        release(course, "tiny")
    assert words in str(refused.value)
    assert not course.released("tiny").exists()


def test_a_lab_that_is_fit_is_released_once(tmp_path):
    course = course_of(tmp_path, [*source_cells(), cell("markdown", "end", "The end.")])
    assert release(course, "tiny") and course.released("tiny").exists()
    assert not release(course, "tiny")


def test_a_lab_without_an_entry_in_course_toml_is_refused(tmp_path):
    course = course_of(tmp_path, source_cells())
    (tmp_path / "course.toml").write_text("", encoding="utf-8")
    with pytest.raises(GradingError, match=r"no entry for tiny: add a \[\[lab\]\]"):
        release(course, "tiny")


def with_setup(text):
    return [cell("code", "setup", text, locked=True), *source_cells()]


def test_a_set_up_cell_that_imports_what_answers_may_not_is_refused(tmp_path):
    course = course_of(tmp_path, with_setup("from utils import pruning"))
    with pytest.raises(GradingError, match='tiny imports utils.pruning .* add "pruning" to its'):
        release(course, "tiny")


def test_an_import_that_only_shows_when_it_runs_is_named_with_its_cell(tmp_path):
    """The box has no utils.pruning; the lab's opening cell does not say that it wants it."""
    course = course_of(tmp_path, with_setup('__import__("utils.pruning")'))
    with pytest.raises(GradingError) as refused:
        release(course, "tiny")
    assert "the cell setup fails: ModuleNotFoundError: utils.pruning" in str(refused.value)


def test_a_locked_cell_that_fails_outside_the_box_is_named(tmp_path):
    inside = 'import os\nassert "COURSE_SEED" not in os.environ, "this cell runs in the box alone"'
    cells = [*source_cells(), cell("code", "late", inside, locked=True)]
    with pytest.raises(GradingError) as refused:
        release(course_of(tmp_path, cells), "tiny")
    assert "the cell late fails outside the box: AssertionError" in str(refused.value)
