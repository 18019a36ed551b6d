"""Marks written into the gradebook: what belongs to one submission is one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from traitlets.config import Config

from grader.gradebook.database import together
from grader.gradebook.marks import as_mark, comments, grades, notebook, score

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


def record(
    book: Gradebook,
    config: Config,
    lab: str,
    student: str,
    timestamp: datetime | None,
    checks: dict[str, Any],
    unanswered: Collection[str],
    same_by_hand: bool,
) -> None:
    """Writes what the checker gave into a submission's rows, which are made where there are none;
    see `enter` and `write`.

    Two graders may do this for the same student at once.
    """

    def write_all() -> None:
        enter(book, lab, student, timestamp)
        write(book, lab, student, checks, unanswered, same_by_hand)
        penalise(book, config, lab, student)

    together(book, write_all)


def enter(book: Gradebook, lab: str, student: str, timestamp: datetime | None) -> None:
    """Rows for a submission, where there are none yet. timestamp: when it was handed in, None when
    unknown."""
    from nbgrader.api import Assignment, Student, SubmittedAssignment
    from sqlalchemy import insert, select, update

    db = book.db
    if db.execute(select(Student.id).where(Student.id == student)).one_or_none() is None:
        db.execute(insert(Student).values(id=student))
    name: Any = Assignment.name  # pyright: ignore[reportGeneralTypeIssues]
    assignment = db.execute(select(Assignment.id).where(name == lab)).scalar_one()
    number = db.scalar(
        select(SubmittedAssignment.id).where(
            SubmittedAssignment.assignment_id == assignment,
            SubmittedAssignment.student_id == student,
        )
    )
    if number is None:
        make_rows(book, assignment, student, timestamp)
    elif timestamp:
        db.execute(
            update(SubmittedAssignment)
            .where(SubmittedAssignment.id == number)
            .values(timestamp=timestamp)
        )


def make_rows(book: Gradebook, assignment: str, student: str, timestamp: datetime | None) -> None:
    """A new submission's rows: its own, its notebooks', and one for each grade and comment."""
    from nbgrader.api import (
        Comment,
        Grade,
        GradeCell,
        Notebook,
        SolutionCell,
        SubmittedAssignment,
        SubmittedNotebook,
        TaskCell,
        new_uuid,
    )
    from sqlalchemy import insert, select

    db, number = book.db, new_uuid()
    db.execute(
        insert(SubmittedAssignment).values(
            id=number, assignment_id=assignment, student_id=student, timestamp=timestamp
        )
    )
    for page in db.scalars(select(Notebook.id).where(Notebook.assignment_id == assignment)).all():
        own = new_uuid()
        db.execute(insert(SubmittedNotebook).values(id=own, notebook_id=page, assignment_id=number))
        for row, kinds in ((Grade, (GradeCell, TaskCell)), (Comment, (SolutionCell, TaskCell))):
            found = [
                {"id": new_uuid(), "cell_id": cell, "notebook_id": own}
                for kind in kinds
                for cell in db.scalars(select(kind.id).where(kind.notebook_id == page))
            ]
            if found:
                db.execute(insert(row), found)


def write(
    book: Gradebook,
    lab: str,
    student: str,
    checks: dict[str, Any],
    unanswered: Collection[str],
    same_by_hand: bool,
) -> None:
    """Writes what the checker gave; keeps what a person gave.

    checks: {grade id: {"points", "most"}}; unanswered: grade ids of cells without an answer, which
    need no person to see that. same_by_hand: the answers marked by hand are those of the last
    grading, so that a mark given for them stays settled.
    """
    from nbgrader.api import Comment, Grade
    from sqlalchemy import update

    changed = []
    for grade in grades(book, lab, student):
        before = as_mark(grade)
        if grade.name in checks:
            auto = min(max(checks[grade.name]["points"], 0.0), grade.max_score)
        else:
            auto = 0.0 if grade.name in unanswered else None
        decided = before.by_hand is not None and not before.pending
        settled = same_by_hand and decided and before.auto == auto
        waits = not settled and (grade.manual_score is not None or auto is None)
        if (auto, waits) != (grade.auto_score, grade.needs_manual_grade):
            changed.append({"id": grade.id, "auto_score": auto, "needs_manual_grade": waits})
    if changed:
        book.db.execute(update(Grade), changed)
    other = [
        {"id": comment.id, "auto_comment": text}
        for comment in comments(book, lab, student)
        if (text := "No response." if comment.name in unanswered else None) != comment.auto_comment
    ]
    if other:
        book.db.execute(update(Comment), other)


def penalise(book: Gradebook, config: Config, lab: str, student: str) -> None:
    """Takes points off a late submission, as nbgrader's own plugin for it decides (by default it
    takes none)."""
    from nbgrader.api import SubmittedNotebook
    from nbgrader.preprocessors import AssignLatePenalties
    from sqlalchemy import update

    row, late, penalty = (
        notebook(book, lab, student),
        book.find_submission(lab, student).total_seconds_late,
        None,
    )
    if late > 0:
        assigner, reached = (
            AssignLatePenalties(config=config),
            sum(map(score, grades(book, lab, student))),
        )
        assigner.init_plugin()
        plugin: Any = assigner.plugin_inst
        penalty = plugin.late_submission_penalty(student, reached, late)
        penalty = None if penalty is None else min(max(penalty, 0.0), reached)
    if penalty != row.late_submission_penalty:
        book.db.execute(
            update(SubmittedNotebook)
            .where(SubmittedNotebook.id == row.id)
            .values(late_submission_penalty=penalty)
        )


def penalise_again(book: Gradebook, config: Config, lab: str, students: list[str]) -> None:
    """Computes the late penalty again: marks given by hand change it."""
    for student in students:
        if notebook(book, lab, student):
            together(book, lambda student=student: penalise(book, config, lab, student))


def clear(book: Gradebook, lab: str, student: str) -> None:
    """Removes the marks that a machine gave, of an earlier version of what cannot be graded now;
    keeps those given by hand."""
    from nbgrader.api import Grade
    from sqlalchemy import update

    def write_all() -> None:
        rows = [
            {"id": grade.id, "auto_score": None, "needs_manual_grade": True}
            for grade in grades(book, lab, student)
        ]
        if rows:
            book.db.execute(update(Grade), rows)

    together(book, write_all)
