"""The doctor's rows on the computer and on .venv."""

import subprocess

from bootstrap import machine
from bootstrap.lock import alone
from bootstrap.venv import stamp_file

ADDRESS = b"global.index-url='https://me:secret@example.org/simple'"


def test_passwords_of_an_index_are_not_shown(monkeypatch):
    reply = subprocess.CompletedProcess([], 0, stdout=ADDRESS)
    monkeypatch.setattr(machine.subprocess, "run", lambda *_, **__: reply)
    assert machine.pip_configuration() == ["global.index-url='https://***@example.org/simple'"]


def test_too_little_memory_and_disk_are_not_ok(monkeypatch):
    assert machine.memory_row().ok or machine.free_memory() < 1e9
    monkeypatch.setattr(machine, "free_memory", lambda: 1e8)
    assert not machine.memory_row().ok and "close other programs" in machine.memory_row().fix
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda path: type("", (), {"free": 1e8}))
    assert not machine.disk_row().ok and machine.disk_row().fix


def test_each_state_of_venv_has_its_words_and_what_is_wrong_its_line(folder):
    def state():
        return machine.state_of_venv(folder.path)

    assert state()[0] == "not there yet" and state()[1].endswith("course.py lab")
    folder.set_up()
    assert state() == ("complete (for: student)", "")
    with alone(folder.path):
        assert "right now" in state()[0] and state()[1].endswith("doctor")
    folder.needs("torch==2.14.0")
    assert "pyproject.toml has changed" in state()[0] and state()[1]
    stamp_file(folder.path).unlink()
    assert "has not finished" in state()[0] and state()[1]
    (folder.path / ".venv" / "pyvenv.cfg").unlink()
    assert "will be built again" in state()[0] or "not a virtual" in state()[0]
    assert state()[1]


def test_pythonpath_is_shown_with_the_line_that_unsets_it(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/other/packages")
    row = machine.clean_path_row()
    assert row.ok and "/other/packages" in row.found and "PYTHONPATH" in row.fix
