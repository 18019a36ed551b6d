"""The folder .venv: when it is built again, and what it takes to make one."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from bootstrap.console import Stop
from bootstrap.process import python_of
from bootstrap.venv import EXTRAS

from .folder import ROOT


def test_each_extra_contains_the_ones_before_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    assert [name for name in extras if name in EXTRAS] == EXTRAS
    for smaller, larger in pairwise(EXTRAS):
        assert f"{project['name']}[{smaller}]" in extras[larger]


def test_a_venv_without_a_working_python_is_built_again(folder, capsys):
    """Such as that of a folder that was moved, or whose Python is gone."""
    folder.set_up()
    folder.plant()
    Path(python_of(folder.path)).unlink()
    folder.set_up()
    assert folder.was_rebuilt() and "does not run" in capsys.readouterr().out


def test_a_venv_of_another_python_version_is_built_again(folder, capsys):
    folder.set_up()
    folder.plant()
    settings = folder.path / ".venv" / "pyvenv.cfg"
    settings.write_text("version = 3.10.4\n")
    folder.set_up()
    assert folder.was_rebuilt() and "made by Python 3.10" in capsys.readouterr().out


def test_a_python_without_venv_names_the_package_to_install(folder, monkeypatch):
    monkeypatch.setattr("bootstrap.venv.find_spec", lambda name: None)
    with pytest.raises(Stop, match=r"sudo apt install python3\.\d+-venv"):
        folder.set_up()
    assert not (folder.path / ".venv").exists()
