"""Grades the submissions of a lab: read here, run by checkers, written here; then feedback, CSV and
a table."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.course.folders import Course, GradingError
from grader.feedback.pages import write_all
from grader.gradebook import entries, outcomes, results
from grader.gradebook.assignment import generate
from grader.gradebook.database import gradebook
from grader.gradebook.export import write_csv
from grader.gradebook.outcomes import NOT_YET, Outcome
from grader.gradebook.results import Result
from grader.gradebook.rows import Row, all_rows, csv_path
from grader.run import hand_in, workers
from grader.run.hand_in import HandIns
from grader.run.one import Prepared, Run, Settings, begun, prepare, stored, write

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


def grade(
    course: Course,
    lab: str,
    settings: Settings,
    console: Console,
    student: str | None = None,
    show: Show = lambda rows: None,
) -> list[Row]:
    """Grades every submission of a lab, or that of one student. Returns the rows of all students;
    `show` gets them as soon as all is graded, before the pages are made.

    GradingError where nothing can be graded.
    """
    found = hand_in.hand_ins(course, lab)
    chosen = selected(course, lab, student, found)
    with course.alone(lab, console.print):
        run = begun(course, lab, settings, found.refused)
        if settings.scheduler is None and any(is_new(run, name) for name in chosen):
            workers.begin(run.task)
        generate(course, lab)
        results.sweep(course, lab)
        graded = grade_all(run, chosen, console)
        hand_in.settle(course, lab, found, chosen)
        return reported(course, lab, graded, found, settings.jobs, console, show)


def is_new(run: Run, student: str) -> bool:
    """Whether a submission was not graded before, or is to be graded again."""
    return run.settings.fresh or not outcomes.last(run.course, run.lab, student).result


def write_again(
    course: Course,
    lab: str,
    jobs: int,
    console: Console,
    student: str | None = None,
    show: Show = lambda rows: None,
) -> list[Row]:
    """Runs nothing: writes table, CSV and feedback again, with the marks given by hand since."""
    found = hand_in.hand_ins(course, lab)
    chosen = selected(course, lab, student, found)
    with course.alone(lab, console.print):
        generate(course, lab)
        with gradebook(course) as book:
            entries.penalise_again(book, course, lab, chosen)
        hand_in.settle(course, lab, found, chosen)
        rows = [row for row in all_rows(course, lab) if row.student in chosen]
        graded = [row.student for row in rows if row.outcome.graded]
        return reported(course, lab, graded, found, jobs, console, show)


def reported(
    course: Course,
    lab: str,
    graded: list[str],
    found: HandIns,
    jobs: int,
    console: Console,
    show: Show,
) -> list[Row]:
    """Writes the CSV, shows the rows, then makes the pages of those who were graded."""
    rows = table(course, lab)
    show(rows)
    changed = pages(course, lab, graded, jobs, console)
    hand_in.copy_pages(course, lab, found.sharing(graded))
    return table(course, lab) if changed else rows


def selected(course: Course, lab: str, student: str | None, found: HandIns) -> list[str]:
    """Whose hand-ins are graded."""
    course.require(lab)
    everyone = found.graded
    if not everyone:
        raise GradingError(
            f"No submissions of {lab}. Put each student's notebook here: "
            f"{course.submitted(lab, 'STUDENT') / f'{lab}.ipynb'}"
        )
    if student is None:
        return everyone
    if found.of(student) not in everyone:
        raise GradingError(
            f"No submission of {student}: there is no folder {course.submitted(lab, student)}"
        )
    return [found.of(student)]


def table(course: Course, lab: str) -> list[Row]:
    """The rows of all students, which are written to the CSV too."""
    rows, path = all_rows(course, lab), csv_path(course, lab)
    try:
        write_csv(path, course.checks(lab), rows)
    except PermissionError as error:
        raise GradingError(
            f"{path} cannot be written: close it in the other program and try again."
        ) from error
    return rows


def grade_all(run: Run, students: list[str], console: Console) -> list[str]:
    """Runs what has no stored result, and writes marks and notebooks. Returns the students who have
    marks now."""
    for name in students:  # however this run ends, no student keeps the status of an earlier one
        outcomes.keep(run.course, run.lab, name, Outcome(NOT_YET, ""))
    columns = [
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}"),
    ]
    with (
        Progress(*columns, console=console) as progress,
        gradebook(run.course) as book,
        workers.executor(run.settings.jobs, run.settings.scheduler) as (executor, width),
    ):
        return Grading(run, progress, book, len(students)).all(students, executor, width)


Show = Callable[[list[Row]], object]


class Grading:
    """Submissions on their way through the workers: what waits there, and the results of the
    rest."""

    def __init__(self, run: Run, progress: Progress, book: Gradebook, number: int):
        self.run, self.progress, self.book = run, progress, book
        self.bar = progress.add_task("grading", total=number, counts="")
        self.waiting: dict[Future[Result], Prepared] = {}
        self.count: Counter[str] = Counter()
        self.graded: list[str] = []

    def all(self, students: list[str], executor: Executor, width: int) -> list[str]:
        """Who has marks now. width: how many the executor runs at a time."""
        for name in students:
            one = prepare(self.run, name)
            known = None
            if one.task is not None and not self.run.settings.fresh:
                known = results.load(self.run.course, self.run.lab, one.key)
            if one.task is None or known:
                self.finish(one, known)
                continue
            self.waiting[executor.submit(workers.run, one.task)] = one
            # what is done is written now, and no more are read than the workers need next
            self.collect(0 if len(self.waiting) < 2 * width else None)
        while self.waiting:
            self.collect(None)
        return self.graded

    def collect(self, seconds: float | None) -> None:
        """Writes what is done; waits so long for one, None for as long as it takes."""
        for future in wait(self.waiting, seconds, FIRST_COMPLETED).done:
            one = self.waiting.pop(future)
            try:
                result = future.result()
            except Exception as error:
                result = {"fault": f"{type(error).__name__}: {error}"}
            self.finish(one, stored(self.run, one, result))

    def finish(self, one: Prepared, result: Result | None) -> None:
        outcome = write(self.run, one, result, self.book)
        self.count[outcome.status] += 1
        self.graded += [one.student] if outcome.graded else []
        counts = ", ".join(f"{number} {status}" for status, number in self.count.items())
        self.progress.update(self.bar, advance=1, counts=counts)


def grade_one(course: Course, lab: str, student: str, settings: Settings) -> Outcome:
    """Grades one submission without a table and pages, as formgrader's button does."""
    found = hand_in.hand_ins(course, lab)
    run = begun(course, lab, settings, found.refused)
    one, result = prepare(run, student), None
    if one.task:
        result = results.load(course, lab, one.key) or stored(run, one, workers.run(one.task))
    with gradebook(course) as book:
        outcome = write(run, one, result, book)
    hand_in.settle(course, lab, found, [student])
    return outcome


def pages(course: Course, lab: str, students: list[str], jobs: int, console: Console) -> bool:
    """Writes a feedback page for each of these students. Whether an outcome says something else of
    its page now."""
    changed = False
    for student, wrong in write_all(course, lab, students, jobs, console).items():
        outcome = outcomes.last(course, lab, student)
        if outcome.page != wrong:
            outcomes.keep(course, lab, student, replace(outcome, page=wrong))
            changed = True
    return changed


def default_jobs() -> int:
    """As many submissions at a time as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
