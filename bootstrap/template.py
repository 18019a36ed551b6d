"""Files made from templates/: text with {{words}}, and notebooks written as text."""

import json
import re
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).with_name("templates")
CELL = re.compile(r"^%% (\w+) (markdown|code)([^\n]*)\n", re.MULTILINE)


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
