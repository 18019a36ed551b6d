"""A mark is what a person gave, else what the machine gave, within its bounds."""

from types import SimpleNamespace

import pytest

from grader.gradebook.marks import Mark, as_mark, by_exercise


def row(auto, by_hand, extra=None, waits=False):
    return SimpleNamespace(
        auto_score=auto,
        manual_score=by_hand,
        extra_credit=extra,
        needs_manual_grade=waits,
        max_score=4.0,
    )


@pytest.mark.parametrize(
    "found, points, pending",
    [
        (row(None, None), None, True),
        (row(3.0, None), 3.0, False),
        (row(3.0, 1.0), 1.0, False),
        (row(None, 0.0), 0.0, False),
        (row(3.0, 1.0, waits=True), 1.0, True),
        (row(4.0, None, extra=2.0), 6.0, False),
        (row(9.0, None), 4.0, False),
        (row(-1.0, None), 0.0, False),
    ],
)
def test_points_by_hand_come_first_and_all_are_within_bounds(found, points, pending):
    mark = as_mark(found)
    assert (mark.points, mark.pending) == (points, pending)


def test_an_exercise_has_the_points_of_its_checks_and_none_where_no_check_has_any():
    checks = [("check_a", 1.0, "a"), ("hidden_a", 2.0, "a"), ("b", 4.0, "b"), ("c", 1.0, "c")]
    marks = {
        "check_a": Mark(1.0, 1.0, 1.0, None, False),
        "hidden_a": Mark(0.5, 2.0, 0.5, None, False),
        "b": Mark(None, 4.0, None, None, True),
    }
    assert by_exercise(checks, marks) == {"a": 1.5, "b": None, "c": None}
