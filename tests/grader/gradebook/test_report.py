"""The table of a run, its legend and its summary."""

from dataclasses import replace

import pytest
from rich.console import Console

from grader.gradebook.outcomes import GRADED, NOT_HANDED_IN, UNGRADABLE, Outcome
from grader.gradebook.report import legend, summary, table
from grader.gradebook.rows import Row

CHECKS = [("check_double", 2.0, "double"), ("hidden_double", 3.0, "double"), ("why", 4.0, "why")]
NUMBERS = {"double": "1a", "why": "2"}
PENDING = Row(
    "ada",
    None,
    None,
    None,
    {"double": 2.5, "why": None},
    2.0,
    9.0,
    True,
    Outcome(GRADED, "x"),
    0.5,
    "1 day late: 0.5 points taken off",
)
WITHOUT = Row(
    "bob",
    None,
    None,
    None,
    {"double": None, "why": None},
    None,
    9.0,
    False,
    Outcome(UNGRADABLE, ""),
)
MISSING = replace(WITHOUT, student="cy", outcome=Outcome(NOT_HANDED_IN, ""))


def printed(rows):
    console = Console(width=100, color_system=None)
    with console.capture() as capture:
        console.print(table(CHECKS, rows, NUMBERS))
    return [line.split() for line in capture.get().splitlines()]


def test_a_mark_to_come_is_a_question_mark_and_no_grade_a_dash():
    head, ada, bob = printed([PENDING, WITHOUT])
    assert head == ["student", "of", "9", "1a", "2", "status"]
    assert " ".join(ada[5:]) == "x; 1 day late: 0.5 points taken off"
    assert ada[:5] == ["ada", "2+", "2.5", "?", "graded"]
    assert bob == ["bob", "-", "ungradable"]


def test_the_legend_names_the_exercises_and_who_waits():
    exercises, waits = legend(CHECKS, [PENDING, WITHOUT], NUMBERS)
    assert exercises == "exercises (points): 1a double (5), 2 why (4)"
    assert waits.startswith("? and +: 1 submission waits for marks by hand")
    assert legend(CHECKS, [WITHOUT], NUMBERS) == [exercises]


@pytest.mark.parametrize(
    "rows, text",
    [
        ([], "0 submissions: "),
        ([WITHOUT], "1 submission: 1 ungradable"),
        ([WITHOUT, PENDING], "2 submissions: 1 graded, 1 ungradable"),
        ([PENDING, MISSING], "1 submission: 1 graded, 1 not handed in"),
    ],
)
def test_the_summary_counts_each_status(rows, text):
    assert summary(rows) == text
