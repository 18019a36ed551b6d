"""What `check` and Validate share: one notebook of a lab, graded, a row for each graded cell."""

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bootstrap.manifest import Lab
from grader.course import cells
from grader.course.cells import Cell, Notebook
from grader.course.folders import Course, GradingError, exercise
from grader.course.limits import Limits
from grader.intake.align import Aligned, align, released
from grader.intake.folder import bytes_of
from grader.intake.matching import asked
from grader.intake.parse import Unreadable, parse
from grader.run import verdict
from grader.run.shown import clean, with_outputs
from grader.selfcheck.running import run

BY_HAND, UNSEEN = "marked by a person", "they are run when your lab is graded"


@dataclass(frozen=True)
class Part:
    """One graded cell. points: None where nothing was judged here, and `message` says why."""

    name: str
    exercise: str
    points: float | None
    most: float
    message: str

    @property
    def wrong(self) -> bool:
        return self.points is not None and self.points < self.most

    @property
    def unseen(self) -> bool:
        return self.message == UNSEEN


@dataclass(frozen=True)
class Judged:
    """notebook: with its outputs; how: the sentence on how it was run; notes: what was restored,
    limits that were reached; unanswered: grade ids of answers that are not there yet."""

    lab: Lab
    parts: list[Part]
    how: str
    notes: list[str]
    unanswered: tuple[str, ...]
    notebook: Notebook

    @property
    def right(self) -> bool:
        """Whether every point was earned that was judged here."""
        return not any(part.wrong for part in self.parts)

    @property
    def total(self) -> tuple[float, float]:
        """(points, of how many that were judged here)"""
        seen = [part for part in self.parts if part.points is not None]
        return sum(part.points or 0 for part in seen), sum(part.most for part in seen)

    @property
    def remarks(self) -> list[str]:
        """What else is to be said: what was restored, and what was not judged."""
        unseen = sum(part.most for part in self.parts if part.unseen)
        waits = [f"{unseen:g} more points are for checks that you do not see: {UNSEEN}"]
        return [*self.notes, *(waits if unseen else [])]

    def exercises(self) -> dict[str, list[Part]]:
        """The parts by exercise, in the order of the notebook."""
        found: dict[str, list[Part]] = {}
        for part in self.parts:
            found.setdefault(part.exercise, []).append(part)
        return found

    def record(self) -> dict[str, list[float]]:
        """Points and most of each exercise, of what was judged here."""
        judged = {
            name: [part for part in parts if part.points is not None]
            for name, parts in self.exercises().items()
        }
        return {
            name: [sum(part.points or 0 for part in parts), sum(part.most for part in parts)]
            for name, parts in judged.items()
            if parts
        }


def judge(
    course: Course, lab: str, path: Path, hidden: bool, limits: Limits | None = None
) -> Judged:
    """Grades the notebook at `path`. hidden: with the cells that students do not see, where the
    course has them. GradingError, with a sentence, when it cannot be graded."""
    entry, limits = course.entry(lab), limits or Limits()
    source, stubs = lab_of(course, lab, hidden)
    aligned = read(path, source, stubs)
    assert aligned.notebook
    result, how = run(source, entry.imports, aligned.notebook, limits)
    result = clean(result)
    return Judged(
        entry,
        [part(cell, result) for cell in source["cells"] if cells.marks(cell).get("grade")],
        how,
        [*verdict.limits_hit(result), *verdict.judged_apart(result), *aligned.warnings],
        aligned.unanswered,
        with_outputs(aligned.notebook, result),
    )


def lab_of(course: Course, lab: str, hidden: bool) -> tuple[Notebook, Notebook]:
    """(what is graded against, the notebook that students get)"""
    if course.source(lab).is_file():
        source = json.loads(course.source(lab).read_text(encoding="utf-8"))
        stubs = released(source, course.config)
        return source if hidden else stubs, stubs
    pristine = course.pristine(lab)
    if not pristine.is_file():
        raise GradingError(f"{pristine} is missing: get a fresh copy of the course.")
    stubs = json.loads(pristine.read_text(encoding="utf-8"))
    return stubs, stubs


def read(path: Path, source: Notebook, stubs: Notebook) -> Aligned:
    """The notebook at a path, put into the lab: checks that are not as released are restored."""
    try:
        theirs = parse(bytes_of(path, path.name), path.name)
    except Unreadable as error:
        raise GradingError(f"{error}.") from None
    except OSError as error:
        raise GradingError(f"{path} cannot be read: {error.strerror}.") from None
    aligned = align(source, asked(stubs), theirs.cells)
    if aligned.notebook is None:
        raise GradingError(f"{path.name} has no cell of this lab: is it another notebook?")
    return aligned


def part(cell: Cell, result: dict[str, Any]) -> Part:
    """One graded cell of the lab."""
    name, most = cells.grade_id(cell), float(cells.marks(cell)["points"])
    if not cells.is_check(cell):
        return Part(name, exercise(name), None, most, BY_HAND)
    if is_empty(cell):
        return Part(name, exercise(name), None, most, UNSEEN)
    mark = result["checks"][name]
    return Part(name, exercise(name), mark["points"], most, mark["message"])


def is_empty(cell: Cell) -> bool:
    """Whether nothing is left of a check, as of a hidden one in what students get."""
    body = ast.parse(cells.text(cell)).body
    return all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in body)
