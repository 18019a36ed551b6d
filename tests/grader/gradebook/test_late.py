"""Due dates, extensions and the rule for being late, up to the table, the CSV and the gradebook."""

import csv
from datetime import timedelta

import pytest

from grader.__main__ import main
from grader.gradebook.collected import Record, note
from grader.gradebook.database import gradebook
from grader.gradebook.late import Rule, words
from grader.gradebook.rows import csv_path
from tests.grader.unboxed import course, graded, hand_in, roster

__all__ = ["course"]
DAY = 86400


@pytest.mark.parametrize(
    "rule, days, taken",
    [
        (Rule(), 3, 0),
        (Rule(10), 0.1, 1),
        (Rule(10), 1.5, 2),
        (Rule(10), 30, 10),
        (Rule(10, grace_days=2), 2, 0),
        (Rule(10, grace_days=2), 2.1, 1),
        (Rule(10, most_days=3), 3, 3),
        (Rule(10, most_days=3), 3.1, 10),
        (Rule(most_days=1), 1, 0),
    ],
)
def test_a_day_begun_is_a_day(rule, days, taken):
    assert rule.penalty(10, days * DAY) == pytest.approx(taken)


def test_what_it_costs_is_said():
    assert words(Rule(), 0, 0) == ""
    assert words(Rule(10), 1.5 * DAY, 1.2) == "2 days late: 1.2 points taken off"
    assert words(Rule(10, 1), DAY, 0) == "1 day late: within the days of grace"
    assert words(Rule(), DAY, 0) == "1 day late: nothing taken off"


def due(course, *arguments):
    assert main(["--course", str(course.root), "due", *arguments]) == 0


@pytest.fixture
def late_class(course):
    """Due on the 3rd; ben is two days late, and cy three."""
    due(course, "tiny", "2026-11-03 23:59 UTC")
    for student, time in (
        ("amara", "2026-11-03 23:00 UTC"),
        ("ben", "2026-11-05 12:00 UTC"),
        ("cy", "2026-11-06 20:00 +0000"),
    ):
        hand_in(course, student, 6, time)
    return course


def totals(course):
    return {student: row.total for student, row in graded(course).items()}


def test_without_a_rule_nothing_is_taken_off(late_class):
    assert totals(late_class) == {"amara": 6, "ben": 6, "cy": 6}


def test_the_rule_holds_in_table_csv_and_gradebook(late_class):
    due(late_class, "--percent-a-day", "10", "--grace-days", "1", "--most-days", "2")
    rows = graded(late_class)
    assert {name: row.total for name, row in rows.items()} == pytest.approx(
        {"amara": 6, "ben": 5.4, "cy": 0}
    )
    assert rows["ben"].sentence.endswith("2 days late: 0.6 points taken off")
    with open(csv_path(late_class, "tiny"), newline="", encoding="utf-8") as file:
        lines = {line["student"]: line for line in csv.DictReader(file)}
    assert (lines["ben"]["late penalty"], lines["ben"]["total"]) == ("0.6", "5.4")
    assert "2 days late" in lines["ben"]["sentence"]
    with gradebook(late_class) as book:
        assert book.find_submission("tiny", "ben").late_submission_penalty == pytest.approx(0.6)


def test_an_extension_for_a_student_or_a_group_moves_the_date_and_can_be_taken_back(late_class):
    roster(late_class, "id,group\namara,\nben,B\ncy,\n")
    due(late_class, "--percent-a-day", "10")
    assert totals(late_class) == pytest.approx({"amara": 6, "ben": 4.8, "cy": 4.2})
    due(late_class, "tiny", "2026-11-05 13:00 +0100", "--for", "B", "--for", "cy")
    assert totals(late_class) == pytest.approx({"amara": 6, "ben": 6, "cy": 4.8})
    with gradebook(late_class) as book:
        extension = book.find_submission("tiny", "ben").extension
    assert extension == timedelta(days=1, hours=12, minutes=1)
    due(late_class, "tiny", "none", "--for", "B")
    assert totals(late_class) == pytest.approx({"amara": 6, "ben": 4.8, "cy": 4.8})


def test_a_timestamp_that_is_removed_waives_the_penalty(late_class):
    due(late_class, "--percent-a-day", "10")
    (late_class.submitted("tiny", "ben") / "timestamp.txt").unlink()
    assert totals(late_class)["ben"] == 6


def test_late_by_canvass_word_alone_costs_nothing_and_is_said(late_class):
    due(late_class, "--percent-a-day", "10")
    hand_in(late_class, "dan", 6)
    note(late_class, "tiny", {"dan": Record("Canvas", late=True)})
    row = graded(late_class)["dan"]
    assert row.total == 6 and row.sentence.endswith(
        "late, says Canvas, but not how late: nothing taken off"
    )


def test_the_command_prints_what_holds_and_refuses_whom_it_does_not_know(course, capsys):
    roster(course, "id,group\nada,A\n")
    due(course, "tiny", "2026-11-03 23:59")
    due(course, "tiny", "2026-11-09 23:59", "--for", "A")
    due(course, "--percent-a-day", "10", "--most-days", "5")
    capsys.readouterr()
    due(course)
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith("tiny: due 2026-11-03 23:59 ") and second.startswith("  A: until 2026-")
    assert last == ("late: 10 % of the points for each day begun, all points are lost after 5 days")
    command = ["--course", str(course.root), "due", "tiny", "2026-11-09 23:59", "--for", "eve"]
    assert main(command) == 1
    assert "neither a student nor a group" in capsys.readouterr().err
