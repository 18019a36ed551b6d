"""A small lab, and notebooks of it that were edited in all ways."""

import json

from grader.intake.align import align, released
from grader.intake.matching import asked
from grader.intake.parse import parse
from tests.grader.tiny import cell

RIGHT = {
    "double": "def double(x):\n    return x + x",
    "half": "def half(x):\n    return x / 2",
    "why": "Because.",
}


def lab_cells():
    return [
        cell("markdown", "title", "# A lab"),
        cell("code", "setup", "import math", locked=True),
        cell(
            "code",
            "double",
            "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            solution=True,
        ),
        cell("code", "look", "double(3)"),
        cell("code", "check_double", "assert double(3) == 6", grade=True, locked=True, points=2),
        cell(
            "code",
            "hidden_double",
            "# on others\n### BEGIN HIDDEN TESTS\nassert double(4) == 8\n### END HIDDEN TESTS",
            grade=True,
            locked=True,
            points=3,
        ),
        cell("markdown", "half_text", "## Half"),
        cell(
            "code",
            "half",
            "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION",
            solution=True,
        ),
        cell("code", "check_half", "assert half(4) == 2", grade=True, locked=True, points=1),
        cell(
            "markdown",
            "why",
            "Why?\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION",
            grade=True,
            solution=True,
            points=4,
        ),
        cell("markdown", "end", "The end."),
    ]


def notebook(cells, **metadata):
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


SOURCE = notebook(
    lab_cells(), kernelspec={"name": "python3", "language": "python", "display_name": "Python 3"}
)


RELEASED = released(SOURCE)


ASKED = asked(RELEASED)


def handed_in(answers=None, edit=None):
    """The released cells with these answers; edit changes the list in place."""
    cells = json.loads(json.dumps(RELEASED["cells"]))
    for one in cells:
        one["source"] = (answers or {}).get(one["id"], one["source"])
    if edit:
        edit(cells)
    return cells


def grafted(cells, source=SOURCE):
    theirs = parse(json.dumps(notebook(cells)).encode(), "lab.ipynb").cells
    return align(source, ASKED if source is SOURCE else asked(released(source)), theirs)


def graft(answers=None, edit=None):
    return grafted(handed_in(answers, edit))


def text(aligned, name):
    return next(one["source"] for one in aligned.notebook["cells"] if one["id"] == name)


def order(aligned):
    """The ids of the cells, with the texts of the further ones."""
    return [
        one["source"] if one["id"].startswith("extra_") else one["id"]
        for one in aligned.notebook["cells"]
    ]


def at(cells, name):
    return next(number for number, one in enumerate(cells) if one["id"] == name)


def get(cells, name):
    return cells[at(cells, name)]


def extra(source, kind="code", name=None):
    made = cell(kind, name or f"own_{abs(hash(source)) % 10**8}", source)
    return made


def drop(name):
    return lambda cells: cells.pop(at(cells, name))


def change(name, **fields):
    return lambda cells: get(cells, name).update(fields)
