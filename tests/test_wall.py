"""What a lab does not give cannot be imported in its notebook: not at home either."""

import builtins
import importlib
import sys
import types
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from bootstrap import manifest
from utils import wall
from utils.checks.lab01 import check_linear_offset
from utils.checks.report import CheckFailed

ROOT = Path(__file__).parents[1]
READS = ("course.toml",)


@pytest.fixture
def raised(monkeypatch):
    """raised(rooms): the wall stands until the end of the test."""
    monkeypatch.setattr(builtins, "__import__", builtins.__import__)
    return wall.raise_wall


def in_notebook(source, who="__main__"):
    space = {"__name__": who}
    exec(source, space)
    return space


@pytest.mark.parametrize(
    "source, named",
    [
        ("import utils.pruning", "utils.pruning"),
        ("from utils import pruning", "utils.pruning"),
        ("from utils.pruning import apply_masks", "utils.pruning"),
        ("from utils.pruning.masks import apply_masks", "utils.pruning.masks"),
        ("def f():\n    import utils.pruning.masks as m\nf()", "utils.pruning.masks"),
    ],
)
def test_an_import_of_what_the_lab_does_not_give_names_it_and_what_may_be_imported(
    raised, source, named
):
    raised(["model", "plots"])
    with pytest.raises(ModuleNotFoundError, match=rf"^{named} is not .* utils.model, utils.plots"):
        in_notebook(source)


def test_a_lab_that_gives_nothing_says_so(raised):
    raised([])
    with pytest.raises(ModuleNotFoundError, match=r"^utils.model .* nothing from utils\.$"):
        in_notebook("from utils import model")


def test_what_the_lab_gives_and_what_the_course_itself_imports_goes_on_working(raised):
    raised(["model", "pruning.masks"])
    for source in (
        "from utils.model import fit",
        "from utils import model",
        "from utils.pruning.masks import keep_top",
        "from utils.checks.lab03 import check_cubic",
        "import os, torch.nn as nn",
    ):
        in_notebook(source)
    in_notebook("from utils.pruning import cubic", who="utils.experiments.schedules")


@pytest.mark.parametrize("source", ["import utils.pruning", "from utils.pruning import cubic"])
def test_of_a_room_that_is_given_in_part_the_rest_is_not_there(raised, source):
    raised(["pruning.masks"])
    with pytest.raises(ModuleNotFoundError, match="utils.pruning"):
        in_notebook(source)


def test_the_labs_of_a_kernel_take_turns(raised):
    real = raised(["model"]).real
    assert raised(["plots"]).real is real
    in_notebook("from utils import plots")


@pytest.fixture
def notebook(monkeypatch):
    """The names of a notebook."""
    space = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", space)
    return vars(space)


def test_a_check_says_what_was_imported_before_the_wall_stood(raised, notebook):
    exec("from utils.formats import linear_offset as mine\nfrom utils.model import fit", notebook)
    raised(["model"])
    with pytest.raises(CheckFailed, match="`mine` of utils.formats.dense before") as failed:
        check_linear_offset(notebook["mine"])
    assert "Its answers may import utils.model." in str(failed.value)


def test_without_a_wall_the_checks_ask_for_nothing(notebook):
    exec("from utils.formats import linear_offset", notebook)
    check_linear_offset(notebook["linear_offset"])


@pytest.mark.parametrize(
    "kernel, folder, stands",
    [(True, "lab01_storage", True), (True, "lectures", False), (False, "lab01_storage", False)],
)
def test_it_stands_in_the_kernel_of_a_lab_alone(
    raised, monkeypatch, tmp_path, kernel, folder, stands
):
    (tmp_path / folder).mkdir()
    monkeypatch.chdir(tmp_path / folder)
    monkeypatch.setattr(wall, "is_kernel", lambda: kernel)
    wall.raise_at_home("utils.checks.lab01")
    assert bool(wall.standing()) == stands


@pytest.mark.notebook
def test_in_a_real_kernel_an_import_of_the_answer_fails_before_it_costs_marks(tmp_path):
    sources = ["from utils.checks.lab04 import check_jaccard", "from utils.pruning import keep_top"]
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=120, allow_errors=True, resources=where).execute()
    first, second = (cell.outputs for cell in notebook.cells)
    assert first == []
    assert second[0]["evalue"].startswith("utils.pruning is not available while this notebook is")


@pytest.mark.parametrize("lab", manifest.read(ROOT).labs, ids=lambda lab: lab.name)
def test_its_rooms_are_those_of_the_manifest(lab):
    assert wall.rooms_of(f"utils.checks.lab{lab.number}") == lab.imports
    assert wall.rooms_of("utils.checks.lab99") is None


@pytest.mark.parametrize("lab", manifest.read(ROOT).labs, ids=lambda lab: lab.name)
def test_the_checks_of_each_lab_raise_it(monkeypatch, lab):
    asked = []
    monkeypatch.setattr(wall, "raise_at_home", asked.append)
    room = importlib.import_module(f"utils.checks.lab{lab.number}")
    asked.clear()
    importlib.reload(room)
    assert asked == [f"utils.checks.lab{lab.number}"]
