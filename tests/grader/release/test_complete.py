"""course.toml and the notebooks say the same; what is missing is named with what to add where."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.manifest import Lab, Lecture, Manifest, read
from grader.release import complete

ROOT = Path(__file__).parents[3]
READS = ("course.toml", "lectures", "solutions")
LAB = Lab("lab01_norms", "Norms", 40, ["01"], ["model"], {"l1": "1a", "l2": "1b", "why": "2"})
COURSE = Manifest([Lecture("01_norms.ipynb", "Norms", "of weights", 20)], [LAB])


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def code(name, text, **nbgrader):
    marks = {"grade_id": name, "grade": False, "solution": False, "locked": True, **nbgrader}
    return {"cell_type": "code", "metadata": {"nbgrader": marks}, "source": text}


CELLS = [
    markdown("# Lab 01 · Norms\n\n**About 40 minutes**"),
    code("setup", "import torch\nfrom utils.model.data import digits"),
    markdown("## Exercise 1 · Two norms"),
    code("check_l1", "", grade=True),
    code("hidden_l1", "", grade=True),
    code("check_l2", "", grade=True),
    markdown("## Exercise 2 · Why?"),
    code("why", "", grade=True),
]


@pytest.fixture
def root(tmp_path):
    """A complete course with one lecture and one lab."""
    write(tmp_path / "lectures" / "01_norms.ipynb", [markdown("# 01 · Norms\n\n**20 minutes.**")])
    write(complete.source_of(tmp_path, LAB.name), CELLS)
    return tmp_path


def write(path, cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")


def test_nothing_is_missing_in_the_course():
    assert complete.of_course(ROOT, read(ROOT)) == []


def test_nothing_is_missing_in_a_complete_one(root):
    assert complete.of_course(root, COURSE) == []


def of(lab):
    return replace(COURSE, labs=[lab])


@pytest.mark.parametrize(
    "manifest, words",
    [
        (replace(COURSE, lectures=[]), ["no entry for lectures/01_norms.ipynb: add a [[lecture]]"]),
        (
            replace(COURSE, lectures=[*COURSE.lectures, Lecture("02_x.ipynb", "X", "", 5)]),
            ["lectures/02_x.ipynb, which does not exist: write the lecture, or remove the entry"],
        ),
        (replace(COURSE, labs=[]), ["no entry for lab01_norms: add a [[lab]] with name"]),
        (
            replace(COURSE, labs=[LAB, Lab("lab02_x", "X", 5)]),
            ["solutions/lab02_x/lab02_x.ipynb, which does not exist: write the lab"],
        ),
        (of(replace(LAB, title="Sizes")), ["it should begin with '# Lab 01 · Sizes'"]),
        (of(replace(LAB, minutes=45)), ["lab01_norms does not say 45 minutes"]),
        (of(replace(LAB, follows=["02"])), ["follows lecture 02, which has no entry"]),
        (of(replace(LAB, imports=["model", "modle"])), ["'modle', but there is no utils.modle"]),
        (
            of(replace(LAB, imports=["model", "checks.fresh"])),
            ["take 'checks.fresh' out of the imports of lab01_norms"],
        ),
        (
            of(replace(LAB, imports=["model.metrics"])),
            ['imports utils.model.data in a locked cell: add "model.data" to its imports'],
        ),
        (
            of(replace(LAB, exercises={"l1": "1a", "why": "2"})),
            ['add l2 = "1" to the exercises of lab01_norms'],
        ),
        (
            of(replace(LAB, exercises=LAB.exercises | {"why": "3"})),
            ['says why = "3" in lab01_norms; the heading above why says Exercise 2'],
        ),
        (
            of(replace(LAB, exercises=LAB.exercises | {"l3": "1c"})),
            ["lab01_norms has no exercise l3"],
        ),
    ],
)
def test_what_is_missing_is_named_with_what_to_do(root, manifest, words):
    found = complete.of_course(root, manifest)
    for text in words:
        assert [sentence for sentence in found if text in sentence], found
    assert len({text for text in found if "follows lecture" not in text}) <= len(words)


def test_from_utils_import_names_its_rooms():
    cell = code("setup", "from utils import plots\nimport utils.pruning.masks\n%matplotlib inline")
    assert complete.imported({"cells": [cell]}) == {"plots", "pruning.masks"}
