"""The doctor: what it finds, and that a missing package is a row and not a crash."""

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from utils import doctor


def test_here_everything_is_ok(monkeypatch):
    monkeypatch.setattr(doctor, "free_memory", lambda: 8e9)
    assert [row for row in doctor.report() if not row.ok] == []


def test_every_row_that_is_not_ok_names_one_line_that_fixes_it(monkeypatch):
    def nothing_is_installed(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", nothing_is_installed)
    monkeypatch.setattr(doctor, "free_memory", lambda: 1e8)
    wrong = [row for row in doctor.report() if not row.ok]
    assert {"torch", "jupyterlab", "Free memory"} <= {row.what for row in wrong}
    assert all(row.fix and "\n" not in row.fix for row in wrong)


def test_there_is_a_row_for_each_package_of_the_list():
    lists = doctor.project()["optional-dependencies"]
    needed = doctor.project()["dependencies"] + lists["student"]
    found = [row.what for row in doctor.package_rows()]
    assert found[: len(needed)] == [text.split(">")[0].split("=")[0] for text in needed]


def test_a_wrong_version_is_not_ok():
    row = doctor.package_row("numpy>=99")
    assert not row.ok and "needs numpy>=99" in row.found


def test_a_package_that_only_some_need_may_be_missing():
    assert doctor.package_row("no-such-package>=1", optional="only instructors need it").ok
    assert not doctor.package_row("no-such-package>=1").ok


@pytest.mark.parametrize(
    "row, missing", [(doctor.torch_row, "torch"), (doctor.widget_row, "plotly")]
)
def test_a_package_that_cannot_be_imported_is_a_row(monkeypatch, row, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    for name in [name for name in sys.modules if name.startswith(missing + ".")]:
        monkeypatch.setitem(sys.modules, name, None)
    assert not row().ok and row().fix


def test_the_boxes_for_grading_are_tried_and_reported(monkeypatch):
    """Their own program is played here; it has tests of its own."""
    rows = [
        ["Box cold", "20 of 20 kinds of attack stopped", True, ""],
        ["Grading uses", "cold", True, ""],
    ]
    monkeypatch.setattr(
        doctor.subprocess,
        "run",
        lambda *command, **more: SimpleNamespace(returncode=0, stdout=json.dumps(rows), stderr=""),
    )
    assert doctor.box_rows() == [doctor.Row(*row) for row in rows]


def test_boxes_that_cannot_be_tried_are_a_row(monkeypatch):
    monkeypatch.setattr(
        doctor.subprocess,
        "run",
        lambda *command, **more: SimpleNamespace(
            returncode=1, stdout="", stderr="Traceback\nOSError: no room"
        ),
    )
    (row,) = doctor.box_rows()
    assert not row.ok and "OSError: no room" in row.found and row.fix


def test_the_boxes_are_not_tried_without_what_instructors_need(monkeypatch):
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    (row,) = doctor.box_rows()
    assert row.ok and "only instructors" in row.found


def test_it_runs_on_a_python_without_any_package_and_says_what_is_missing():
    done = subprocess.run(
        [sys.executable, "-I", "-S", doctor.__file__], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1 and done.stderr == ""
    assert "!!  torch " in done.stdout and "To be fixed" in done.stdout


def test_files_beside_it_do_not_stand_in_for_packages():
    """utils/ has folders such as compression, which newer Pythons have as well."""
    code = (
        "import runpy, sys; sys.argv = [sys.path[0]]\n"
        f"try: runpy.run_path({doctor.__file__!r}, run_name='__main__')\n"
        f"except SystemExit: print({str(Path(doctor.__file__).parent)!r} in sys.path)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(doctor.__file__).parent,
    )
    assert done.stdout.strip().endswith("False")
