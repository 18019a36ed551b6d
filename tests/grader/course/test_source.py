"""A lab's source gets ids that stay, and each fault in it one sentence that names the cell."""

import copy
import json

import pytest

from grader.course import source
from grader.course.source import SourceError
from tests.grader.tiny import source_cells, write


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tiny.ipynb"


def changed(name, edit):
    cells = copy.deepcopy(source_cells())
    edit(next(cell for cell in cells if cell["id"] == name))
    return cells


def without_ids():
    return [{key: cell[key] for key in cell if key != "id"} for cell in source_cells()]


def test_a_source_that_has_ids_stays_byte_for_byte(path):
    write(path, source_cells())
    before = path.read_bytes()
    assert source.read(path)["cells"] == source_cells()
    assert path.read_bytes() == before


def test_cells_without_ids_get_some_that_stay(path):
    write(path, [*without_ids(), *without_ids()[2:3]])
    given = [cell["id"] for cell in source.read(path)["cells"]]
    assert given[1] == "double" and given[3] == "check_double"  # their names
    assert given[-1] == f"{given[2]}-2"  # the same text once more
    assert len(set(given)) == len(given)
    stored = json.loads(path.read_text())
    assert [cell["id"] for cell in stored["cells"]] == given and stored["nbformat_minor"] == 5
    assert [cell["id"] for cell in source.read(path)["cells"]] == given


def test_a_given_id_does_not_depend_on_where_the_cell_stands(path):
    write(path, without_ids())
    given = [cell["id"] for cell in source.read(path)["cells"]]
    write(path, without_ids()[1:])
    assert [cell["id"] for cell in source.read(path)["cells"]] == given[1:]


MARKS = {"grade": True, "locked": True, "points": 1, "solution": False}


@pytest.mark.parametrize(
    "cells, sentence",
    [
        (
            [*source_cells(), dict(source_cells()[2], source="again")],
            'cell 3 (`double(3)`) and cell 9 (`again`) have the same id "look", as a copied cell '
            "has: put the text of one of them into a new cell.",
        ),
        (
            [*source_cells(), dict(source_cells()[3], id="another")],
            'cell 4 (check_double) and cell 9 (check_double) have the same name "check_double": '
            "give one of them another ID in nbgrader's Create Assignment, or delete it.",
        ),
        (
            changed("check_half", lambda cell: cell["metadata"]["nbgrader"].pop("points")),
            "cell 7 (check_half) is graded, but has no points: give it some (or 0) in nbgrader's "
            "Create Assignment.",
        ),
        (
            changed("check_half", lambda cell: cell["metadata"]["nbgrader"].update(points="two")),
            "cell 7 (check_half) is graded, but has no points",
        ),
        (
            changed("check_half", lambda cell: cell["metadata"]["nbgrader"].update(grade_id="")),
            'cell 7 (`assert half(4) == 2, "half of 4 is 2"`) is graded, but has no name: give '
            "it an ID in nbgrader's Create Assignment.",
        ),
        (
            changed("half", lambda cell: cell["metadata"]["nbgrader"].pop("grade_id")),
            "cell 6 (`def half(x):`) is an answer, but has no name",
        ),
    ],
)
def test_a_fault_is_one_sentence_that_names_the_cell(path, cells, sentence):
    write(path, cells)
    with pytest.raises(SourceError) as caught:
        source.read(path)
    assert str(caught.value).startswith(f"- {sentence}") and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text, words",
    [
        ("{", "- tiny.ipynb is not a notebook: Expecting property name"),
        ('{"worksheets": []}', "- tiny.ipynb is not a notebook of nbformat 4"),
    ],
)
def test_what_is_no_notebook_is_named(path, text, words):
    path.write_text(text)
    with pytest.raises(SourceError, match=words):
        source.read(path)
