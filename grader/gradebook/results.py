"""The result of a submission, as a file named by the hash of what was graded: an interrupted run
resumes where it stopped."""

import glob
import hashlib
import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from grader import HOME
from grader.course import files
from grader.course.cells import Notebook
from grader.course.folders import Course
from grader.course.limits import Limits

# what a checker returned: {"checks", "cells", "events", ...}, or {"fault": why}
Result = dict[str, Any]

FORM = 1  # of the results; a new form makes old results be made again
# the code that decides about marks
MARKING = (
    "grader/wire",
    "grader/box",
    "grader/checker",
    "grader/course/cells",
    "utils/checks",
    "utils/wall",
)


def common(source: Notebook, imports: list[str], backend: str, limits: Limits) -> str:
    """What the names of a lab's results have in common: a SHA-256 of all that decides about marks
    but the submission. source: the lab's notebook; imports: what of `utils` its answers may
    import."""
    parts = {
        "form": FORM,
        "lab": source,
        "imports": imports,
        "backend": backend,
        "limits": asdict(limits),
        "library": library(imports),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def key(common: str, content: bytes, notebook: Notebook | None, student: str, seed: str) -> str:
    """The name of a result: a SHA-256 of all that it depends on. content: the submission's bytes;
    notebook: as it was aligned."""
    parts = [common, hashlib.sha256(content).hexdigest(), notebook, student, seed]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def library(allowed: list[str]) -> str:
    """A hash of the code that decides about marks, and of what answers may import."""
    found = hashlib.sha256()
    for name in sorted({*MARKING, *(f"utils/{room.replace('.', '/')}" for room in allowed)}):
        place = HOME / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]:
            if path.exists():
                found.update(
                    path.relative_to(HOME).as_posix().encode() + b"\0" + path.read_bytes() + b"\0"
                )
    return found.hexdigest()


def place(course: Course, lab: str, name: str) -> Path:
    return course.folder / "results" / lab / f"{name}.json"


def load(course: Course, lab: str, name: str) -> Result | None:
    """A stored result; None when there is none."""
    try:
        return json.loads(place(course, lab, name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def store(course: Course, lab: str, name: str, result: Result) -> None:
    files.write(place(course, lab, name), json.dumps(result, sort_keys=True, indent=1))


def sweep(course: Course, lab: str) -> None:
    """Removes files that an interrupted run on this machine had begun to write."""
    for place in (
        "",
        "statistics/",
        f"results/{lab}/",
        "outcomes/*/",
        f"autograded/*/{lab}/",
        f"feedback/*/{lab}/",
        f"submitted/*/{lab}/",
        f"kept/*/{lab}/",
    ):
        for path in course.folder.glob(f"{place}.*.{glob.escape(platform.node())}-*.part"):
            if not psutil.pid_exists(int(path.name.split("-")[-1].removesuffix(".part"))):
                path.unlink(missing_ok=True)
