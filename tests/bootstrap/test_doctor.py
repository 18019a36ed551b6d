"""The doctor: what it finds, on a complete installation and on a bare Python."""

import importlib.metadata
import subprocess
import sys

from bootstrap import doctor, machine

from .folder import ROOT


def test_here_everything_is_ok(monkeypatch):
    monkeypatch.setattr(machine, "free_memory", lambda: 8e9)
    assert [row for row in doctor.report() if not row.ok] == []


def test_every_row_that_is_not_ok_names_one_line_that_fixes_it(monkeypatch):
    def nothing_is_installed(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", nothing_is_installed)
    monkeypatch.setattr(machine, "free_memory", lambda: 1e8)
    wrong = [row for row in doctor.report() if not row.ok]
    assert {"torch", "jupyterlab", "Free memory"} <= {row.what for row in wrong}
    assert all(row.fix and "\n" not in row.fix for row in wrong)


def bare(code):
    """A Python that finds nothing but its standard library runs the code."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60
    )


def test_it_runs_on_a_python_without_any_package_and_says_what_is_missing():
    done = bare(doctor.INSIDE)
    assert done.returncode == 1 and done.stderr == ""
    assert "!!  torch " in done.stdout and "To be fixed" in done.stdout


def test_files_in_the_course_folder_do_not_stand_in_for_packages():
    """Of two modules of one name, that of the packages is found first."""
    code = doctor.INSIDE.partition("; from")[0] + f"; print(sys.path[-1] == {str(ROOT)!r})"
    assert bare(code).stdout.strip() == "True"


def test_a_repair_sets_up_again_what_was_installed(monkeypatch):
    asked = []
    monkeypatch.setattr(doctor, "set_up", lambda extra, again: asked.append((extra, again)))
    monkeypatch.setattr(doctor, "read_json", lambda path: {"extra": "test"})
    monkeypatch.setattr(doctor.machine, "of_computer", lambda: [doctor.Row("Python", "9", False)])
    assert doctor.doctor(["--repair"]) == 1 and asked == [("test", True)]
