"""A result is computed once for its settings; other settings, another program, or a failed run
compute again."""

import importlib
import sys

import pytest
import torch

from utils.model import remember as home
from utils.model.remember import HERE, SHIP, code_of, forget, key_of, remember

CALLS = []


def work(name, number=1, tick=None):
    CALLS.append((name, number))
    if name == "fails":
        raise RuntimeError
    return {"rows": [{"name": name, "value": number / 3}], "masks": [{"w": torch.arange(number)}]}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(home, "FOLDER", tmp_path / "kept")
    monkeypatch.setattr(home, "SHIPPED", tmp_path / "shipped")
    monkeypatch.setattr(home, "FORGOTTEN", set())
    monkeypatch.delenv(SHIP, raising=False)
    CALLS.clear()
    return tmp_path


def test_the_second_time_it_is_read_and_says_so(capsys):
    first = remember(work, "a", 4, tick=print)
    assert HERE in capsys.readouterr().out
    again = remember(work, "a", 4, tick=None)
    assert CALLS == [("a", 4)] and "Computed on" in capsys.readouterr().out
    assert again["rows"] == first["rows"] and torch.equal(
        again["masks"][0]["w"], first["masks"][0]["w"]
    )


def test_what_is_shipped_is_read_until_it_is_forgotten(folder, monkeypatch, capsys):
    monkeypatch.setenv(SHIP, "1")
    remember(work, "a", 4)
    monkeypatch.delenv(SHIP)
    assert len(list((folder / "shipped").iterdir())) == 1 and not (folder / "kept").exists()
    remember(work, "a", 4)
    assert CALLS == [("a", 4)]
    forget("work")
    remember(work, "a", 4)  # computed, and kept
    remember(work, "a", 4)
    assert CALLS == [("a", 4)] * 2


def test_another_setting_computes_again():
    for number in (4, 5, 4):
        remember(work, "a", number)
    assert CALLS == [("a", 4), ("a", 5)]


def test_a_run_that_fails_leaves_nothing(folder):
    with pytest.raises(RuntimeError):
        remember(work, "fails")
    assert not (folder / "kept").exists()


def test_tensors_are_told_apart_by_each_of_their_numbers():
    """The repr of a large one leaves most of them out."""
    large = torch.zeros(100, 100)
    other = large.clone()
    other[50, 50] = 1
    keys = [key_of(work, (value,)) for value in (large, large.clone(), other, large.double())]
    assert keys[0] == keys[1] and len(set(keys)) == 3


def test_a_setting_without_a_text_of_its_own_is_refused():
    with pytest.raises(TypeError, match="pass a name"):
        remember(work, lambda t: t)
    assert not CALLS


def test_builds_of_torch_for_other_devices_share_results(monkeypatch):
    monkeypatch.setattr(torch, "__version__", "9.9.9+cpu")
    key = key_of(work, ())
    monkeypatch.setattr(torch, "__version__", "9.9.9")
    assert key_of(work, ()) == key


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A library of two modules, of which one imports the other."""
    place = tmp_path / "lessons"
    place.mkdir()
    (place / "__init__.py").touch()
    (place / "base.py").write_text('"""Adds."""\n\ndef add(a, b):\n    return a + b  # both\n')
    (place / "other.py").write_text("UNUSED = 1\n")
    (place / "top.py").write_text(
        "from lessons.base import add\n\n\ndef twice(a):\n    return add(a, a)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(home, "LIBRARY", place)
    yield place
    for name in [name for name in sys.modules if name.partition(".")[0] == "lessons"]:
        del sys.modules[name]


def test_a_result_depends_on_the_code_that_its_function_stands_on_and_on_no_other(library):
    twice = importlib.import_module("lessons.top").twice
    key = key_of(twice, (1,))
    (library / "other.py").write_text("UNUSED = 2\n")
    (library / "base.py").write_text(
        '"""Adds two\nnumbers."""\n# a comment\ndef add(a, b):\n\n    return a + b  # both\n'
    )
    assert key_of(twice, (1,)) == key
    (library / "base.py").write_text("def add(a, b):\n    return a - b\n")
    assert key_of(twice, (1,)) != key


def test_code_is_what_is_left_without_docstrings_comments_and_blank_lines():
    source = '"""Text\nof two lines."""\n\n# a comment\nx = """kept"""\n\n'
    source += 'def f():\n    """Text."""\n    return x\n'
    assert code_of(source) == 'x = """kept"""\ndef f():\n    return x'
