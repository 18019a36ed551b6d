"""What is known of every submission, a row for each student: outcomes, and marks from the
gradebook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.folders import Course, maxima
from grader.gradebook import marks as gradebook_marks
from grader.gradebook import outcomes
from grader.gradebook.collected import records
from grader.gradebook.database import gradebook
from grader.gradebook.late import late
from grader.gradebook.late import words as lateness
from grader.gradebook.outcomes import NOT_YET, Outcome
from grader.gradebook.roster import roster

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
    late: str = ""  # how late, and what that costs
    group: str | None = None

    @property
    def sentence(self) -> str:
        """The outcome's, and how late it was."""
        return "; ".join(filter(None, [self.outcome.words, self.late]))


def csv_path(course: Course, lab: str) -> Path:
    return course.folder / f"{lab}.csv"


def all_rows(course: Course, lab: str) -> list[Row]:
    """A Row for every student with a folder for this lab, and for everyone on the roster."""
    people = roster(course)
    listed = people.students if people else {}
    with gradebook(course) as book:
        known: dict[Any, Any] = {student.id: student for student in book.students}
        reading = Reading(book, course, lab)
        return [
            reading.row(student, listed.get(student) or known.get(student))
            for student in sorted({*course.students(lab), *listed})
        ]


class Reading:
    """What a lab's rows are read from."""

    def __init__(self, book: Gradebook, course: Course, lab: str):
        self.book, self.course, self.lab = book, course, lab
        self.checks = course.checks(lab)
        self.rule, self.records = late(course).rule, records(course, lab)

    def row(self, student: str, known: Any) -> Row:
        """known: what has the names and the address, of the roster or the gradebook."""
        outcome = outcomes.last(self.course, self.lab, student)
        marks = gradebook_marks.read(self.book, self.lab, student) if outcome.graded else {}
        if outcome.graded and not marks:  # a missing gradebook is not a row of zeros
            outcome = Outcome(NOT_YET, "")
        off = gradebook_marks.late_penalty(self.book, self.lab, student) if outcome.graded else 0.0
        reached = sum(mark.points or 0 for mark in marks.values())
        return Row(
            student,
            known and known.first_name,
            known and known.last_name,
            known and known.email,
            gradebook_marks.by_exercise(self.checks, marks),
            max(reached - off, 0) if outcome.graded else None,
            sum(maxima(self.checks).values()),
            any(mark.pending for mark in marks.values()),
            outcome,
            off,
            self.late(student, off) if outcome.graded else "",
            getattr(known, "group", None),
        )

    def late(self, student: str, taken_off: float) -> str:
        seconds = gradebook_marks.seconds_late(self.book, self.lab, student)
        record = self.records.get(student)
        if not seconds and record and record.late and not record.time:
            return f"late, says {record.platform}, but not how late: nothing taken off"
        return lateness(self.rule, seconds, taken_off)
