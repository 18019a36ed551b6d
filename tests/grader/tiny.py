"""A course with one tiny lab, and submissions of it: the grader is tested on these, in seconds."""

import copy
import json
import shutil
from pathlib import Path

from rich.console import Console

from grader.box.backends import best
from grader.course.folders import Course
from grader.course.limits import Limits
from grader.gradebook.assignment import generate
from grader.run.one import Settings

HERE = Path(__file__).resolve().parents[2]
RIGHT = {
    "double": "def double(x):\n    return x + x",
    "half": "def half(x):\n    return x / 2",
    "explanation": "Because $\\frac12 < 1$.",
}


def cell(kind, name, source, **nbgrader):
    made = {"cell_type": kind, "id": name, "metadata": {}, "source": source}
    if kind == "code":
        made.update(execution_count=None, outputs=[])
    if nbgrader:
        settings = {"grade": False, "locked": False, "solution": False, "task": False, **nbgrader}
        made["metadata"]["nbgrader"] = {"grade_id": name, "schema_version": 3, **settings}
    return made


def source_cells():
    return [
        cell(
            "markdown",
            "intro",
            (
                "# Tiny\n\nOf $a < b$:\n\n$$\\sum_i w_i^2$$\n\n<details><summary>Hint "
                "1</summary>\nThink of $x^2$.\n</details>\n"
            ),
        ),
        cell(
            "code",
            "double",
            "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            solution=True,
        ),
        cell("code", "look", "double(3)"),
        cell(
            "code",
            "check_double",
            '"""double(3) is 6"""\nassert double(3) == 6, "expected 6"',
            grade=True,
            locked=True,
            points=2,
        ),
        cell(
            "code",
            "hidden_double",
            '"""double on fresh numbers"""\n### BEGIN HIDDEN TESTS\nimport os\nhidden_number '
            '= int(os.environ["COURSE_SEED"], 16)\n'
            'assert double(hidden_number) == 2 * hidden_number, "wrong for a large '
            'number"\n### END HIDDEN TESTS',
            grade=True,
            locked=True,
            points=3,
        ),
        cell(
            "code",
            "half",
            "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION",
            solution=True,
        ),
        cell(
            "code",
            "check_half",
            'assert half(4) == 2, "half of 4 is 2"',
            grade=True,
            locked=True,
            points=1,
        ),
        cell(
            "markdown",
            "explanation",
            "Why?\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION",
            grade=True,
            solution=True,
            points=4,
        ),
    ]


def write(path, cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    path.write_text(
        json.dumps(
            {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1
        ),
        encoding="utf-8",
    )


MANIFEST = """\
[[lab]]
name = "tiny"
title = "Tiny"
minutes = 5
exercises = { double = "1a", half = "1b", explanation = "2" }
"""


def enter(folder, text=MANIFEST):
    """Writes what makes a folder a course: nbgrader's settings and course.toml."""
    shutil.copy(HERE / "nbgrader_config.py", folder)
    (Path(folder) / "course.toml").write_text(text, encoding="utf-8")


def release_unproved(course, lab):
    """Writes labs/LAB without the proof in boxes; release/test_proof.py is about that."""
    shutil.copytree(generate(course, lab), course.root / "labs" / lab)


def new_course(folder):
    """A course with the lab's source in a new folder."""
    enter(folder)
    course = Course(Path(folder).resolve())
    write(course.source("tiny"), source_cells())
    return course


def make_course(folder):
    """A released course in a new folder."""
    course = new_course(folder)
    release_unproved(course, "tiny")
    return course


def submit(course, student, answers=None, edit=None):
    """Hands in the released notebook with these answers; edit changes its list of cells in
    place."""
    cells = copy.deepcopy(json.loads(course.released("tiny").read_text(encoding="utf-8"))["cells"])
    for one in cells:
        one["source"] = (answers or {}).get(one["id"], one["source"])
    if edit:
        edit(cells)
    write(course.submitted("tiny", student) / "tiny.ipynb", cells)


def quiet():
    return Console(quiet=True)


def settings(submission=60, cell=3, jobs=2, backend=None, **more):
    """How tests grade: in the best box of the machine, with short limits."""
    return Settings(backend or best(), Limits(submission, cell), jobs, **more)
