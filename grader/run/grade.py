"""Grades the submissions of a lab: read here, run by checkers, written here; then feedback, CSV and a table."""

import copy
import json
import os
import re
import shutil
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import asdict, dataclass, replace

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader.course import cells, files
from grader.course.folders import GradingError
from grader.course.limits import Limits
from grader.feedback.pages import remove_feedback, write_all
from grader.gradebook import marks, outcomes, report, results
from grader.gradebook.assignment import generate
from grader.gradebook.export import write_csv
from grader.intake import submitted
from grader.run import verdict, workers
from grader.run.seed import course_secret, submission_seed

CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]|\x1b(?!\[[0-9;]*m)"
)  # what only a terminal obeys; colours stay
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,16}\b")


@dataclass(frozen=True)
class Manner:
    """How submissions are run. jobs: at a time; scheduler: the address of a Dask cluster that runs them instead of this machine."""

    backend: str
    limits: Limits = Limits()
    jobs: int = 1
    scheduler: str | None = None
    fresh: bool = False  # even those whose result is stored


def grade(course, lab, manner, console, student=None):
    """Grades every submission of a lab, or that of one student. Returns the rows of all students.

    GradingError where nothing can be graded.
    """
    chosen = who(course, lab, student)
    with course.alone(lab, console.print):
        generate(course, lab)
        results.sweep(course, lab)
        source = json.loads(course.source(lab).read_text(encoding="utf-8"))
        graded = grade_all(course, lab, source, chosen, manner, console)
        pages(course, lab, graded, manner.jobs, console)
        return table(course, lab)


def write_again(course, lab, jobs, console, student=None):
    """Runs nothing: feedback, CSV and table anew, with the marks given by hand since."""
    chosen = who(course, lab, student)
    with course.alone(lab, console.print):
        generate(course, lab)
        with marks.gradebook(course) as book:
            marks.penalise_again(book, course.config, lab, chosen)
        pages(
            course,
            lab,
            [
                row.student
                for row in report.rows(course, lab)
                if row.student in chosen and row.outcome.graded
            ],
            jobs,
            console,
        )
        return table(course, lab)


def who(course, lab, student):
    """The students to grade."""
    course.require(lab)
    everyone = course.students(lab)
    if not everyone:
        raise GradingError(
            f"No submissions of {lab}. Put each student's notebook here: {course.submitted(lab, 'STUDENT') / f'{lab}.ipynb'}"
        )
    if student is not None and student not in everyone:
        raise GradingError(
            f"No submission of {student}: there is no folder {course.submitted(lab, student)}"
        )
    return everyone if student is None else [student]


def table(course, lab):
    """The rows of all students, which are written to the CSV too."""
    rows = report.rows(course, lab)
    try:
        write_csv(csv_path(course, lab), course.checks(lab), rows)
    except PermissionError as error:
        raise GradingError(
            f"{csv_path(course, lab)} cannot be written: close it in the other program and try again."
        ) from error
    return rows


def csv_path(course, lab):
    return course.folder / f"{lab}.csv"


def grade_all(course, lab, source, students, manner, console):
    """Runs what has no stored result, and writes marks and notebooks. Returns who has marks now."""
    secret, count, graded, common = (
        course_secret(course),
        Counter(),
        [],
        results.common(source, course.entry(lab).imports, manner.backend, manner.limits),
    )
    for name in students:  # whatever ends this run, nobody is left with the words of an earlier one
        outcomes.keep(course, lab, name, outcomes.Outcome(outcomes.NOT_YET, ""))
    columns = [
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}"),
    ]
    with (
        Progress(*columns, console=console) as progress,
        marks.gradebook(course) as book,
        workers.executor(manner.jobs, manner.scheduler) as (executor, width),
    ):
        bar = progress.add_task("grading", total=len(students), counts="")

        def finish(one, result):
            outcome = write(course, lab, one, result, book)
            count[outcome.status] += 1
            graded.extend([one.student] if outcome.graded else [])
            progress.update(
                bar,
                advance=1,
                counts=", ".join(f"{number} {status}" for status, number in count.items()),
            )

        def collect(done):
            for future in done:
                one = waiting.pop(future)
                try:
                    result = future.result()
                except Exception as error:
                    result = {"fault": f"{type(error).__name__}: {error}"}
                finish(one, stored_now(course, lab, one, result, manner))

        waiting = {}
        for name in students:
            one = prepare(course, lab, source, name, secret, common, manner)
            stored = (
                None if manner.fresh or one.task is None else results.load(course, lab, one.key)
            )
            if one.task is None or stored:
                finish(one, stored)
                continue
            waiting[executor.submit(workers.run, one.task)] = one
            # what is done is written now, and no more are read than the workers need next
            collect(wait(waiting, 0 if len(waiting) < 2 * width else None, FIRST_COMPLETED).done)
        while waiting:
            collect(wait(waiting, None, FIRST_COMPLETED).done)
    return graded


