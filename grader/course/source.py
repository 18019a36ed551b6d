"""A lab's source as grading needs it: cells with ids, and marks that are complete."""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from grader.course import files
from grader.course.cells import Cell, Notebook, grade_id, marks, text

IN_MENU = "in nbgrader's Create Assignment"


class SourceError(Exception):
    """A lab's source cannot be used; the text is a sentence for each reason, in lines."""


def read(path: Path) -> Notebook:
    """The notebook of a lab's source. Cells without ids (nbformat 4.4 and older) get some, and the
    file is written again with them: submissions are matched by ids, so they must stay the same."""
    notebook = parsed(path)
    if found := list(faults(notebook["cells"])):
        raise SourceError("\n".join(f"- {sentence}" for sentence in found))
    if any("id" not in cell for cell in notebook["cells"]):
        give_ids(notebook["cells"])
        notebook["nbformat_minor"] = max(notebook.get("nbformat_minor", 0), 5)
        files.write(path, json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    return notebook


def parsed(path: Path) -> Notebook:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SourceError(f"- {path.name} is not a notebook: {error}") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise SourceError(f"- {path.name} is not a notebook of nbformat 4: it has no list of cells")
    return notebook


def faults(cells: list[Cell]) -> Iterator[str]:
    """What is wrong with ids and with nbgrader's marks, as sentences that name cells."""
    words = [called(number, cell) for number, cell in enumerate(cells, start=1)]
    for name, places in twice([cell.get("id") for cell in cells]):
        yield (
            f'{listed(places, words)} have the same id "{name}", as a copied cell has: put the '
            "text of one of them into a new cell."
        )
    for name, places in twice([grade_id(cell) for cell in cells]):
        yield (
            f'{listed(places, words)} have the same name "{name}": give one of them another ID '
            f"{IN_MENU}, or delete it."
        )
    for cell, word in zip(cells, words, strict=True):
        graded = marks(cell).get("grade") or marks(cell).get("task")
        if (graded or marks(cell).get("solution")) and not grade_id(cell):
            kind = "graded" if graded else "an answer"
            yield f"{word} is {kind}, but has no name: give it an ID {IN_MENU}."
        if graded and not is_number(marks(cell).get("points")):
            yield f"{word} is graded, but has no points: give it some (or 0) {IN_MENU}."


def is_number(points: object) -> bool:
    return type(points) in (int, float) and 0 <= points < float("inf")  # pyright: ignore


def called(number: int, cell: Cell) -> str:
    """cell 7 (check_half), cell 3 (`def half(x):`)"""
    first = next((line.strip() for line in text(cell).splitlines() if line.strip()), "empty")
    return f"cell {number} ({grade_id(cell) or f'`{first[:40]}`'})"


def twice(names: list[str | None]) -> Iterator[tuple[str, list[int]]]:
    """(name, its places) of each that stands more than once."""
    places = defaultdict(list)
    for place, name in enumerate(names):
        places[name].append(place)
    return ((name, found) for name, found in places.items() if name and len(found) > 1)


def listed(places: list[int], words: list[str]) -> str:
    return " and ".join(words[place] for place in places)


def give_ids(cells: list[Cell]) -> None:
    """Ids for the cells that have none: the name of a cell for nbgrader, otherwise a hash of its
    text."""
    taken = {cell["id"] for cell in cells if "id" in cell}
    for cell in cells:
        if "id" in cell:
            continue
        digest = hashlib.sha256(f"{cell['cell_type']}\n{text(cell)}".encode()).hexdigest()[:8]
        wanted = re.sub(r"[^A-Za-z0-9_-]", "-", grade_id(cell) or digest)[:56]
        numbered = (f"{wanted}-{number}" for number in range(2, len(cells) + 2))
        cell["id"] = next(name for name in [wanted, *numbered] if name not in taken)
        taken.add(cell["id"])
