"""A class that is graded without boxes: each notebook says what its checks are worth.

What happens to marks after a check has given them is the same.
"""

import json
import re

import pytest

from grader.gradebook.database import gradebook
from grader.run import workers
from grader.run.grade import grade, write_again
from grader.run.one import Settings
from tests.grader.tiny import RIGHT, make_course, quiet, submit

MOST = {"check_double": 2.0, "hidden_double": 3.0, "check_half": 1.0}


def answers(total, name=""):
    """Answers that earn so many of the 6 points that a machine gives."""
    return {"double": f"# earns {total} {name}\n{RIGHT['double']}"}


def run(task):
    """In the place of `workers.run`."""
    left, checks = float(re.search(r"# earns ([\d.]+)", json.dumps(task["notebook"]))[1]), {}
    for name, most in MOST.items():
        points = min(left, most)
        left -= points
        checks[name] = {"points": points, "most": most, "passed": points == most, "message": ""}
    return {"checks": checks, "cells": {}, "events": [], "setup": None}


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A released course without submissions, graded without boxes."""
    monkeypatch.setattr(workers, "run", run)
    monkeypatch.setattr(workers, "begin", lambda task: None)
    return make_course(tmp_path)


def roster(course, text):
    course.folder.mkdir(exist_ok=True)
    (course.folder / "roster.csv").write_text(text, encoding="utf-8")


def hand_in(course, student, total, time=None):
    submit(course, student, answers(total, student))
    if time:
        (course.submitted("tiny", student) / "timestamp.txt").write_text(time)


def graded(course, **options):
    rows = grade(course, "tiny", Settings("warm"), quiet(), **options)
    return {row.student: row for row in rows}


def reported(course):
    return {row.student: row for row in write_again(course, "tiny", 1, quiet())}


def by_hand(course, student, points):
    """A person gives points for the answer in words."""
    with gradebook(course) as book:
        mark = book.find_grade("explanation", "tiny", "tiny", student)
        mark.manual_score, mark.needs_manual_grade = points, False
        book.db.commit()
