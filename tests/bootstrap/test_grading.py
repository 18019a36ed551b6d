"""The commands of instructors are handed to the grader as they were typed."""

import sys

import pytest

from bootstrap import grading


@pytest.mark.parametrize("command", [grading.release, grading.collect, grading.grade])
def test_the_grader_gets_the_command_and_what_followed_it(monkeypatch, command):
    ran, extras = [], []
    monkeypatch.setattr(grading, "set_up", extras.append)
    monkeypatch.setattr(grading, "python_of", lambda: sys.executable)
    monkeypatch.setattr(grading, "hand_over", lambda argv, variables: ran.append(argv) or 7)
    assert command(["a lab", "--fresh"]) == 7
    assert ran == [[sys.executable, "-m", "grader", command.__name__, "a lab", "--fresh"]]
    assert extras == ["instructor"]
