"""Grades the submissions of a lab: each in its own process, then marks, feedback, CSV and a table."""
import os
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed

from nbformat import reads
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from utils.grading import intake, marks, outcomes, report
from utils.grading.course import GradingError
from utils.grading.export import write_csv
from utils.grading.feedback import remove_feedback, write_feedback
from utils.grading.release import generate
from utils.grading.run import run, stop
from utils.grading.seed import course_secret, submission_seed


def grade(course, lab, limits, jobs, console, student=None, run_again=True):
    """Grades every submission of a lab, or that of one student. Returns the rows of all students.

    jobs: submissions at a time. run_again=False: only the feedback, the CSV and the table, from the gradebook.
    GradingError where nothing can be graded.
    """
    course.require(lab)
    everyone = course.students(lab)
    if not everyone:
        raise GradingError(f"No submissions of {lab}. Put each student's notebook here: {course.submitted(lab, 'STUDENT') / f'{lab}.ipynb'}")
    if student is not None and student not in everyone:
        raise GradingError(f"No submission of {student}: there is no folder {course.submitted(lab, student)}")
    chosen = everyone if student is None else [student]
    released = notebook(generate(course, lab) / f"{lab}.ipynb")
    if run_again:
        grade_all(course, lab, released, chosen, limits, jobs, console)
    else:
        pages(course, lab, chosen)
    rows = report.rows(course, lab)
    try:
        write_csv(csv_path(course, lab), course.checks(lab), rows)
    except PermissionError as error:
        raise GradingError(f"{csv_path(course, lab)} cannot be written: close it in the other program and try again.") from error
    return rows


def csv_path(course, lab):
    return course.folder / f"{lab}.csv"


def grade_all(course, lab, released, students, limits, jobs, console):
    secret = course_secret(course)
    for name in students:  # whatever ends this run, nobody is left with the words of an earlier one
        report.keep_outcome(course, lab, name, outcomes.Outcome(outcomes.NOT_YET, ""))
    count = Counter()
    columns = [TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[counts]}")]
    executor = ThreadPoolExecutor(max_workers=jobs)
    try:
        with Progress(*columns, console=console) as progress:
            bar = progress.add_task("grading", total=len(students), counts="")
            futures = {executor.submit(grade_one, course, lab, released, name, secret, limits): name for name in students}
            for future in as_completed(futures):
                outcome = finish(course, lab, futures[future], future)
                count[outcome.status] += 1
                progress.update(bar, advance=1, counts=", ".join(f"{number} {status}" for status, number in count.items()))
    except KeyboardInterrupt:
        executor.shutdown(wait=False, cancel_futures=True)
        stop()
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def finish(course, lab, student, future):
    """Writes the page of a graded submission and keeps its outcome; whatever fails here is our fault, for this student alone."""
    try:
        outcome = future.result()
        failed = write_feedback(course, lab, student) if outcome.graded else remove_feedback(course, lab, student)
        if failed:
            outcome = outcomes.Outcome(outcomes.OUR_FAULT, f"graded, but the feedback page failed: {failed}")
    except Exception as error:
        outcome = outcomes.Outcome(outcomes.OUR_FAULT, f"the grader failed: {type(error).__name__}: {error}")
    report.keep_outcome(course, lab, student, outcome)
    return outcome


def grade_one(course, lab, released, student, secret, limits):
    """Runs one submission. Returns its Outcome; its marks are in the gradebook."""
    folder = course.submitted(lab, student)
    reason = intake.problem(folder, lab)
    with marks.gradebook(course) as book:
        before = marks.read(book, lab, student)
    answers = answers_by_hand(course.autograded(lab, student))
    if reason:
        outcome = outcomes.Outcome(outcomes.UNGRADABLE, reason)
    else:
        ran = run(course, lab, student, submission_seed(secret, lab, student), limits)
        outcome = None if ran.success else outcomes.of_failure(ran)
    with marks.gradebook(course) as book:
        if outcome:
            marks.clear(book, lab, student)
            shutil.rmtree(course.autograded(lab, student).parent, ignore_errors=True)
            return outcome
        autograded = course.autograded(lab, student)
        if answers_by_hand(autograded) == answers:
            marks.settle(book, lab, student, before)
        now = marks.read(book, lab, student)
    return outcomes.of_success(released, notebook(folder / f"{lab}.ipynb"), notebook(autograded), now, limits)


def answers_by_hand(path):
    """The answers that are marked by hand, by grade id; empty when there is no such notebook."""
    cells = notebook(path)["cells"] if path.exists() else []
    return {outcomes.grade_id(cell): outcomes.source(cell) for cell in cells if outcomes.metadata(cell).get("grade") and not outcomes.is_check(cell)}


def notebook(path):
    """A notebook of any version as a dict of version 4."""
    return reads(path.read_text(encoding="utf-8"), as_version=4)


def pages(course, lab, students):
    """Writes the pages of those of these students who are graded once more."""
    for row in report.rows(course, lab):
        if row.student in students and row.outcome.graded:
            failed = write_feedback(course, lab, row.student)
            if failed:
                raise GradingError(f"The feedback page of {row.student} could not be written: {failed}")


def default_jobs():
    """As many submissions at a time as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