def grade_one(course, lab, student, manner):
    """Grades one submission without a table and pages, as formgrader's button does. Returns the Outcome."""
    source = json.loads(course.source(lab).read_text(encoding="utf-8"))
    common = results.common(source, course.entry(lab).imports, manner.backend, manner.limits)
    one = prepare(course, lab, source, student, course_secret(course), common, manner)
    result = None
    if one.task:
        result = results.load(course, lab, one.key) or stored_now(
            course, lab, one, workers.run(one.task), manner
        )
    with marks.gradebook(course) as book:
        return write(course, lab, one, result, book)


def stored_now(course, lab, one, result, manner):
    """A checker's result, stored under its name unless the checker failed."""
    if "fault" in result:
        return result
    result = {**clean(result), "backend": manner.backend}
    results.store(course, lab, one.key, result)
    return result


@dataclass(frozen=True)
class Prepared:
    """A submission before it is run, without the bytes of its file. task: what a worker gets, None for what cannot be graded; key: the
    name of its result."""

    student: str
    submission: submitted.Submission
    task: dict | None
    key: str


def prepare(course, lab, source, student, secret, common, manner):
    """common: that of `results.common`."""
    submission = submitted.read(course, lab, student, source)
    content, submission = submission.content, replace(submission, content=b"")
    if submission.problem:
        return Prepared(student, submission, None, "")
    seed = submission_seed(secret, lab, student, content)
    task = {
        "lab": source,
        "imports": course.entry(lab).imports,
        "backend": manner.backend,
        "limits": asdict(manner.limits),
        "notebook": submission.notebook,
        "seed": seed,
    }
    return Prepared(
        student, submission, task, results.key(common, content, submission.notebook, student, seed)
    )


def write(course, lab, one, result, book):
    """Writes what came of a submission: marks, the notebook with its outputs, the outcome. Whatever fails here is our fault, for
    this student alone. Returns the Outcome."""
    try:
        outcome = keep(course, lab, one, result, book)
    except Exception as error:
        book.db.rollback()
        outcome = outcomes.Outcome(
            outcomes.OUR_FAULT, f"the grader failed: {type(error).__name__}: {error}"
        )
    outcomes.keep(course, lab, one.student, outcome)
    return outcome


def keep(course, lab, one, result, book):
    submission, student = one.submission, one.student
    if submission.problem or "fault" in result:
        marks.clear(book, lab, student)
        shutil.rmtree(course.autograded(lab, student).parent, ignore_errors=True)
        remove_feedback(course, lab, student)
        if submission.problem:
            return outcomes.Outcome(outcomes.UNGRADABLE, submission.problem)
        return outcomes.Outcome(outcomes.OUR_FAULT, f"the grader failed: {result['fault']}")
    path = course.autograded(lab, student)
    same = answers_by_hand(path) == by_hand(submission.notebook)
    marks.record(
        book,
        course.config,
        lab,
        student,
        timestamp(course.submitted(lab, student)),
        result["checks"],
        submission.unanswered,
        same,
    )
    for name, text in submitted.companions(
        course.submitted(lab, student)
    ).items():  # nbgrader's own tools want them there
        files.write(path.with_name(name), text)
    files.write(
        path,
        json.dumps(
            with_outputs(submission.notebook, result), ensure_ascii=False, indent=1, sort_keys=True
        )
        + "\n",
    )
    return verdict.of_result(submission, result, one.key)


def with_outputs(notebook, result):
    """The notebook with what its cells showed, for formgrader and feedback."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook["cells"]:
        if cells.is_code(cell):
            cell["outputs"], cell["execution_count"] = result["cells"].get(cell["id"], []), None
    return notebook


def clean(tree):
    """Texts without what UTF-8 cannot hold or a terminal obeys, and without addresses in memory, which are others every time."""
    if isinstance(tree, str):
        return ADDRESS.sub(" at 0x…", CONTROL.sub("", tree.encode("utf-8", "replace").decode()))
    if isinstance(tree, list):
        return [clean(item) for item in tree]
    return (
        {clean(key): clean(item) for key, item in tree.items()} if isinstance(tree, dict) else tree
    )


def timestamp(folder):
    """When a submission was handed in, in nbgrader's own words; None when nobody knows."""
    from nbgrader.utils import parse_utc

    try:
        text = submitted.timestamp(folder)
        return parse_utc(text) if text else None
    except (ValueError, OverflowError):
        return None


def by_hand(notebook):
    """The answers that are marked by hand, by grade id."""
    return {
        cells.grade_id(cell): cells.text(cell).rstrip()
        for cell in notebook["cells"]
        if cells.marks(cell).get("grade") and not cells.is_check(cell)
    }


def answers_by_hand(path):
    """Those of the last grading; empty when there was none."""
    try:
        return by_hand(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def pages(course, lab, students, jobs, console):
    """Writes a feedback page for each of these students."""
    failed = write_all(course, lab, students, jobs, console)
    for student, reason in failed.items():
        outcomes.keep(
            course,
            lab,
            student,
            outcomes.Outcome(outcomes.OUR_FAULT, f"graded, but the feedback page failed: {reason}"),
        )


def default_jobs():
    """As many submissions at a time as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
