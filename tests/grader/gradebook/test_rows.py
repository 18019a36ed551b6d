"""A row for every student who is there, and no zeros where there is no mark."""

import shutil

import pytest

from tests.grader.regrading import reported
from tests.grader.tiny import RIGHT, submit

pytestmark = [pytest.mark.xdist_group("regrading"), pytest.mark.box]


def test_a_student_who_is_removed_is_not_shown(course):
    submit(course, "dan", RIGHT)
    shutil.rmtree(course.submitted("tiny", "dan").parent)
    assert "dan" not in reported(course)


def test_marks_without_a_gradebook_are_no_zeros(course):
    gradebook, away = course.folder / "gradebook.db", course.folder / "away.db"
    gradebook.rename(away)
    try:
        row = reported(course)["ada"]
    finally:
        away.replace(gradebook)
    assert (row.total, row.outcome.status) == (None, "not graded yet")
