"""A lab in the form of nbgrader's own tutorial: nbformat 4.0, cells without ids, checks that are
not locked, points that are fractions."""

import json


def cell(kind, text, **marks):
    made = {"cell_type": kind, "metadata": {}, "source": text.splitlines(keepends=True)}
    if kind == "code":
        made.update(execution_count=None, outputs=[])
    if marks:
        made["metadata"]["nbgrader"] = {
            "grade": False,
            "locked": False,
            "schema_version": 3,
            "solution": False,
            **marks,
        }
    return made


CELLS = [
    cell("markdown", "# Cubes\n\nIn this notebook:", grade_id="intro", locked=True),
    cell("markdown", "## Part A (2 points)\n\nA list of the cubes from 1 to n."),
    cell(
        "code",
        'def cubes(n):\n    """1, 8, 27, ..."""\n    ### BEGIN SOLUTION\n    if n < 1:\n        '
        'raise ValueError("n must be at least 1")\n    return [i**3 for i in range(1, n + 1)]\n    '
        "### END SOLUTION",
        grade_id="cubes",
        solution=True,
    ),
    cell("code", "cubes(3)"),
    cell(
        "code",
        '"""The cubes of several numbers"""\nassert cubes(1) == [1]\nassert cubes(3) == [1, 8, 27]',
        grade=True,
        grade_id="correct_cubes",
        points=1.5,
    ),
    cell(
        "code",
        '"""A number below 1 is refused"""\ntry:\n    cubes(0)\nexcept ValueError:\n    pass\n'
        'else:\n    raise AssertionError("no error")',
        grade=True,
        grade_id="cubes_invalid_input",
        points=0.5,
    ),
    cell("markdown", "## Part B (1 point)\n\nAs a formula:"),
    cell("markdown", "$i^3$", grade=True, grade_id="formula", points=1, solution=True),
]

ENTRY = """\
[[lab]]
name = "cubes"
title = "Cubes"
minutes = 5
exercises = { correct_cubes = "1", cubes_invalid_input = "2", formula = "3" }
"""


def write(path):
    path.parent.mkdir(parents=True)
    metadata = {"kernelspec": {"display_name": "Python", "language": "python", "name": "python"}}
    notebook = {"cells": CELLS, "metadata": metadata, "nbformat": 4, "nbformat_minor": 0}
    path.write_text(json.dumps(notebook, indent=1))
