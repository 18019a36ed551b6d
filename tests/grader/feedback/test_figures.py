"""The figures on the page about a class count what is there."""

from grader.feedback.figures import histogram, shares
from grader.feedback.statistics import (
    page,
)
from grader.gradebook.outcomes import GRADED, Outcome
from grader.gradebook.rows import Row
from tests.grader.feedback.classes import student, text_of


def test_full_marks_are_in_the_last_bar_and_so_is_what_lies_above():
    def rows(*totals):
        return [
            Row("a", None, None, None, {}, total, 45.0, False, Outcome(GRADED, ""))
            for total in totals
        ]

    assert (
        histogram(rows(45.0, 44.9, 0.0)).data[0].y[-1] == 2
        and histogram(rows(45.0, 44.9, 0.0)).data[0].y[0] == 1
    )
    above = histogram(rows(47.0, 0.0))
    assert (
        sum(above.data[0].y) == 2 and above.data[0].y[-1] == 1 and above.layout.xaxis.range[1] >= 47
    )
    assert (
        sum(
            histogram([Row("a", None, None, None, {}, 0.0, 0.0, False, Outcome(GRADED, ""))])
            .data[0]
            .y
        )
        == 1
    )


def test_marks_that_are_still_to_come_are_no_zeros(course):
    rows = [
        student(course, "a", by_hand=4.0),
        student(course, "b"),
        student(course, "c", by_hand=0.0),
    ]
    assert shares(course.checks("tiny"), rows)["explanation"] == {100.0: 1, 0.0: 1}
    assert "1 submission waits for marks by hand" in text_of(page(course, "tiny", rows))
