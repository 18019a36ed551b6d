"""Where there is no box, a learner's notebook runs in a plain process: what ends it costs its own
exercise alone."""

import time

import pytest

from grader.course.limits import Limits
from grader.run import workers
from grader.selfcheck import running
from grader.selfcheck.judge import judge
from tests.grader.tiny import RIGHT


@pytest.fixture
def no_box(monkeypatch):
    monkeypatch.setattr(running, "best", lambda: "none")


def found(course, path, **limits):
    judged = judge(course, "tiny", path, hidden=True, limits=Limits(120, **limits))
    assert judged.how == running.PLAIN
    return {part.name: (part.points, part.message) for part in judged.parts}, judged.notes


def test_a_right_notebook_earns_everything_and_imports_what_it_wrote(no_box, course, notebook):
    def write_first(every):
        every.insert(1, dict(every[2], id="w", source="%%writefile mine.py\ndef one(): return 1"))

    answer = "from mine import one\ndef double(x): return 2 * one() * x"
    parts, notes = found(course, notebook(RIGHT | {"double": answer}, write_first))
    assert [points for points, _ in parts.values()] == [2, 3, 1, None]
    assert notes == []


def test_what_does_not_end_or_ends_the_process_costs_its_own_exercise(no_box, course, notebook):
    answers = RIGHT | {"double": "def double(x):\n    while True: pass"}
    started = time.monotonic()
    parts, notes = found(course, notebook(answers), cell=2)
    assert time.monotonic() - started < 60
    assert [points for points, _ in parts.values()] == [0, 0, 1, None]
    assert "ran over 2 s" in parts["check_double"][1] and "ran over 2 s" in notes[0]
    answers = RIGHT | {"half": "import os\nos._exit(3)"}
    parts, notes = found(course, notebook(answers))
    assert [points for points, _ in parts.values()] == [2, 3, 0, None]
    assert notes == ["your code ended the Python process (exit code 3) in the cell half"]


def test_the_checks_are_there_by_name_alone_as_in_a_box(no_box, course, notebook):
    seen = "from utils.checks.lab03.cubic import right\nimport utils.checks.lab01\n"
    answers = RIGHT | {"half": f"{seen}def half(x): return right(0.5) or x / 2"}
    parts, _ = found(course, notebook(answers))
    assert [points for points, _ in parts.values()] == [2, 3, 1, None]


def test_input_and_rooms_that_the_lab_does_not_give_are_refused(no_box, course, notebook):
    answers = {
        "double": "def double(x): return 2 * x + len(input())",
        "half": "from utils.formats import linear_offset\ndef half(x): return x / 2",
    }
    parts, _ = found(course, notebook(answers))
    assert [points for points, _ in parts.values()] == [0, 0, 0, None]
    assert "input() cannot be used" in parts["check_double"][1]
    assert "the cell half stopped with ModuleNotFoundError: utils.formats" in parts["check_half"][1]


def test_a_mistake_costs_once(no_box, course, notebook):
    answers = {
        "double": "def double(x): return 3 * x",
        "half": "def half(x): return double(x) / 4",
    }
    parts, notes = found(course, notebook(answers))
    assert [points for points, _ in parts.values()] == [0, 0, 1, None]
    assert notes == ["half judged with our double"]


def test_a_box_that_cannot_be_made_after_all_is_no_end(monkeypatch):
    def fault(task):
        raise workers.Fault("no room")

    monkeypatch.setattr(running, "best", lambda: "warm")
    monkeypatch.setattr(running, "boxed", fault)
    monkeypatch.setattr(running, "plain", lambda task, limits: "found")
    assert running.run({}, [], {}, Limits()) == ("found", running.PLAIN)
