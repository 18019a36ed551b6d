"""One submission of a run: prepared for a checker, and its result written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course import cells, files
from grader.course.cells import Notebook
from grader.course.folders import Course
from grader.course.limits import Limits
from grader.feedback.pages import remove_feedback
from grader.gradebook import entries, outcomes, results
from grader.gradebook.outcomes import OUR_FAULT, UNGRADABLE, Outcome
from grader.gradebook.results import Result
from grader.intake import folder, submitted
from grader.run import verdict
from grader.run.hand_in import handed_in
from grader.run.seed import course_secret, submission_seed
from grader.run.shown import clean, with_outputs

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Settings:
    """How submissions are run. jobs: at a time; scheduler: the address of a Dask cluster that runs
    them instead of this machine."""

    backend: str
    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    scheduler: str | None = None
    fresh: bool = False  # even those whose result is stored


@dataclass(frozen=True)
class Run:
    """What all submissions of a lab have in common. common: that of `results.common`."""

    course: Course
    lab: str
    settings: Settings
    source: Notebook
    imports: list[str]
    secret: bytes
    common: str
    refused: Mapping[str, str]

    @property
    def task(self) -> dict[str, Any]:
        """What a checker is told of the lab."""
        return {
            "lab": self.source,
            "imports": self.imports,
            "backend": self.settings.backend,
            "limits": asdict(self.settings.limits),
        }


def begun(
    course: Course, lab: str, settings: Settings, refused: Mapping[str, str] | None = None
) -> Run:
    """The Run of a lab as it is now. refused: who handed in what does not count, and why."""
    source = course.read(lab)
    imports = course.entry(lab).imports
    common = results.common(source, imports, settings.backend, settings.limits)
    return Run(course, lab, settings, source, imports, course_secret(course), common, refused or {})


@dataclass(frozen=True)
class Prepared:
    """A submission before it is run, without the bytes of its file. task: what a worker gets, None
    for what cannot be graded; key: the name of its result."""

    student: str
    submission: submitted.Submission
    task: dict[str, Any] | None
    key: str


def prepare(run: Run, student: str) -> Prepared:
    if why := run.refused.get(student):
        return Prepared(student, submitted.Submission(None, why), None, "")
    submission = submitted.read(run.course, run.lab, student, run.source)
    content, submission = submission.content, replace(submission, content=b"")
    if submission.problem:
        return Prepared(student, submission, None, "")
    seed = submission_seed(run.secret, run.lab, student, content)
    task = {**run.task, "notebook": submission.notebook, "seed": seed}
    key = results.key(run.common, content, submission.notebook, student, seed)
    return Prepared(student, submission, task, key)


def stored(run: Run, one: Prepared, result: Result) -> Result:
    """A checker's result, stored under its name unless the checker failed."""
    if "fault" in result:
        return result
    result = {**clean(result), "backend": run.settings.backend}
    results.store(run.course, run.lab, one.key, result)
    return result


def write(run: Run, one: Prepared, result: Result | None, book: Gradebook) -> Outcome:
    """Writes the result of a submission: marks, the notebook with its outputs, the outcome.

    result: None for what cannot be graded. Whatever fails here is our fault, for this student
    alone.
    """
    try:
        outcome = keep(run, one, result, book)
    except Exception as error:
        book.db.rollback()
        outcome = Outcome(OUR_FAULT, f"the grader failed: {type(error).__name__}: {error}")
    outcomes.keep(run.course, run.lab, one.student, outcome)
    return outcome


def keep(run: Run, one: Prepared, result: Result | None, book: Gradebook) -> Outcome:
    course, lab, student, notebook = run.course, run.lab, one.student, one.submission.notebook
    if notebook is None or result is None or "fault" in result:
        entries.clear(book, lab, student)
        shutil.rmtree(course.autograded(lab, student).parent, ignore_errors=True)
        remove_feedback(course, lab, student)
        if one.submission.problem:
            return Outcome(UNGRADABLE, one.submission.problem)
        fault = result["fault"] if result else "there is no result"
        return Outcome(OUR_FAULT, f"the grader failed: {fault}")
    path, place = course.autograded(lab, student), course.submitted(lab, student)
    same = answers_by_hand(path) == by_hand(notebook)
    entries.record(
        book,
        course,
        lab,
        student,
        handed_in(course, lab, student),
        result["checks"],
        one.submission.unanswered,
        same,
    )
    for name, text in folder.companions(place).items():  # nbgrader's own tools want them there
        files.write(path.with_name(name), text)
    shown = with_outputs(notebook, result)
    files.write(path, json.dumps(shown, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    return verdict.of_result(one.submission, result, one.key)


def by_hand(notebook: Notebook) -> dict[str, str]:
    """The answers that are marked by hand, by grade id."""
    return {
        cells.grade_id(cell): cells.text(cell).rstrip()
        for cell in notebook["cells"]
        if cells.marks(cell).get("grade") and not cells.is_check(cell)
    }


def answers_by_hand(path: Path) -> dict[str, str]:
    """Those of the last grading; empty when there was none."""
    try:
        return by_hand(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
