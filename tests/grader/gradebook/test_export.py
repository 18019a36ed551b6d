"""The CSV, and what spreadsheets make of it."""

import csv

import pytest

from grader.gradebook.export import guarded, write_csv
from grader.gradebook.outcomes import Outcome
from grader.gradebook.rows import Row


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1"])
def test_no_cell_starts_a_formula(text):
    assert guarded(text) == "'" + text


def test_other_cells_stay_as_they_are():
    assert [guarded("a=b"), guarded(None), guarded("")] == ["a=b", "", ""]


def test_names_come_back_as_they_went_in(tmp_path):
    outcome = Outcome("graded", 'said "hello", left\nand came back')
    row = Row(
        "=evil",
        "Zoë",
        "García, Jr.",
        "-1@example.org",
        {"x": 1.5},
        1.5,
        2,
        True,
        outcome,
        group="A",
    )
    write_csv(tmp_path / "out.csv", [("check_x", 2.0, "x")], [row])
    with open(tmp_path / "out.csv", newline="", encoding="utf-8") as file:
        (line,) = csv.DictReader(file)
    assert line == {
        "student": "'=evil",
        "first name": "Zoë",
        "last name": "García, Jr.",
        "email": "'-1@example.org",
        "group": "A",
        "x": "1.5",
        "late penalty": "",
        "total": "1.5",
        "max": "2",
        "manual marks pending": "yes",
        "status": "graded",
        "sentence": 'said "hello", left\nand came back',
    }
