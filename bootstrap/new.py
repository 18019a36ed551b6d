"""The command `new`: a lecture, a lab or a method that passes the tests, to be rewritten."""

import json
import keyword
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bootstrap import contents, manifest
from bootstrap.console import CALL, Stop, say
from bootstrap.grading import release
from bootstrap.process import HERE, needs_folder

TEMPLATES = Path(__file__).with_name("templates")
ROOM = "utils/importance/__init__.py"
Files = dict[str, str]  # path in the course -> text
CELL = re.compile(r"^%% (\w+) (markdown|code)([^\n]*)\n", re.MULTILINE)
LECTURE = """
[[lecture]]
file = "{name}.ipynb"
title = "{title}"
about = ""
minutes = 30
notes = []
"""
LAB = """
[[lab]]
name = "{name}"
title = "{title}"
follows = ["{lecture}"]
minutes = 30
imports = ["checks.fresh", "checks.compare", "checks.exercise", "checks.report", "checks.{room}"]
[lab.exercises]
l2_norm = "1"
soft_threshold = "2"
reading = "3"
"""


def new(arguments: list[str]) -> int:
    """Makes a lecture, a lab or a method that works, for you to rewrite. For contributors.

    usage: {call} new lecture NAME
           {call} new lab NAME
           {call} new method NAME

    For example: {call} new lecture structured_pruning
    A lecture and a lab get the next number and an entry in course.toml. CONTRIBUTING.md says how to
    go on. Nothing that is there is overwritten.
    """
    needs_folder("solutions", "new")
    if len(arguments) != 2 or arguments[0] not in KINDS:
        raise Stop(f"Say what to make: {CALL} new {'|'.join(KINDS)} NAME")
    kind, name = arguments
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise Stop(
            f"{name!r} cannot be the name of a {kind}: use lower-case letters, digits and _, "
            "beginning with a letter (the number is added by itself)."
        )
    try:
        files, changed = KINDS[kind](HERE, name)
    except manifest.ManifestError as error:
        raise Stop(str(error)) from None
    write(HERE, files, changed)
    contents.write(HERE, manifest.read(HERE))
    for path in files:
        say(f"{path}: written")
    return AFTERWARDS[kind](next(iter(files)))


def lecture(root: Path, name: str) -> tuple[Files, Files]:
    """A new lecture: the files that are made and those that are changed, by path in the course."""
    number = after(one.number for one in manifest.read(root).lectures)
    words = {"number": number, "title": titled(name), "name": f"{number}_{name}"}
    made = {f"lectures/{words['name']}.ipynb": notebook("lecture", words)}
    return made, {manifest.FILE: with_entry(root, LECTURE, words)}


def lab(root: Path, name: str) -> tuple[Files, Files]:
    """A new lab, which follows the last lecture."""
    course = manifest.read(root)
    number = after(one.number for one in course.labs)
    room = f"lab{number}"
    words = {
        "number": number,
        "title": titled(name),
        "name": f"{room}_{name}",
        "room": room,
        "lecture": course.lectures[-1].number,
    }
    checks = f"utils/checks/{room}"
    made = {
        f"solutions/{words['name']}/{words['name']}.ipynb": notebook("lab", words),
        f"{checks}/__init__.py": filled("room", words),
        f"{checks}/l2_norm.py": filled("l2_norm", words),
        f"{checks}/soft_threshold.py": filled("soft_threshold", words),
    }
    return made, {manifest.FILE: with_entry(root, LAB, words)}


def method(root: Path, name: str) -> tuple[Files, Files]:
    """A new importance: the method and its test; its name goes into the room's `__init__.py`."""
    words = {"name": name, "title": titled(name)}
    made = {
        f"utils/importance/{name}.py": filled("method", words),
        f"tests/importance/test_{name}.py": filled("test_method", words),
    }
    text = contents.read(root / ROOM)
    if f'"{name}"' in text:
        raise Stop(f"utils.importance has a {name} already: choose another name.")
    return made, {ROOM: exported(text, name)}


KINDS: dict[str, Callable[[Path, str], tuple[Files, Files]]] = {
    "lecture": lecture,
    "lab": lab,
    "method": method,
}


