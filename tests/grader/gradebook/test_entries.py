"""Grading again: what a person decided stays, what is gone is gone."""

import pytest

from grader.gradebook import marks
from grader.gradebook.database import gradebook
from tests.grader.regrading import again
from tests.grader.tiny import RIGHT, submit

pytestmark = [pytest.mark.xdist_group("regrading"), pytest.mark.box]


def test_a_mark_given_by_hand_stays_and_stays_settled(course):
    row = again(course)["ada"]
    assert (row.total, row.points["explanation"], row.pending) == (9, 3, False)


def test_a_changed_answer_asks_for_the_hand_again(course):
    submit(course, "ada", RIGHT | {"explanation": "Another reason."})
    row = again(course, student="ada")["ada"]
    assert (row.total, row.pending) == (9, True)


def test_what_cannot_be_graded_any_more_keeps_no_marks_of_before(course):
    submit(course, "cy", RIGHT)
    assert again(course, student="cy")["cy"].total == 6
    (course.submitted("tiny", "cy") / "tiny.ipynb").write_text("{")
    row = again(course, student="cy")["cy"]
    assert (row.total, row.outcome.status) == (None, "ungradable")
    assert not course.feedback("tiny", "cy").exists()
    with gradebook(course) as book:
        assert all(mark.auto is None for mark in marks.read(book, "tiny", "cy").values())
