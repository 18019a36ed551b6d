"""What a student handed in: a notebook that can be graded, or the sentence that says why not.

Of a folder grading/submitted/STUDENT/LAB one regular file is read and nothing else: no link is
followed at any level, no pipe or device is opened, and what could be run or imported next to the
notebook is refused by name.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from traitlets.config import Config

from grader.course import cells as lab_cells
from grader.course.folders import Course
from grader.intake.align import Aligned, align, released
from grader.intake.folder import Found, bytes_of, look, of_folder
from grader.intake.matching import Asked, asked
from grader.intake.parse import Notebook, Unreadable, parse, printable

SURE = 0.5  # the share of a lab's cells that a notebook under another name must have


@dataclass(frozen=True)
class Submission:
    """notebook: aligned with the lab's source (see `align`), None when it cannot be graded;
    problem: why not, one sentence.

    warnings: what the student's doing changed, and what was done about it. remarks: what is worth a
    note and no warning. unanswered: grade ids of the answers that are as they were released,
    missing or empty. content: the bytes of the file as handed in, empty when there is none or it is
    too large.
    """

    notebook: dict | None
    problem: str | None
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    content: bytes = b""


@dataclass(frozen=True)
class File:
    """A notebook of a folder. parsed: None where problem says why not."""

    name: str
    content: bytes
    parsed: Notebook | None
    problem: str | None


def read(course: Course, lab: str, student: str, source: lab_cells.Notebook) -> Submission:
    """The Submission of a student; whatever the file holds, no exception.

    source: the lab's source notebook, a dict of nbformat 4.
    """
    folder, name = course.submitted(lab, student), f"{lab}.ipynb"
    if problem := of_folder(folder):
        return Submission(None, problem)
    found = look(folder)
    cells = KEPT.cells(source, course.config)
    names = [name] if name in found.notebooks else found.notebooks
    files = [open_file(folder / one) for one in names]
    aligned = [align(source, cells, file.parsed.cells) if file.parsed else None for file in files]
    if names == [name] and files[0].parsed and not has_answers(aligned[0], cells):
        more = [open_file(folder / one) for one in found.notebooks if one != name]
        grafts = [align(source, cells, one.parsed.cells) if one.parsed else None for one in more]
        for one, graft in zip(more, grafts, strict=True):
            if has_answers(graft, cells) and graft and graft.sure > SURE:
                files, aligned = [*files, one], [*aligned, graft]
        if len(files) > 1:  # the named one was left as it was: what was not counts instead
            files, aligned = files[1:], aligned[1:]
    chosen, problem = choose(name, files, aligned, found)
    file, graft = (None, None) if chosen is None else (files[chosen], aligned[chosen])
    if problem or file is None or file.parsed is None or graft is None:
        content = file.content if file else b""
        return Submission(None, problem, found.warnings(name), found.remarks(), (), content)
    renamed = () if file.name == name else (f"{printable(file.name)} was taken for {name}",)
    return Submission(
        graft.notebook,
        None,
        file.parsed.warnings + graft.warnings + found.warnings(file.name),
        file.parsed.remarks + graft.remarks + renamed + found.remarks(),
        graft.unanswered,
        file.content,
    )


class Kept:
    """The cells of a lab as students get them, kept for the next submission: to make them takes as
    long as to read one."""

    def __init__(self):
        self.made_of: tuple[Any, Any] | None = None
        self.made: list[Asked] = []

    def cells(self, source: lab_cells.Notebook, config: Config) -> list[Asked]:
        if self.made_of is None or self.made_of[0] is not source or self.made_of[1] is not config:
            self.made_of, self.made = (source, config), asked(released(source, config))
        return self.made


KEPT = Kept()


def choose(
    name: str, files: list[File], aligned: list[Aligned | None], found: Found
) -> tuple[int | None, str | None]:
    """(the number of the file that is graded or at fault, the problem): the one named `name`, else
    the only one that is of this lab."""
    if not files:
        return None, f"no notebook named {name} in the folder (found: {found.listed()})"
    if files[0].name == name or len(files) == 1 and files[0].problem:
        return 0, files[0].problem or (
            None
            if aligned[0] and aligned[0].notebook
            else f"{name} has no cell of this lab: is it another notebook?"
        )
    fit = [number for number, graft in enumerate(aligned) if graft and graft.sure > SURE]
    if len({files[number].content for number in fit}) == 1:
        return fit[0], None
    if fit:
        names = " and ".join(printable(files[number].name) for number in fit[:4])
        return (
            None,
            (
                f"more than one notebook of this lab and none named {name}"
                f"{' with answers' if name in found.notebooks else ''}: {names}; "
                f"rename the one to grade to {name}"
            ),
        )
    return None, f"no notebook named {name} in the folder (found: {found.listed()})"


def is_answered(course: Course, source: lab_cells.Notebook, content: bytes) -> bool:
    """Whether these bytes are a notebook of this lab with at least one answer; Unreadable when they
    are not a notebook."""
    cells = KEPT.cells(source, course.config)
    aligned = align(source, cells, parse(content, "it").cells)
    return has_answers(aligned, cells)


def has_answers(aligned: Aligned | None, cells: list[Asked]) -> bool:
    asked_for = sum(one.role == "answer" for one in cells)
    return aligned is not None and bool(aligned.notebook) and len(aligned.unanswered) < asked_for


# --- the file ------------------------------------------------------------------------------------


def open_file(path: Path) -> File:
    """The File at a path."""
    name, content = printable(path.name), b""
    try:
        content = bytes_of(path, name)
        return File(path.name, content, parse(content, name), None)
    except Unreadable as error:
        return File(path.name, content, None, str(error))
    except OSError as error:
        return File(path.name, content, None, f"{name} cannot be read: {error.strerror}")
