"""Which notebook of a folder counts: one, or one sentence that says why none does."""

import json
import sys

import pytest

from grader.intake import submitted
from grader.intake.folder import LARGEST
from tests.grader.intake.handed_in import is_full, sources
from tests.grader.tiny import RIGHT, cell, write

pytestmark = pytest.mark.xdist_group("intake")


@pytest.mark.box
def test_a_right_notebook_is_graded_and_kept_byte_for_byte(take, right):
    submission = take(right)
    assert (submission.problem, submission.warnings, submission.remarks, submission.unanswered) == (
        None,
        (),
        (),
        (),
    )
    assert submission.content == json.dumps(right).encode()
    assert {name: text for name, text in sources(submission).items() if name in RIGHT} == RIGHT


def test_an_untouched_release_has_no_answer(take, course):
    submission = take(course.released("tiny").read_bytes())
    assert (
        submission.unanswered == ("double", "half", "explanation")
        and len(submission.notebook["cells"]) == 8
    )
    assert (submission.problem, submission.warnings, submission.remarks) == (None, (), ())


def test_more_than_100_mb_are_refused_before_parsing(take, folder, monkeypatch):
    monkeypatch.setattr(submitted, "parse", lambda *arguments: pytest.fail("parsed"))
    with open(folder / "tiny.ipynb", "wb") as file:
        file.truncate(LARGEST + 1)
    submission = take()
    assert (
        submission.problem
        == "tiny.ipynb is larger than 100 MB: clear its outputs and submit it again"
    )
    assert submission.content == b""


@pytest.mark.parametrize(
    "name",
    [
        "tiny (1).ipynb",
        "ada_tiny.ipynb",
        "TINY.IPYNB",
        "tiny.ipynb.json",
        "tiny.ipynb.txt",
        "final version.ipynb",
    ],
)
def test_a_renamed_notebook_is_taken_when_it_is_the_only_one(take, right, name):
    submission = take(right, name)
    assert is_full(submission) and submission.content == json.dumps(right).encode()
    assert (submission.warnings, submission.remarks) == ((), (f"{name} was taken for tiny.ipynb",))


def test_a_renamed_notebook_beside_one_of_another_lab_is_taken(take, right, folder):
    write(folder / "big.ipynb", [cell("code", "a", "x = 1"), cell("code", "double", "y = 1")])
    submission = take(right, "tiny (1).ipynb")
    assert is_full(submission) and submission.remarks == (
        "tiny (1).ipynb was taken for tiny.ipynb",
    )
    assert submission.warnings == (
        "more than one notebook: tiny (1).ipynb was graded, not big.ipynb",
    )


def test_a_notebook_of_another_lab_is_not_taken_under_another_name(take, folder):
    write(folder / "big.ipynb", [cell("code", "a", "x = 1")])
    assert take().problem == "no notebook named tiny.ipynb in the folder (found: big.ipynb)"


def test_a_notebook_of_another_lab_under_the_right_name_is_no_plain_0(take):
    submission = take({"cells": [cell("code", "a", "x = 1"), cell("markdown", "b", "Words.")]})
    assert submission.problem == "tiny.ipynb has no cell of this lab: is it another notebook?"


def test_the_rightly_named_one_of_two_counts(take, right):
    take({**right, "cells": right["cells"][:3]}, "tiny (1).ipynb")
    submission = take(right)
    assert is_full(submission) and submission.warnings == (
        "more than one notebook: tiny.ipynb was graded, not tiny (1).ipynb",
    )


def test_an_untouched_one_next_to_an_answered_one_does_not_count(take, course, right):
    take(right, "tiny (1).ipynb")
    submission = take(course.released("tiny").read_bytes())
    assert is_full(submission) and submission.content == json.dumps(right).encode()
    assert submission.warnings == (
        "more than one notebook: tiny (1).ipynb was graded, not tiny.ipynb",
    )


def test_an_untouched_one_next_to_two_answered_ones_is_for_the_instructor_to_decide(
    take, course, right
):
    take(right, "tiny (1).ipynb")
    take({**right, "metadata": {}}, "tiny (2).ipynb")
    assert take(course.released("tiny").read_bytes()).problem == (
        "more than one notebook of this lab and none named tiny.ipynb with answers: "
        "tiny (1).ipynb and tiny (2).ipynb; rename the one to grade to tiny.ipynb"
    )


def test_two_wrongly_named_ones_are_for_the_instructor_to_decide(take, right):
    take(right, "tiny (1).ipynb")
    submission = take({**right, "metadata": {}}, "tiny (2).ipynb")
    assert submission.problem == (
        "more than one notebook of this lab and none named tiny.ipynb: tiny (1).ipynb and "
        "tiny (2).ipynb; rename the one to grade to tiny.ipynb"
    )


def test_two_equal_ones_are_one(take, right):
    take(right, "tiny (1).ipynb")
    assert is_full(take(right, "tiny (2).ipynb"))


def test_of_a_single_renamed_notebook_it_is_said_what_is_wrong_with_it(take):
    assert take(b"{", "tiny (1).ipynb").problem == "tiny (1).ipynb is not JSON: line 1"


def test_a_renamed_notebook_beside_a_broken_one_is_taken(take, right):
    take(b"{", "tiny (1).ipynb")
    assert is_full(take(right, "tiny (2).ipynb"))


def test_nothing_that_is_handed_in_is_imported_or_changed(take, right, folder):
    (folder / "handed_in_module.py").write_text("raise SystemExit")
    take(right)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    take()
    assert (
        "handed_in_module" not in sys.modules
        and {path.name: path.read_bytes() for path in folder.iterdir()} == before
    )
