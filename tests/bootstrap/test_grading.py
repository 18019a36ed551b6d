"""The commands of the grader are handed to it as they were typed."""

import sys

import pytest

from bootstrap import grading


@pytest.mark.parametrize(
    "command, program",
    [
        (grading.release, ["grader", "release"]),
        (grading.collect, ["grader", "collect"]),
        (grading.due, ["grader", "due"]),
        (grading.grade, ["grader", "grade"]),
        (grading.check, ["grader.selfcheck"]),
    ],
)
def test_the_grader_gets_the_command_and_what_followed_it(monkeypatch, command, program):
    ran, extras = [], []
    monkeypatch.setattr(grading, "set_up", extras.append)
    monkeypatch.setattr(grading, "python_of", lambda: sys.executable)
    monkeypatch.setattr(grading, "hand_over", lambda argv, variables: ran.append(argv) or 7)
    assert command(["a lab", "--fresh"]) == 7
    assert ran == [[sys.executable, "-m", *program, "a lab", "--fresh"]]
    assert extras == ["student"]
