"""A lab as nbgrader's assignment: the student's version is made and the lab entered into the
gradebook."""

import contextlib
import copy
import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

from grader.course import cells, files
from grader.course.folders import Course, GradingError
from grader.gradebook.database import gradebook

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI

TRIES, PAUSE = 3, 0.5  # seconds


@contextlib.contextmanager
def nbgrader(course: Course, **settings: Any) -> Iterator["NbGraderAPI"]:
    """nbgrader's API for a course. settings: values of its CourseDirectory that differ from
    nbgrader_config.py."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.log import get_logger

    config = copy.deepcopy(course.config)
    config.CourseDirectory.update(settings)
    log = cast(logging.Logger, get_logger())
    silent: list[logging.Handler] = [logging.NullHandler()]
    handlers, log.handlers, log.propagate = log.handlers, silent, False
    try:
        yield NbGraderAPI(config=config)
    finally:
        log.handlers = handlers


def generate(course: Course, lab: str) -> Path:
    """Makes the student's version of a lab and enters the lab into the gradebook. Returns the
    folder it was made in.

    Made apart from labs/: where nbgrader fails it removes what was there before. GradingError when
    it fails.
    """
    course.read(lab)
    course.folder.mkdir(parents=True, exist_ok=True)
    gradebook(course).close()  # its tables are there
    log = ""
    for _ in range(TRIES):
        # ignore: nothing next to the notebook goes out to students
        with (
            course.entered(),
            nbgrader(course, release_directory=f"{course.grading}/released", ignore=["*"]) as api,
        ):
            result: Any = api.generate_assignment(lab, force=True)
        log = result["log"] + (result.get("error") or "")
        if result["success"]:
            made = course.folder / "released" / lab
            without_rest(made / f"{lab}.ipynb")
            return made
        if not re.search("IntegrityError|StaleDataError|deadlock", log):
            break
        time.sleep(PAUSE)  # another grader entered the same lab at this moment
    raise GradingError(why_not_generated(course, lab, log))


def without_rest(path: Path) -> None:
    """Takes out of a made release what nbgrader leaves of the reference: the pictures that its
    texts showed, and the state of its widgets."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    before = copy.deepcopy(notebook)
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        words = unquote(cells.text(cell))
        pictures = cell.pop("attachments", {})
        if kept := {name: data for name, data in pictures.items() if f"attachment:{name}" in words}:
            cell["attachments"] = kept
    if notebook != before:
        text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
        files.write(path, text + "\n")


def why_not_generated(course: Course, lab: str, log: str) -> str:
    """One sentence, and what to do, from nbgrader's log."""
    if "Cannot add or remove cells" in log:
        return (
            f"The graded cells of solutions/{lab} were added, removed or renamed after "
            "submissions of this lab had been graded. "
            "Undo that, or start this lab's marks from scratch (marks by hand are lost, so first "
            f"copy {course.grading}/gradebook.db): "
            f".venv/bin/nbgrader db assignment remove {lab} --force (it also removes the due "
            "date), then grade again."
        )
    if "database is locked" in log:
        return (
            f"The gradebook {course.grading}/gradebook.db is locked by another program: close it "
            "(formgrader, another grading run) and try again."
        )
    tail = [line for line in log.strip().splitlines() if line.strip()]
    reason = next(
        (line for line in reversed(tail) if "Error" in line), tail[-1] if tail else "no message"
    )
    return f"nbgrader could not make a release of solutions/{lab}: {reason}"
