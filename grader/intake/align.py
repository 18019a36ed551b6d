"""Grafts a student's answers into the lab's source notebook, never the other way round.

Graded and locked cells, ids and metadata are the source's own. Answers and free cells hold the
student's text, and the student's extra cells come after the cell that they followed, so that
everything runs in the order it had at home.
"""

from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode, from_dict
from traitlets.config import Config

from grader.course import cells as lab_cells
from grader.intake import notes
from grader.intake.graft import Graft
from grader.intake.matching import Asked, match
from grader.intake.parse import Cell


@dataclass(frozen=True)
class Aligned:
    """notebook: a dict of nbformat 4, None when not one of its cells is of this lab; the rest as in
    `intake.Submission`. sure: the share of the graded, locked and answer cells that were
    recognised."""

    notebook: dict | None
    warnings: tuple
    remarks: tuple
    unanswered: tuple
    sure: float


def released(source: lab_cells.Notebook, config: Config | None = None) -> NotebookNode:
    """The notebook that students get of a source, made by nbgrader's own steps. config: the
    course's, for its stubs."""
    from nbgrader.preprocessors import (
        ClearHiddenTests,
        ClearMarkScheme,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        LockCells,
    )

    notebook: Any = from_dict(source)
    resources: Any = {}
    for cell in notebook.cells:
        cell.source = lab_cells.text(cell)
    for step in (
        LockCells,
        ClearSolutions,
        ClearOutput,
        ClearHiddenTests,
        ClearMarkScheme,
        ComputeChecksums,
    ):
        notebook, _ = step(config=config).preprocess(notebook, resources)
    return notebook


def align(source: lab_cells.Notebook, lab: list[Asked], theirs: list[Cell]) -> Aligned:
    """source: the lab's notebook; lab: its cells as `asked(released(source))` has them; theirs: the
    student's `Cell`s."""
    found = match(lab, theirs)
    kept = sum(one.role != "free" for one in lab)
    if not found.sure:
        return Aligned(None, (), (), (), 0.0)
    graft = Graft(source, lab, theirs, found)
    return Aligned(
        graft.notebook(),
        tuple(notes.warnings(graft)),
        tuple(notes.remarks(graft)),
        tuple(graft.unanswered),
        found.sure / kept,
    )
