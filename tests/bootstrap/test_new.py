"""`new` makes what passes the tests of the course, and refuses with a sentence what it cannot."""

import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from bootstrap import contents, manifest, new
from bootstrap.console import Stop

from .folder import ROOT

SEEN = (
    "tests/test_notebooks.py",
    "tests/bootstrap/test_contents.py",
    "tests/grader/release/test_complete.py",
)
COPIED = ("utils", "tests", "bootstrap", "grader", "lectures", "solutions")
FILES = ("course.toml", "README.md", "pyproject.toml", "nbgrader_config.py", "course.py")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A copy of the course in which things are made; nothing is released."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__", "cases", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(new, "HERE", tmp_path)
    monkeypatch.setattr(new, "release", lambda labs: 0)
    return tmp_path


def pytest_in(root, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments],
        cwd=root,
        # for the kernels of notebooks; and it is a part of the tests that runs here
        env=os.environ | {"PYTHONPATH": str(root), "COURSE_REQUIRE": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def is_tidy(root):
    """The formatter and the linter have nothing to say of what was made."""
    for command in ("format", "--check"), ("check",):
        ruff = [sys.executable, "-m", "ruff", *command, "--quiet", "utils", "tests"]
        done = subprocess.run(ruff, cwd=root, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def ran(path):
    """The notebook with its outputs; raises on any error."""
    notebook = nbformat.read(path, as_version=4)
    settings = {"metadata": {"path": str(path.parents[1])}}
    return NotebookClient(notebook, timeout=120, resources=settings).execute()


@pytest.mark.notebook
def test_a_new_lecture_runs_is_entered_and_passes_the_tests_of_lectures(root):
    assert new.new(["lecture", "structured_pruning"]) == 0
    entry = manifest.read(root).lectures[-1]
    last = manifest.read(ROOT).lectures[-1]
    assert int(entry.number) == int(last.number) + 1 and entry.title == "Structured pruning"
    assert entry.file in (root / "README.md").read_text(encoding="utf-8")
    path = root / "lectures" / entry.file
    sources = ["".join(cell.source) for cell in ran(path).cells]
    for word in ("explore(draw,", "predict(", "guess.reveal(", "## Summary"):
        assert any(word in source for source in sources), word
    pytest_in(root, *SEEN, "-k", f"{path.stem} or test_contents or test_complete")


@pytest.mark.notebook
def test_a_new_lab_is_right_is_entered_and_its_checks_pass_their_tests(root):
    assert new.new(["lab", "norms"]) == 0
    lab = manifest.read(root).labs[-1]
    path = root / "solutions" / lab.name / f"{lab.name}.ipynb"
    graded = [
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    ]
    assert sum(name.startswith("check_") for name in graded) == 2
    assert sum(name.startswith("hidden_") for name in graded) == 2
    chosen = f"lab{lab.number} or test_contents or test_complete"
    pytest_in(root, "tests/checks/test_exercises.py", *SEEN, "-k", chosen)
    is_tidy(root)


def test_a_new_method_agrees_with_its_oracle_and_the_oracle_sees_a_wrong_one(root):
    assert new.new(["method", "gradient_size"]) == 0
    test = "tests/importance/test_gradient_size.py"
    pytest_in(root, test, "tests/test_arrows.py")
    is_tidy(root)
    room = (root / new.ROOM).read_text(encoding="utf-8")
    listed = [line.strip(' ",') for line in room.splitlines() if line.startswith('    "')]
    assert "gradient_size" in listed and listed == sorted(listed)
    path = root / "utils" / "importance" / "gradient_size.py"
    path.write_text(path.read_text().replace("gradient.abs()", "gradient.square()"))
    with pytest.raises(AssertionError, match="1 failed"):
        pytest_in(root, test)


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        ([], r"new lecture\|lab\|method NAME"),
        (["lecture"], r"new lecture\|lab\|method NAME"),
        (["lesson", "norms"], r"new lecture\|lab\|method NAME"),
        (["lab", "my lab"], "'my lab' cannot be the name of a lab: use lower-case letters"),
        (["lecture", "11_norms"], "the number is added by itself"),
        (["method", "lambda"], "'lambda' cannot be the name of a method"),
        (["method", "snip"], "snip.py is there already|has a snip already"),
        (["method", "obs_delete"], "has a obs_delete already"),
    ],
)
def test_what_cannot_be_made_is_refused_with_a_sentence(root, arguments, sentence):
    before = everything(root)
    with pytest.raises(Stop, match=sentence):
        new.new(arguments)
    assert everything(root) == before


def everything(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_when_a_file_cannot_be_written_nothing_is_made(root):
    (root / "course.toml").chmod(0o400)
    before = everything(root)
    written = type(root).write_text

    def fails(path, text, **more):
        if path.name == "course.toml" and "norms" in text:
            raise OSError(28, "No space left on device")
        return written(path, text, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(root), "write_text", fails)
        with pytest.raises(Stop, match="course.toml cannot be written .*; nothing was made"):
            new.new(["lecture", "norms"])
    assert everything(root) == before


def test_the_tables_are_rewritten_for_a_new_lecture(root):
    new.new(["lecture", "norms"])
    assert contents.write(root, manifest.read(root)) == []


@pytest.mark.parametrize("name", ["aaa", "gradient_size", "zzz"])
def test_a_method_takes_its_place_in_the_alphabet(name):
    text = (ROOT / new.ROOM).read_text(encoding="utf-8")
    added = new.exported(text, name)
    assert set(added.splitlines()) - set(text.splitlines()) == {
        f"from utils.importance.{name} import {name}",
        f'    "{name}",',
    }
    for start in ("from utils.", '    "'):
        lines = [line for line in added.splitlines() if line.startswith(start)]
        assert lines == sorted(lines)


def test_an_entry_changes_nothing_else_in_course_toml():
    text = (ROOT / manifest.FILE).read_text(encoding="utf-8")
    words = {"name": "x", "title": "X", "lecture": "01", "room": "lab99"}
    for kind in ("lecture", "lab"):
        added = new.with_entry(ROOT, kind, words)
        entry = new.filled(f"{kind}_entry", words)
        assert added.replace("\n" + entry, "", 1) == text and f"\n[[{kind}]]\n" in added
