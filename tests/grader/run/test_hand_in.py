"""Who handed in, what counts in a group, and who is on the roster."""

import csv

import pytest

from grader.gradebook import marks
from grader.gradebook.collected import Record, note
from grader.gradebook.database import gradebook
from grader.gradebook.rows import csv_path
from grader.run.hand_in import handed_in
from tests.grader.unboxed import by_hand, course, graded, hand_in, reported, roster

ROSTER = """id,name,email,group
ada,Ada Lovelace,ada@uni.example,A
bob,Bob Noyce,bob@uni.example,A
cy,Cy Young,cy@uni.example,
dan,Dan Brown,dan@uni.example,B
eve,Eve Li,eve@uni.example,B
"""
EARLY, LATE = "2026-11-03 10:00:00 UTC", "2026-11-04 10:00:00 UTC"

__all__ = ["course"]


def totals(rows):
    return {student: row.total for student, row in rows.items()}


def statuses(rows):
    return {student: row.outcome.status for student, row in rows.items()}


@pytest.fixture
def group(course):
    roster(course, ROSTER)
    return course


def test_everyone_on_the_roster_has_a_row_and_no_one_else_becomes_a_student(group):
    hand_in(group, "cy", 4)
    hand_in(group, "stranger", 6)
    rows = graded(group)
    assert totals(rows) == {
        "ada": None,
        "bob": None,
        "cy": 4,
        "dan": None,
        "eve": None,
        "stranger": None,
    }
    assert statuses(rows)["stranger"] == "ungradable" and statuses(rows)["dan"] == "not handed in"
    assert "not on the roster" in rows["stranger"].sentence
    with gradebook(group) as book:
        names = {one.id: one.last_name for one in book.students}
    assert names == {"ada": "Lovelace", "bob": "Noyce", "cy": "Young", "dan": "Brown", "eve": "Li"}
    with open(csv_path(group, "tiny"), newline="", encoding="utf-8") as file:
        lines = {line["student"]: line for line in csv.DictReader(file)}
    assert lines["dan"]["status"] == "not handed in" and lines["dan"]["total"] == ""
    assert lines["cy"]["total"] == "4" and lines["ada"]["group"] == "A"


def test_one_hand_in_is_one_mark_for_each_member(group):
    hand_in(group, "bob", 5)
    rows = graded(group)
    assert (totals(rows)["ada"], totals(rows)["bob"]) == (5, 5)
    assert rows["ada"].sentence.startswith("handed in by bob")
    pages = [group.feedback("tiny", name).read_bytes() for name in ("ada", "bob")]
    assert pages[0] == pages[1]
    with gradebook(group) as book:
        given = [marks.read(book, "tiny", name) for name in ("ada", "bob")]
    assert given[0] == given[1] and given[0]


def test_a_mark_by_hand_for_one_is_for_all(group):
    hand_in(group, "bob", 5)
    graded(group)
    by_hand(group, "bob", 3)
    assert {totals(reported(group))[name] for name in ("ada", "bob")} == {8}


def test_of_two_hand_ins_the_newer_counts_and_it_is_said(group):
    hand_in(group, "ada", 2, EARLY)
    hand_in(group, "bob", 5, LATE)
    rows = graded(group)
    assert (totals(rows)["ada"], totals(rows)["bob"]) == (5, 5)
    assert rows["ada"].sentence.startswith("handed in by bob, later than their own")
    assert not group.autograded("tiny", "ada").exists()


def test_canvass_numbers_say_which_is_newer(group):
    hand_in(group, "ada", 2)
    hand_in(group, "bob", 5)
    note(group, "tiny", {"ada": Record("Canvas", upload=9), "bob": Record("Canvas", upload=7)})
    assert totals(graded(group))["bob"] == 2


def test_two_hand_ins_of_unknown_order_are_not_graded(group):
    hand_in(group, "dan", 2)
    hand_in(group, "eve", 5, LATE)
    rows = graded(group)
    assert statuses(rows)["dan"] == statuses(rows)["eve"] == "ungradable"
    assert "which is newer is not known" in rows["dan"].sentence


def test_the_same_notebook_from_each_member_is_one_hand_in(group):
    hand_in(group, "ada", 4)
    path = group.submitted("tiny", "bob") / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes((group.submitted("tiny", "ada") / "tiny.ipynb").read_bytes())
    assert totals(graded(group))["bob"] == 4


def test_a_member_can_be_named_to_grade_the_groups_hand_in(group):
    hand_in(group, "bob", 5)
    assert totals(graded(group, student="ada"))["ada"] == 5


def test_a_hand_in_that_is_gone_leaves_no_mark_to_the_group(group):
    hand_in(group, "bob", 5)
    hand_in(group, "cy", 1)
    graded(group)
    (group.submitted("tiny", "bob") / "tiny.ipynb").unlink()
    group.submitted("tiny", "bob").rmdir()
    rows = graded(group)
    assert statuses(rows)["ada"] == statuses(rows)["bob"] == "not handed in"
    with gradebook(group) as book:
        assert all(one.auto is None for one in marks.read(book, "tiny", "ada").values())
    assert not group.feedback("tiny", "ada").exists()


@pytest.mark.parametrize(
    "text, hour",
    [
        ("2026-11-03 10:00:00.5 UTC", 10),
        ("2026-11-03 19:00 +0900", 10),
        ("2026-11-03 10:00", 10),
        ("Nov 3 2026 10:00", 10),
        ("yesterday", None),
    ],
)
def test_a_timestamp_is_read_with_its_offset(course, text, hour):
    hand_in(course, "ada", 1, text)
    found = handed_in(course, "tiny", "ada")
    assert (found and found.hour) == hour
