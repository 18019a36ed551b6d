"""The formatter, the linter and the type checker of pyproject.toml have nothing to say."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READS = ("course.py", "bootstrap", "utils", "grader", "tests", "benchmarks", "nbgrader_config.py")


def run_tool(name, *arguments):
    """Run `python -m name arguments` in the course's folder; fail with what it printed."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed: pip install -e '.[test]' installs it")
    ended = subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert ended.returncode == 0, f"{name} {' '.join(arguments)}\n{ended.stdout}{ended.stderr}"


def test_every_file_is_formatted():
    run_tool("ruff", "format", "--check", "--quiet", ".")


def test_the_linter_finds_nothing():
    run_tool("ruff", "check", "--output-format", "concise", ".")


def test_the_type_checker_finds_nothing():
    run_tool("basedpyright", "--level", "error")
