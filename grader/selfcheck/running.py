"""Runs a learner's notebook: in a box where this machine can make one, else in a plain process."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from queue import Empty, Queue
from typing import IO, Any

from grader import HOME
from grader.box.backends import best
from grader.checker import once
from grader.course.cells import Notebook
from grader.course.folders import GradingError
from grader.course.limits import Limits
from grader.gradebook.results import Result
from grader.run import workers

BOXED = "in a box ({}): it had no network and none of your files"
PLAIN = "in a plain process with a time limit: this computer has no box for it"
TRIES = 4  # a cell that ends the process, or does not end itself, is left out of the next
STARTS = 60  # seconds beyond a cell's limit, for the first: torch is imported


def run(
    source: Notebook, imports: list[str], notebook: Notebook, limits: Limits
) -> tuple[Result, str]:
    """(what the checker found, a sentence on how it was run). notebook: aligned with the source."""
    backend = best()
    task = {
        "lab": source,
        "imports": imports,
        "backend": backend,
        "limits": asdict(limits),
        "notebook": notebook,
        "seed": secrets.token_hex(32),
    }
    if backend != "none":
        try:
            return boxed(task), BOXED.format(backend)
        except workers.Fault:
            pass  # a box that this machine promised and cannot make
    return plain(task, limits), PLAIN


def boxed(task: dict[str, Any]) -> Result:
    """What a checker says, which is started for this notebook."""
    checker = workers.Checker({name: task[name] for name in workers.LAB})
    try:
        return checker.ask({name: task[name] for name in ("notebook", "seed")})
    finally:
        checker.close()


def plain(task: dict[str, Any], limits: Limits) -> Result:
    """The same without a box."""
    ended: dict[str, str] = {}
    first = ran(task, limits, ended)
    return (
        once.merged(first, ran({**task, "first": first}, limits, ended))
        if once.worth_it(first)
        else first
    )


def ran(task: dict[str, Any], limits: Limits, ended: dict[str, str]) -> Result:
    """One run. A cell that runs over its time, or ends the process, is entered into `ended`, and
    the rest is run again without it."""
    for _ in range(TRIES):
        with process() as child:
            answer, where, why = listen(child, {**task, "ended": ended}, limits)
        if answer:
            return answer
        if where in ended or not where:
            raise GradingError(f"Your notebook could not be run: {why}.")
        ended[where] = why
    raise GradingError(f"Your code ended the Python process {TRIES} times: {', '.join(ended)}.")


@contextmanager
def process() -> Iterator[subprocess.Popen[str]]:
    """The program of `plain` in an empty folder; it is ended with the block."""
    with tempfile.TemporaryDirectory(prefix="check_", ignore_cleanup_errors=True) as folder:
        own = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.selfcheck.plain"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(HOME), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        try:
            yield own
        finally:
            own.kill()
            own.wait()


def listen(
    child: subprocess.Popen[str], task: dict[str, Any], limits: Limits
) -> tuple[Result | None, str, str]:
    """(the result, or None; the cell that ran last; what was wrong with it)"""
    assert child.stdin and child.stdout
    lines: Queue[str] = Queue()
    threading.Thread(target=copied, args=(child.stdout, lines), daemon=True).start()
    child.stdin.write(json.dumps(task))
    child.stdin.close()
    where, end = "", time.monotonic() + limits.submission + STARTS
    while True:
        left = min(limits.cell + STARTS * (not where), max(end - time.monotonic(), 0))
        try:
            line = lines.get(timeout=left)
        except Empty:
            return None, where, f"ran over {limits.cell:g} s"
        if not line:
            return None, where, f"your code ended the Python process (exit code {child.wait()})"
        message = json.loads(line)
        if "result" in message:
            return message["result"], where, ""
        where = message["cell"]


def copied(stream: IO[str], lines: "Queue[str]") -> None:
    for line in stream:
        lines.put(line)
    lines.put("")
