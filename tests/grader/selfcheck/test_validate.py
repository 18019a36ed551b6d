"""Validate names the cells that cost marks, in the form that nbgrader's button shows."""

import shutil

import pytest

from bootstrap import progress
from grader.selfcheck import validate
from tests.grader.tiny import RIGHT


@pytest.fixture
def mine(course, notebook):
    """mine(answers=...): the path of a copy in the lab's folder."""

    def mine(*arguments):
        path = course.released("tiny").with_name("copy of tiny.ipynb")
        shutil.copy(notebook(*arguments), path)
        return path

    return mine


def test_each_cell_that_costs_marks_is_named_by_its_exercise_and_its_grade_id(mine, played):
    played(check_double=0.5, hidden_double=0)
    said = validate.answer(mine({"double": RIGHT["double"], "half": RIGHT["half"]}))
    assert said["success"]
    first, second = said["value"]["failed"]
    assert first["source"] == "Exercise 1a, the cell check_double: 0.5 of 2 points"
    assert first["error"] == "a &lt; b in check_double"
    assert second["source"] == "Exercise 2, the cell explanation: 4 points"
    assert second["error"] == "There is no answer yet."


def test_a_notebook_that_is_right_in_all_that_its_student_sees_is_a_success(mine, played):
    played(hidden_double=0)
    assert validate.answer(mine()) == {"success": True, "value": {}}


def test_what_was_restored_is_said_where_marks_are_lost(mine, played):
    played(check_half=0)
    path = mine(RIGHT, lambda every: every.pop(3))
    *_, last = validate.answer(path)["value"]["failed"]
    assert last["source"] == "The notebook"
    assert "missing, so the original was restored: the cell check_double" in last["error"]


def test_what_it_found_is_kept_for_lecture_00(course, mine, played):
    played(check_half=0)
    validate.answer(mine())
    assert progress.last(course.root, "tiny") == {"double": [2, 2], "half": [0, 1]}


@pytest.mark.parametrize("place", ["lectures/00.ipynb", "labs/other/other.ipynb"])
def test_a_notebook_of_no_lab_is_a_sentence(course, place):
    said = validate.answer(course.root / place)
    assert not said["success"] and validate.ELSEWHERE in said["value"]


def test_a_file_that_is_no_notebook_is_a_sentence(course, mine, played):
    path = mine()
    path.write_text("{")
    said = validate.answer(path)
    assert not said["success"] and "is not JSON" in said["value"]
