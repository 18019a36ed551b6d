"""A lab that cannot be graded fairly is not released."""

import copy
import shutil

import pytest

from grader.course import Course, GradingError
from grader.release import release

from .tiny import HERE, cell, source_cells, write

pytestmark = pytest.mark.xdist_group("proof")


def course_of(folder, cells):
    shutil.copy(HERE / "nbgrader_config.py", folder)
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
            "check_double, line 1: compares two values of the student's",
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
