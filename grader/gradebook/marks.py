"""Marks read from nbgrader's gradebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.course.folders import Check, maxima

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Mark:
    """One graded cell of one submission. points: what counts, None when it was neither graded by
    machine nor by hand."""

    points: float | None
    most: float
    auto: float | None
    by_hand: float | None
    pending: bool


def notebook(book: Gradebook, lab: str, student: str) -> Any:
    """(id, late penalty) of a submission's row in the gradebook; None when it has none."""
    from nbgrader.api import Assignment, Notebook, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import select

    name: Any = Assignment.name  # pyright: ignore[reportGeneralTypeIssues]
    return book.db.execute(
        select(SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Notebook.name == lab, name == lab, SubmittedAssignment.student_id == student)
    ).one_or_none()


def grades(book: Gradebook, lab: str, student: str) -> Sequence[Any]:
    """The grade rows of a submission, always in the same order; none when there is no submission in
    the gradebook."""
    from nbgrader.api import BaseCell, Grade
    from sqlalchemy import select

    most: Any = Grade.max_score  # a column by way of the cell
    row = notebook(book, lab, student)
    if row is None:
        return []
    return book.db.execute(
        select(
            Grade.id,
            BaseCell.name,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
            most.label("max_score"),
        )
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(Grade.notebook_id == row.id)
        .order_by(Grade.id)
    ).all()


def as_mark(grade: Any) -> Mark:
    graded = grade.auto_score is not None or grade.manual_score is not None
    points = (
        min(max(score(grade), 0.0), grade.max_score + (grade.extra_credit or 0.0))
        if graded
        else None
    )
    return Mark(
        points,
        grade.max_score,
        grade.auto_score,
        grade.manual_score,
        grade.needs_manual_grade or not graded,
    )


def score(grade: Any) -> float:
    """What nbgrader counts: the points by hand where there are some, otherwise the machine's; and
    extra credit."""
    points = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if points is None else points + (grade.extra_credit or 0.0)


def read(book: Gradebook, lab: str, student: str) -> dict[str, Mark]:
    """The marks of a submission by grade id; empty when there are none."""
    return {grade.name: as_mark(grade) for grade in grades(book, lab, student)}


def comments(book: Gradebook, lab: str, student: str) -> Sequence[Any]:
    """The comment rows of a submission, always in the same order."""
    from nbgrader.api import BaseCell, Comment
    from sqlalchemy import select

    row = notebook(book, lab, student)
    if row is None:
        return []
    return book.db.execute(
        select(Comment.id, BaseCell.name, Comment.auto_comment, Comment.comment)
        .join(BaseCell, BaseCell.id == Comment.cell_id)
        .where(Comment.notebook_id == row.id)
        .order_by(Comment.id)
    ).all()


def comment_texts(book: Gradebook, lab: str, student: str) -> dict[str, str | None]:
    """The comment on each answer, by grade id: a person's, else the machine's; None without one."""
    return {comment.name: comment.comment for comment in comments(book, lab, student)}


def seconds_late(book: Gradebook, lab: str, student: str) -> float:
    """How long after the student's due date it was handed in; 0 when that is not known."""
    from nbgrader.api import MissingEntry

    try:
        return book.find_submission(lab, student).total_seconds_late
    except MissingEntry:
        return 0.0


def late_penalty(book: Gradebook, lab: str, student: str) -> float:
    """Points that are taken off because it was late."""
    row = notebook(book, lab, student)
    return float(row.late_submission_penalty or 0) if row else 0.0


def by_exercise(checks: list[Check], marks: dict[str, Mark]) -> dict[str, float | None]:
    """Points of each exercise in their order, None where a part of it has no mark. checks: those of
    the lab."""
    points = dict.fromkeys(maxima(checks))
    for grade_id, _, name in checks:
        mark = marks.get(grade_id)
        if mark and mark.points is not None:
            points[name] = (points[name] or 0) + mark.points
    return points
