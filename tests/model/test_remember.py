"""A result is computed once for its settings; other settings, or a failed run, compute again."""

import shutil

import pytest
import torch

from utils.model import remember as home
from utils.model.remember import remember

CALLS = []


def work(name, number=1, tick=None):
    CALLS.append((name, number))
    if name == "fails":
        raise RuntimeError
    return {"rows": [{"name": name, "value": number / 3}], "masks": [{"w": torch.arange(number)}]}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(home, "FOLDER", tmp_path / "results")
    CALLS.clear()
    return tmp_path / "results"


def test_the_second_time_it_is_read_and_says_so(capsys):
    first = remember(work, "a", 4, tick=print)
    assert capsys.readouterr().out == ""
    again = remember(work, "a", 4, tick=None)
    assert CALLS == [("a", 4)] and "Computed on" in capsys.readouterr().out
    assert again["rows"] == first["rows"] and torch.equal(
        again["masks"][0]["w"], first["masks"][0]["w"]
    )


def test_another_setting_or_another_program_computes_anew(monkeypatch, tmp_path):
    remember(work, "a", 4)
    remember(work, "a", 5)
    library = tmp_path / "utils"
    shutil.copytree(home.LIBRARY, library, ignore=shutil.ignore_patterns("__pycache__", "checks"))
    monkeypatch.setattr(home, "LIBRARY", library)
    remember(work, "a", 4)
    assert CALLS == [("a", 4), ("a", 5)]  # the same program in another place
    with (library / "experiments" / "sparse_training" / "trained_sparse.py").open("a") as source:
        source.write("# another program")
    remember(work, "a", 4)
    assert CALLS == [("a", 4), ("a", 5), ("a", 4)]


def test_a_run_that_fails_leaves_nothing(folder):
    with pytest.raises(RuntimeError):
        remember(work, "fails")
    assert not folder.exists()
