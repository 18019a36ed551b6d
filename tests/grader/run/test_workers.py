"""Checkers are kept as long as the lab is the same, and one gets ready while the class is read."""

import contextlib
import time
from dataclasses import asdict
from typing import ClassVar

import psutil
import pytest

from grader.box.backends import possible
from grader.course.limits import Limits
from grader.run import workers


class Fake:
    """In the place of a checker. started: the tasks of all."""

    started: ClassVar[list] = []

    def __init__(self, task):
        self.task, self.closed = task, False
        Fake.started.append(task)
        if task.get("broken"):
            raise workers.Fault("it did not start")

    def ask(self, submission):
        return {"graded": submission["notebook"]}

    def close(self):
        self.closed = True


def task(number, **more):
    lab = dict.fromkeys(workers.LAB, number) | more
    return {name: lab[name] for name in lab}, lab | {"notebook": number, "seed": ""}


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(workers, "Checker", Fake)
    for name in ("IDLE", "STARTING"):
        monkeypatch.setattr(workers, name, [])
    Fake.started.clear()


def test_the_checker_that_gets_ready_takes_the_first_submission(fake):
    lab, submission = task(1)
    workers.begin(lab)
    assert [workers.run(submission), workers.run(submission)] == [{"graded": 1}] * 2
    assert Fake.started == [lab]


def test_one_that_gets_ready_for_another_lab_is_closed(fake):
    workers.begin(task(1)[0])
    first = workers.STARTING[0].result()
    assert workers.run(task(2)[1]) == {"graded": 2}
    assert first.closed and len(Fake.started) == 2


def test_one_that_did_not_get_ready_is_a_try(fake):
    lab, submission = task(1)
    workers.begin(lab | {"broken": True})
    with contextlib.suppress(workers.Fault):
        workers.STARTING[0].result()
    assert workers.run(submission) == {"graded": 1}


def test_none_gets_ready_where_one_is_or_will_be(fake):
    lab, submission = task(1)
    workers.begin(lab)
    workers.begin(lab)
    assert workers.run(submission) == {"graded": 1}
    workers.begin(lab)
    assert len(Fake.started) == 1 and not workers.STARTING


@pytest.mark.box
@pytest.mark.skipif(possible("warm") is not None, reason="no box for submissions here")
def test_a_checker_that_is_not_needed_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for name, new in (("ALL", set()), ("IDLE", []), ("STARTING", [])):
        monkeypatch.setattr(workers, name, new)
    limits = asdict(Limits())
    workers.begin({"lab": {"cells": []}, "imports": [], "backend": "warm", "limits": limits})
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("grader_*/*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    (checker,) = workers.ALL
    family = psutil.Process(checker.partner.process.pid).children(recursive=True)
    workers.stop()
    assert psutil.wait_procs(family, timeout=60)[1] == []
    assert list(tmp_path.iterdir()) == []
