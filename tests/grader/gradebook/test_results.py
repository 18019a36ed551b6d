"""The name of a stored result: the same as long as nothing that decides about marks changes."""

import platform
import shutil
import subprocess
import sys

import pytest

from grader import HOME
from grader.course import files
from grader.course.folders import Course
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


@pytest.mark.parametrize("folder", ["", "statistics", "results/tiny", "feedback/ada/tiny"])
def test_what_a_killed_run_had_begun_to_write_is_swept_up(tmp_path, folder):
    course = Course(tmp_path)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    here = course.folder / folder
    here.mkdir(parents=True)
    left = here / f".tiny.html.{platform.node()}-{ended.pid}.part"
    ours, elsewhere = files.partial(here / "tiny.html"), here / ".tiny.html.elsewhere-1.part"
    for path in (left, ours, elsewhere):
        path.write_text("half")
    results.sweep(course, "tiny")
    assert sorted(here.glob(".*")) == sorted([ours, elsewhere])
