"""Where course.toml and the notebooks of a course differ: sentences that say what to change."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from bootstrap.manifest import FILE, Lab, Lecture, Manifest, ManifestError
from grader import HOME
from grader.course import cells
from grader.course.folders import exercise

LIBRARY = HOME / "utils"
HEADING = re.compile(r"^## Exercise (\d+)", re.MULTILINE)


def of_course(root: Path, manifest: Manifest) -> list[str]:
    """Sentences about every lecture and lab; empty when nothing is missing."""
    there = {path.name for path in (root / "lectures").glob("*.ipynb")}
    entered = {lecture.file for lecture in manifest.lectures}
    found = [
        f'{FILE} has no entry for lectures/{name}: add a [[lecture]] with file = "{name}", '
        "title, about, minutes and notes."
        for name in sorted(there - entered)
    ]
    for lecture in manifest.lectures:
        found += of_lecture(root, lecture)
    labs = {path.parent.name for path in (root / "solutions").glob("*/*.ipynb")}
    for name in sorted(labs | {lab.name for lab in manifest.labs}):
        found += of_lab(root, manifest, name)
    for lab in manifest.labs:
        if (path := source_of(root, lab.name)).is_file():
            found += of_heading(read(path), lab, f"Lab {lab.number} · {lab.title}")
    return found


def of_lecture(root: Path, lecture: Lecture) -> list[str]:
    path = root / "lectures" / lecture.file
    if not path.is_file():
        return [not_there(f"lectures/{lecture.file}", "lecture")]
    return list(of_heading(read(path), lecture, f"{lecture.number} · {lecture.title}"))


def of_lab(root: Path, manifest: Manifest, name: str) -> list[str]:
    """Sentences about one lab; empty when its entry is complete."""
    try:
        lab = manifest.lab(name)
    except ManifestError as error:
        return [str(error)]
    path = source_of(root, name)
    if not path.is_file():
        return [not_there(f"solutions/{name}/{name}.ipynb", "lab")]
    source = read(path)
    numbers = {lecture.number for lecture in manifest.lectures}
    return [
        *(
            f"{FILE}: {name} follows lecture {number}, which has no entry."
            for number in lab.follows
            if number not in numbers
        ),
        *of_imports(source, lab),
        *of_exercises(source, lab),
    ]


def of_heading(notebook: dict, entry: Lecture | Lab, heading: str) -> Iterator[str]:
    """The first cell says the same title and minutes as the entry."""
    where = getattr(entry, "file", None) or getattr(entry, "name", "")
    text = cells.text(notebook["cells"][0])
    first = text.partition("\n")[0]
    if not first.startswith(f"# {heading}"):
        yield f"{where} begins with {first!r}; by {FILE} it should begin with '# {heading}'."
    if f"{entry.minutes} minutes" not in text:
        yield f"The first cell of {where} does not say {entry.minutes} minutes, as {FILE} does."


def of_imports(source: dict, lab: Lab) -> Iterator[str]:
    """`imports` names what is there, and covers what the lab's locked cells import. Of the checks
    only the names are in a box, always."""
    for room in lab.imports:
        if room.split(".")[0] == "checks":
            yield (
                f"{FILE}: take {room!r} out of the imports of {lab.name}: the checks know the "
                "answers. Locked cells can import them all the same."
            )
            continue
        place = LIBRARY.joinpath(*room.split("."))
        if not place.is_dir() and not place.with_suffix(".py").is_file():
            yield f"{FILE}: imports of {lab.name} has {room!r}, but there is no utils.{room}."
    for name in sorted(imported(source)):
        if not any(f"{name}.".startswith(f"{room}.") for room in [*lab.imports, "checks"]):
            yield (
                f"{lab.name} imports utils.{name} in a locked cell: "
                f'add "{name}" to its imports in {FILE}, or answers cannot be graded.'
            )


def imported(source: dict) -> set[str]:
    """The modules of `utils` that the locked cells import, such as "model" or "pruning.masks"."""
    found = set()
    for cell in filter(cells.is_own, source["cells"]):
        for node in ast.walk(ast.parse(cells.plain(cells.text(cell)))):
            if isinstance(node, ast.Import):
                found |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module == "utils":
                found |= {f"utils.{one.name}" for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module or "")
    return {name.removeprefix("utils.") for name in found if name.startswith("utils.")}


def of_exercises(source: dict, lab: Lab) -> Iterator[str]:
    """Every exercise has a number, and that of the heading above it."""
    heading, seen = None, set()
    for cell in source["cells"]:
        if cell["cell_type"] == "markdown" and (match := HEADING.search(cells.text(cell))):
            heading = match[1]
        if not cells.marks(cell).get("grade"):
            continue
        name = exercise(cells.grade_id(cell))
        number = lab.exercises.get(name)
        if number is None and name not in seen:
            yield f'{FILE}: add {name} = "{heading or "?"}" to the exercises of {lab.name}.'
        elif number and heading and number.rstrip("abcdefgh") != heading:
            yield (
                f'{FILE} says {name} = "{number}" in {lab.name}; the heading above '
                f"{cells.grade_id(cell)} says Exercise {heading}."
            )
        seen.add(name)
    for name in sorted(set(lab.exercises) - seen):
        yield f"{FILE}: {lab.name} has no exercise {name}: remove it from its exercises."


def source_of(root: Path, name: str) -> Path:
    return root / "solutions" / name / f"{name}.ipynb"


def not_there(path: str, word: str) -> str:
    return (
        f"{FILE} has an entry for {path}, which does not exist: "
        f"write the {word}, or remove the entry."
    )


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))
