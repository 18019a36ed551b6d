"""What is known of every submission, a row for each student: outcomes, and marks from the
gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.folders import Check, Course, maxima
from grader.gradebook import marks as gradebook_marks
from grader.gradebook import outcomes
from grader.gradebook.database import gradebook
from grader.gradebook.outcomes import NOT_YET, Outcome

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Row:
    """A line of the table. points: by exercise, None where there is no mark; total: with what was
    taken off for being late, None without a grade."""

    student: str
    first_name: str | None
    last_name: str | None
    email: str | None
    points: dict
    total: float | None
    most: float
    pending: bool
    outcome: Outcome
    taken_off: float = 0.0  # points, for being late


def csv_path(course: Course, lab: str) -> Path:
    return course.folder / f"{lab}.csv"


def all_rows(course: Course, lab: str) -> list[Row]:
    """A Row for every student with a folder for this lab."""
    checks = course.checks(lab)
    with gradebook(course) as book:
        known: dict[Any, Any] = {student.id: student for student in book.students}
        return [
            row(book, checks, lab, student, known.get(student), outcomes.last(course, lab, student))
            for student in course.students(lab)
        ]


def row(
    book: Gradebook, checks: list[Check], lab: str, student: str, known: Any, outcome: Outcome
) -> Row:
    marks = gradebook_marks.read(book, lab, student) if outcome.graded else {}
    late = gradebook_marks.late_penalty(book, lab, student) if outcome.graded else 0.0
    if outcome.graded and not marks:  # a missing gradebook is not a row of zeros
        outcome = Outcome(NOT_YET, "")
    return Row(
        student,
        known and known.first_name,
        known and known.last_name,
        known and known.email,
        gradebook_marks.by_exercise(checks, marks),
        max(sum(mark.points or 0 for mark in marks.values()) - late, 0) if outcome.graded else None,
        sum(maxima(checks).values()),
        any(mark.pending for mark in marks.values()),
        outcome,
        late,
    )
