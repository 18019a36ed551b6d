"""Kills a grading run again and again, and compares with a run that was left alone.

python -m tests.grader.resuming [--submissions 200] [--kills 5] [--seed 0]
"""

import argparse
import contextlib
import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from grader.course.folders import Course
from grader.gradebook import marks
from grader.gradebook.assignment import generate
from grader.gradebook.database import gradebook
from grader.run.grade import grade
from grader.run.seed import course_secret
from tests.grader.tiny import RIGHT, enter, quiet, settings, source_cells, submit, write

GONE_IN = 60  # seconds in which what a killed run had started ends by itself, on a busy machine too
WRONG = [
    RIGHT,
    RIGHT | {"double": "def double(x):\n    return 2 + x"},
    RIGHT | {"double": "def double(x):\n    return 2 *"},
    RIGHT
    | {
        "half": "def half(x):\n    raise RuntimeError('no half')",
        "explanation": "Each has\n\n<script>alert(1)</script> two.",
    },
    {},
    RIGHT | {"look": "import os\nos._exit(3)"},
    RIGHT | {"look": "print(object(), double)\ndouble"},
]


def patient(**more):
    """The limits of the command itself: no submission of this class comes near them, on a busy
    machine neither."""
    return settings(submission=300, cell=60, **more)


def made_course(folder, cells=None):
    """A released course in a new folder. Nobody proves that it can be graded: that is said
    elsewhere, and takes seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    enter(folder)
    course = Course(folder.resolve())
    write(course.source("tiny"), cells or source_cells())
    shutil.copytree(generate(course, "tiny"), course.released("tiny").parent)
    return course


def class_of(course, number):
    """Hands in so many submissions of all kinds; every eighth is no notebook."""
    for place in range(number):
        student = f"student{place:03}"
        submit(course, student, WRONG[place % len(WRONG)])
        if place % 8 == 7:
            (course.submitted("tiny", student) / "tiny.ipynb").write_text('{"cells": [\n')


def graded_class(folder, number):
    """A course in a new folder whose class of so many was graded on this machine, in peace."""
    course = made_course(folder)
    class_of(course, number)
    grade(course, "tiny", patient(), quiet())
    return course


def copy_of(course, folder):
    """The same course, lab, class and secret in another folder, with nothing graded."""
    course_secret(course)
    shutil.copytree(course.root, folder, ignore=shutil.ignore_patterns("grading"))
    copy = Course(folder.resolve())
    shutil.copytree(course.folder / "submitted", copy.folder / "submitted")
    shutil.copy(course.folder / "secret", copy.folder / "secret")
    return copy


# --- runs


def started(course, temporary, *options, **variables):
    """The real command, with a folder for temporary files of its own."""
    temporary.mkdir(exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "grader",
        "--course",
        str(course.root),
        "grade",
        "tiny",
        "--jobs",
        "1",  # each checker takes seconds to start
        *options,
    ]
    return subprocess.Popen(
        command,
        env=course.environment() | {"TMPDIR": str(temporary)} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(run, seconds=600):
    """What a run printed, once it has done its work."""
    said, _ = run.communicate(timeout=seconds)
    assert run.returncode == 0, said
    return said


def graded(course):
    return len(list(course.folder.glob("results/tiny/*.json")))


def killed(course, temporary, results, seconds):
    """Starts a run and kills it so many seconds after it has made so many more results. Returns
    whether it was still at work then, and whatever of it was left when it should have been gone."""
    wanted, run = graded(course) + results, started(course, temporary)
    while run.poll() is None and graded(course) < wanted:
        time.sleep(0.01)
    with contextlib.suppress(subprocess.TimeoutExpired):
        run.wait(seconds)
    if run.poll() is not None:
        run.stdout.close()
        return False, []
    family = [psutil.Process(run.pid), *psutil.Process(run.pid).children(recursive=True)]
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    return True, outliving(family, GONE_IN)


def outliving(family, seconds):
    """Those of these processes that run on for longer than that."""
    deadline = time.monotonic() + seconds
    while (alive := [one for one in family if is_alive(one)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def is_alive(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def started_with(temporary):
    """The processes that were started with this folder for temporary files."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if is_alive(process) and process.environ().get("TMPDIR") == str(temporary):
                found.append(process)
    return found


# --- what is compared


def picture(course):
    """All that came of a run: every file that it wrote, by its path, and the marks in the
    gradebook."""
    files = {
        path.relative_to(course.folder).as_posix(): path.read_bytes()
        for place in ("results", "outcomes", "autograded", "feedback")
        for path in (course.folder / place).rglob("*")
        if path.is_file()
    }
    files["tiny.csv"] = (course.folder / "tiny.csv").read_bytes()
    with gradebook(course) as book:
        given = {student.id: marks.read(book, "tiny", student.id) for student in book.students}
    return files, given


def results_named(course):
    """The results that the outcomes name, by student; None for what could not be graded."""
    outcomes = {
        path.parent.name: json.loads(path.read_text())
        for path in course.folder.glob("outcomes/*/tiny.json")
    }
    return {student: outcome["result"] for student, outcome in outcomes.items()}


def disturbed_and_not(folder, number, kills, seed, say=lambda text: None):
    """(the course graded in peace, the course whose runs were killed, its folder for temporary
    files)."""
    first = made_course(folder / "first")
    class_of(first, number)
    calm, other, temporary = (
        copy_of(first, folder / "calm"),
        copy_of(first, folder / "killed"),
        folder / "temporary",
    )
    start = time.monotonic()
    finished(started(calm, folder / "temporary_calm"))
    longest = time.monotonic() - start
    say(f"{number} submissions in peace: {longest:.1f} s")
    chance, done = random.Random(seed), 0
    for _ in range(4 * kills):
        if done == kills:
            break
        before = graded(other)
        results = chance.randrange(
            2 * (graded(calm) - before) // (kills - done + 1) + 1
        )  # none: while it starts, or when it writes at the end
        at_work, left = killed(
            other, temporary, results, chance.uniform(0, 1 if results else min(longest / 2, 10))
        )
        assert not left, left
        done += at_work
        say(
            f"killed with {graded(other)} results, {graded(other) - before} of them new"
            if at_work
            else "ended before it could be killed"
        )
    assert done == kills
    finished(started(other, temporary))
    return calm, other, temporary


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=200)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        calm, other, temporary = disturbed_and_not(
            Path(folder), options.submissions, options.kills, options.seed, print
        )
        (files, given), (their_files, their_given) = picture(calm), picture(other)
        differ = sorted(
            name
            for name in files.keys() | their_files.keys()
            if files.get(name) != their_files.get(name)
        )
        left = [path.name for path in temporary.iterdir()] + [
            process.pid for process in started_with(temporary)
        ]
        print(
            f"{len(files)} files, marks of {len(given)} students: {len(differ)} files "
            f"differ, marks {'the same' if given == their_given else 'DIFFER'}; left behind: "
            f"{left or 'nothing'}"
        )
        print(*differ[:20], sep="\n")
    return 1 if differ or left or given != their_given else 0


if __name__ == "__main__":
    sys.exit(main())
