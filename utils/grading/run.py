"""Runs one submission, with nbgrader, in a process of its own under a time limit.

The one place that decides how a student's code is run.
"""
import json
import secrets
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from utils.grading.processes import MARK, end_all


@dataclass(frozen=True)
class Limits:
    """Seconds: of wall time for a submission, and for each of its cells."""

    submission: float = 300
    cell: float = 60


@dataclass(frozen=True)
class Ran:
    """What happened: success and log as nbgrader has them, the cell that ran last, whether time was up."""

    success: bool
    log: str
    last_cell: str = ""
    out_of_time: bool = False
    limits: Limits = field(default_factory=Limits)


RUNNING = set()  # the marks of the submissions that run now


def stop():
    """Ends every submission that runs now."""
    for mark in list(RUNNING):
        end_all(mark)


ATTEMPTS = 3


def run(course, lab, student, seed, limits):
    """Autogrades one submission into the gradebook. Returns a Ran; everything it started has ended.

    A kernel can fail to start through no fault of the student's (two that start at once may pick the same port): when
    not one cell has run, it is tried again.
    """
    for _ in range(ATTEMPTS):
        ran = attempt(course, lab, student, seed, limits)
        if ran.success or ran.out_of_time or ran.last_cell:
            break
    return ran


def attempt(course, lab, student, seed, limits):
    """One try of `run`."""
    mark = secrets.token_hex(16)
    RUNNING.add(mark)
    with tempfile.TemporaryDirectory(prefix="grading_") as scratch:
        scratch = Path(scratch)
        task = {
            "root": str(course.root), "lab": lab, "student": student, "cell_limit": limits.cell,
            "result": str(scratch / "result.json"), "last_cell": str(scratch / "last_cell"),
        }
        # -P: the folder of the script, whose files have everyday names, stays out of the import path
        command = [sys.executable, "-P", str(Path(__file__).with_name("autograde.py")), json.dumps(task)]
        environment = course.environment() | {"COURSE_SEED": seed, MARK: mark, "OMP_NUM_THREADS": "1"}
        with open(scratch / "output", "wb") as output:
            process = subprocess.Popen(
                command, env=environment, cwd=course.root, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )
            try:
                process.wait(timeout=limits.submission)
                out_of_time = False
            except subprocess.TimeoutExpired:
                out_of_time = True
            finally:
                process.kill()
                process.wait()
                end_all(mark)
                RUNNING.discard(mark)
        last_cell = read(scratch / "last_cell")
        try:
            result = json.loads(read(scratch / "result.json"))
        except ValueError:
            result = {"success": False, "log": read(scratch / "output")}
    return Ran(result["success"] and not out_of_time, result["log"], last_cell, out_of_time, limits)


def read(path):
    """The text of a file, "" when there is none."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
