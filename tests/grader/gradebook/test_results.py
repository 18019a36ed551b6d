"""The name of a stored result: the same as long as nothing that decides about marks changes."""

import shutil

import pytest

from grader import HOME
from grader.course.limits import Limits
from grader.gradebook import results

ALLOWED = ["pruning.masks"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    for name in ("grader", "utils"):
        shutil.copytree(HOME / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(results, "HOME", tmp_path)
    return tmp_path


def changed(path):
    path.write_text(path.read_text() + "\n")


@pytest.mark.parametrize(
    "name",
    [
        "grader/wire/frames.py",
        "grader/box/agent.py",
        "grader/checker/grading.py",
        "grader/course/cells.py",
        "utils/checks/report.py",
        "utils/pruning/masks.py",
    ],
)
def test_a_change_of_what_decides_about_marks_changes_it(home, name):
    before = results.library(ALLOWED)
    changed(home / name)
    assert results.library(ALLOWED) != before


@pytest.mark.parametrize("name", ["grader/lms/fill.py", "utils/pruning/schedules.py"])
def test_a_change_of_anything_else_does_not(home, name):
    before = results.library(ALLOWED)
    changed(home / name)
    assert results.library(ALLOWED) == before


@pytest.mark.parametrize(
    "other",
    [
        ({"cells": [1]}, ALLOWED, "warm", Limits()),
        ({"cells": []}, [], "warm", Limits()),
        ({"cells": []}, ALLOWED, "cold", Limits()),
        ({"cells": []}, ALLOWED, "warm", Limits(cell=1)),
    ],
)
def test_another_lab_box_or_limit_is_another_name(other):
    assert results.common(*other) != results.common({"cells": []}, ALLOWED, "warm", Limits())
