"""The door: what it says before anything is installed."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import course
from bootstrap.console import CALL

ROOT = Path(course.__file__).parent


def run_bare(*arguments):
    """course.py on a Python that finds nothing but its standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "course.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_an_old_python_is_told_which_one_is_needed():
    assert "needs Python 3.11 or newer, this is 3.8.18" in course.too_old((3, 8, 18))
    assert course.too_old((3, 11, 0)) is None


def test_the_oldest_python_is_the_one_in_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">={}.{}".format(*course.OLDEST_PYTHON)


def test_an_old_python_can_read_the_file():
    ast.parse((ROOT / "course.py").read_text(), feature_version=(3, 6))


def test_nothing_newer_is_imported_before_the_version_is_looked_at():
    """The modules of bootstrap/ are written for today's Python."""
    tree = ast.parse((ROOT / "course.py").read_text())
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert "bootstrap" not in "".join(ast.unparse(node) for node in imports)


@pytest.mark.parametrize("command", course.COMMANDS)
def test_every_command_has_help(command):
    assert f"usage: {CALL} {command}" in course.help_for(command)


@pytest.mark.parametrize("command", ["lab", "test", "doctor"])
def test_help_needs_nothing_installed(command):
    done = run_bare(command, "--help")
    assert done.returncode == 0 and "usage: " in done.stdout and done.stderr == ""


def test_alone_it_prints_a_short_help_that_names_every_command():
    done = run_bare()
    assert done.returncode == 0 and all(f" {name} " in done.stdout for name in course.COMMANDS)


def test_an_unknown_command_gets_one_sentence():
    done = run_bare("labs")
    assert done.returncode == 1 and "The commands are: lab, check, test" in done.stdout
    assert done.stderr == ""
