"""Shipping runs the lectures that remember results, and takes away what none of them asks for."""

import json
import os

import pytest

from utils.experiments import ship as home
from utils.model.remember import SHIP


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Two lectures that remember and one that does not; `run` is the list of those executed."""
    lectures, shipped, run = tmp_path / "lectures", tmp_path / "results", []
    lectures.mkdir()
    shipped.mkdir()
    for name, source in (("01_a", "rows = 1"), ("02_b", "remember(f)"), ("03_c", "remember(g)")):
        cell = {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "source": source}
        notebook = {"cells": [cell | {"execution_count": None}], "metadata": {}}
        notebook |= {"nbformat": 4, "nbformat_minor": 5}
        (lectures / f"{name}.ipynb").write_text(json.dumps(notebook))
    old = shipped / "old_0123.pt.xz"
    old.touch()
    os.utime(old, (0, 0))

    class Client:
        def __init__(self, notebook, **more):
            self.notebook = notebook

        def execute(self):
            assert os.environ[SHIP]
            run.append(self.notebook.cells[0].id)
            (shipped / f"{run[-1]}.pt.xz").touch()

    monkeypatch.setattr(home, "LECTURES", lectures)
    monkeypatch.setattr(home, "SHIPPED", shipped)
    monkeypatch.setattr(home, "NotebookClient", Client)
    monkeypatch.setenv(SHIP, "")
    return run, shipped


def files(folder):
    return sorted(path.name.partition(".")[0] for path in folder.iterdir())


def test_all_that_remember_are_run_and_what_none_asked_for_goes(run):
    home.ship([])
    assert run[0] == ["02_b", "03_c"] and files(run[1]) == ["02_b", "03_c"]


def test_of_one_lecture_the_results_of_the_others_stay(run):
    home.ship(["03"])
    assert run[0] == ["03_c"] and files(run[1]) == ["03_c", "old_0123"]