def after_lecture(path: str) -> int:
    say(f"Next: fill in its entry in course.toml, and write it: {CALL} lab {path}")
    return 0


def after_lab(path: str) -> int:
    name = Path(path).stem
    say(f"Next: {CALL} lab --instructor {path}; after each change: {CALL} release {name}")
    return release([name])


def after_method(path: str) -> int:
    test = f"tests/importance/test_{Path(path).name}"
    say(f"Next: write {path} and its oracle in {test}, then: {CALL} test {test}")
    return 0


AFTERWARDS = {"lecture": after_lecture, "lab": after_lab, "method": after_method}


def write(root: Path, files: Files, changed: Files) -> None:
    """Writes all or nothing. Stop where one of the new files is there already."""
    for name in files:
        if (root / name).exists():
            raise Stop(f"{name} is there already: choose another name, or remove it first.")
    before = {name: contents.read(root / name) for name in changed}
    name = ""
    try:
        for name, text in [*files.items(), *changed.items()]:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as problem:
        for name in files:
            (root / name).unlink(missing_ok=True)
        for name, text in before.items():
            if contents.read(root / name) != text:
                (root / name).write_text(text, encoding="utf-8", newline="\n")
        raise Stop(f"{name} cannot be written ({problem.strerror}); nothing was made.") from None


def filled(template: str, words: dict[str, str]) -> str:
    """A template with {{word}} replaced."""
    text = (TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace("{{" + word + "}}", value)
    return text


def notebook(template: str, words: dict[str, str]) -> str:
    """A notebook from a template whose cells begin with a line `%% id kind marks`."""
    parts = CELL.split(filled(template, words))[1:]
    content = {
        "cells": [cell(*parts[at : at + 4]) for at in range(0, len(parts), 4)],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def cell(name: str, kind: str, marks: str, source: str) -> dict[str, Any]:
    """marks: of "locked", "solution", "grade" and "points=3"; a graded code cell is locked."""
    words = marks.split()
    made: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}}
    if kind == "code":
        made |= {"execution_count": None, "outputs": []}
    made["source"] = source.rstrip("\n").splitlines(keepends=True)
    if words:
        settings: dict[str, Any] = {
            "grade": "grade" in words,
            "grade_id": name,
            "locked": "solution" not in words,
            "schema_version": 3,
            "solution": "solution" in words,
            "task": False,
        }
        points = [int(word.removeprefix("points=")) for word in words if "points=" in word]
        made["metadata"]["nbgrader"] = settings | ({"points": points[0]} if points else {})
    return made


def with_entry(root: Path, entry: str, words: dict[str, str]) -> str:
    """course.toml with an entry more, after the last of its kind."""
    text = (root / manifest.FILE).read_text(encoding="utf-8").rstrip("\n") + "\n"
    new = entry.format(**words)
    if new.startswith("\n[[lecture]]") and "\n[[lab]]\n" in text:
        lectures, labs = text.split("\n[[lab]]\n", 1)
        return f"{lectures}{new}\n[[lab]]\n{labs}"
    return text + new


def exported(text: str, name: str) -> str:
    """The `__init__.py` of a room with one name more, in its place in the alphabet."""
    line = f"from utils.importance.{name} import {name}"
    head, names, tail = re.split(r"(?<=__all__ = \[\n)(.*?)(?=\])", text, flags=re.DOTALL)
    lines = head.splitlines()
    imports = sorted([one for one in lines if one.startswith("from ")] + [line])
    first = next(at for at, one in enumerate(lines) if one.startswith("from "))
    lines[first : first + len(imports) - 1] = imports
    listed = sorted([*names.splitlines(), f'    "{name}",'])
    return "\n".join(lines) + "\n" + "\n".join(listed) + "\n" + tail


def after(numbers: Any) -> str:
    """The next number, with two digits."""
    return f"{max(map(int, numbers), default=-1) + 1:02}"


def titled(name: str) -> str:
    """ "Structured pruning" of "structured_pruning"."""
    return name.replace("_", " ").capitalize()
