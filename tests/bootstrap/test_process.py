"""What surrounds the programs that the commands start."""

import os
from pathlib import Path

import pytest

from bootstrap import process
from bootstrap.console import Stop

from .folder import ROOT


def test_the_environment_has_one_thread_and_the_programs_of_venv(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    env = process.environment()
    assert env["OMP_NUM_THREADS"] == "1" and env["OMP_WAIT_POLICY"] == "passive"
    assert env["PATH"].split(os.pathsep)[0] == str(Path(process.python_of()).parent)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert process.environment()["OMP_NUM_THREADS"] == "4"


def test_paths_keep_their_meaning_in_the_course_folder(tmp_path, monkeypatch):
    (tmp_path / "my.ipynb").touch()
    monkeypatch.chdir(tmp_path)  # and back again afterwards
    assert process.go_home(["my.ipynb", "--no-browser"]) == [
        str(tmp_path / "my.ipynb"),
        "--no-browser",
    ]
    assert Path.cwd() == ROOT


def test_a_students_copy_says_what_it_lacks(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "HERE", tmp_path)
    with pytest.raises(Stop, match="it has no grader, and release needs it"):
        process.needs_folder("grader", "release")
