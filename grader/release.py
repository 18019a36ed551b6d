"""solutions/LAB to labs/LAB, through nbgrader's generate_assignment."""

import contextlib
import copy
import logging
import re
import shutil
import time
from pathlib import Path

from grader import marks
from grader.course import GradingError

TRIES, PAUSE = 3, 0.5  # seconds


@contextlib.contextmanager
def nbgrader(course, **settings):
    """nbgrader's API for a course. settings: values of its CourseDirectory that differ from nbgrader_config.py."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.log import get_logger

    config = copy.deepcopy(course.config)
    config.CourseDirectory.update(settings)
    log = get_logger()
    handlers, log.handlers, log.propagate = log.handlers, [logging.NullHandler()], False
    try:
        yield NbGraderAPI(config=config)
    finally:
        log.handlers = handlers


def generate(course, lab):
    """Makes the student's version of a lab and enters the lab into the gradebook. Returns the folder it was made in.

    Made apart from labs/: where nbgrader fails it removes what was there before. GradingError when it fails.
    """
    course.require(lab)
    course.folder.mkdir(parents=True, exist_ok=True)
    marks.gradebook(course).close()  # its tables are there
    for _ in range(TRIES):
        # ignore: of what lies beside the notebook nothing goes out to students
        with (
            course.entered(),
            nbgrader(course, release_directory=f"{course.grading}/released", ignore=["*"]) as api,
        ):
            result = api.generate_assignment(lab, force=True)
        log = result["log"] + (result.get("error") or "")
        if result["success"]:
            return course.folder / "released" / lab
        if not re.search("IntegrityError|StaleDataError|deadlock", log):
            break
        time.sleep(PAUSE)  # another grader entered the same lab at this moment
    raise GradingError(why_not_generated(course, lab, log))


def why_not_generated(course, lab, log):
    """One sentence, and what to do, from nbgrader's log."""
    if "Cannot add or remove cells" in log:
        return (
            f"The graded cells of solutions/{lab} were added, removed or renamed after submissions of this lab had been graded. "
            f"Undo that, or start this lab's marks afresh (manual marks are lost, so keep a copy of {course.grading}/gradebook.db): "
            f".venv/bin/nbgrader db assignment remove {lab} --force (its due date goes too), then grade again."
        )
    if "database is locked" in log:
        return f"The gradebook {course.grading}/gradebook.db is locked by another program: close it (formgrader, another grading run) and try again."
    tail = [line for line in log.strip().splitlines() if line.strip()]
    reason = next(
        (line for line in reversed(tail) if "Error" in line), tail[-1] if tail else "no message"
    )
    return f"nbgrader could not make a release of solutions/{lab}: {reason}"


def release(course, lab, always_proved=False):
    """Writes labs/LAB, once it is seen that it can be graded. Returns True when it changed.

    always_proved: also where it did not change; its hidden tests or its reference, which it does not show, may have.
    """
    from grader import complete, proof

    course.require(lab)
    if lacking := complete.of_lab(course.root, course.manifest, lab):
        raise GradingError("Not released:\n" + "\n".join(f"- {text}" for text in lacking))
    made = generate(course, lab)
    target = course.root / "labs" / lab
    unchanged = same_files(made, target)
    if always_proved or not unchanged:
        proof.of_lab(course, lab, made)
    if unchanged:
        return False
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(made, target)
    return True


def same_files(one, other):
    """True when two folders hold the same files, byte for byte."""
    return contents(one) == contents(other)


def contents(folder):
    """The bytes of every file in a folder, by its path in it; .ipynb_checkpoints is left out."""
    files = (
        path
        for path in Path(folder).rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
