"""Templates are filled, and written as notebooks whose cells nbgrader knows."""

import json

import nbformat
import pytest

from bootstrap import template

TEXT = """%% title markdown
# {{title}}
%% setup code locked
import {{room}}
%% answer code solution
def f(x):
    return x
%% check_f code grade points=3
assert f(1) == 1
"""


@pytest.fixture
def cells(tmp_path, monkeypatch):
    (tmp_path / "lab.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(template, "TEMPLATES", tmp_path)
    notebook = json.loads(template.notebook("lab", {"title": "Norms", "room": "math"}))
    nbformat.validate(notebook)
    return notebook["cells"]


def test_words_in_braces_are_replaced(cells):
    assert ["".join(cell["source"]) for cell in cells[:2]] == ["# Norms", "import math"]


def test_the_line_above_a_cell_says_what_nbgrader_does_with_it(cells):
    marks = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    assert marks[0] == {}
    assert [(one["grade"], one["solution"], one["locked"]) for one in marks[1:]] == [
        (False, False, True),
        (False, True, False),
        (True, False, True),
    ]
    assert [one["grade_id"] for one in marks[1:]] == ["setup", "answer", "check_f"]
    assert marks[3]["points"] == 3 and "points" not in marks[2]
