"""Marks written into the gradebook: what belongs to one submission is one transaction."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from grader.course.folders import Course
from grader.gradebook import late
from grader.gradebook.database import together
from grader.gradebook.marks import as_mark, comments, grades, notebook, score
from grader.gradebook.roster import Roster, roster

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


def record(
    book: Gradebook,
    course: Course,
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
        penalise(book, course, lab, student)

    together(book, write_all)


def enlist(book: Gradebook, people: Roster) -> None:
    """Enters everyone on the roster, with their names and addresses."""
    from nbgrader.api import Student

    def write_all() -> None:
        there: dict[Any, Any] = {student.id: student for student in book.students}
        for one in people.students.values():
            row = there.get(one.id) or Student(id=one.id)
            book.db.add(row)
            for name in ("first_name", "last_name", "email"):
                if getattr(one, name) and getattr(row, name) != getattr(one, name):
                    setattr(row, name, getattr(one, name))

    together(book, write_all)


def enter(book: Gradebook, lab: str, student: str, timestamp: datetime | None) -> None:
    """Rows for a submission, where there are none yet. timestamp: when it was handed in, in UTC;
    None when unknown."""
    from nbgrader.api import Assignment, Student, SubmittedAssignment
    from sqlalchemy import insert, select, update

    db = book.db
    timestamp = timestamp and timestamp.replace(tzinfo=None)
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
    else:
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


def penalise(book: Gradebook, course: Course, lab: str, student: str) -> None:
    """Gives the student's extension, and takes points off a late submission: by the course's rule,
    without one as nbgrader's own plugin decides (by default it takes none)."""
    from nbgrader.api import SubmittedNotebook
    from sqlalchemy import update

    rules = late.late(course)
    extend(book, course, rules, lab, student)
    row = notebook(book, lab, student)
    seconds, penalty = book.find_submission(lab, student).total_seconds_late, None
    if seconds > 0:
        reached = sum(map(score, grades(book, lab, student)))
        if rules.rule:
            penalty = rules.rule.penalty(reached, seconds)
        else:
            penalty = by_plugin(course, student, reached, seconds)
        penalty = None if penalty is None else min(max(penalty, 0.0), reached)
    if penalty != row.late_submission_penalty:
        book.db.execute(
            update(SubmittedNotebook)
            .where(SubmittedNotebook.id == row.id)
            .values(late_submission_penalty=penalty)
        )


def by_plugin(course: Course, student: str, reached: float, seconds: float) -> float | None:
    from nbgrader.preprocessors import AssignLatePenalties

    assigner = AssignLatePenalties(config=course.config)
    assigner.init_plugin()
    plugin: Any = assigner.plugin_inst
    return plugin.late_submission_penalty(student, reached, seconds)


def extend(book: Gradebook, course: Course, rules: late.Late, lab: str, student: str) -> None:
    """Enters how much longer than others a student has."""
    submission: Any = book.find_submission(lab, student)
    until = None
    if rules.extensions.get(lab) and submission.assignment.duedate:
        people = roster(course)
        group = people.students[student].group if people and student in people.students else None
        until = rules.until(lab, [student, group])
    extension = until - submission.assignment.duedate if until else None
    if extension != submission.extension:
        submission.extension = extension
        book.db.flush()


def penalise_again(book: Gradebook, course: Course, lab: str, students: list[str]) -> None:
    """Computes the late penalty again: marks given by hand change it."""
    for student in students:
        if notebook(book, lab, student):
            together(book, lambda student=student: penalise(book, course, lab, student))


def share(book: Gradebook, course: Course, lab: str, source: str, student: str) -> None:
    """Gives a student the marks and comments of another, whose hand-in is theirs too."""
    from nbgrader.api import Comment, Grade
    from sqlalchemy import select, update

    def copy(row: Any, columns: tuple[str, ...]) -> None:
        one, other = (notebook(book, lab, name).id for name in (source, student))
        for given in book.db.scalars(select(row).where(row.notebook_id == one)).all():
            same_cell = (row.notebook_id == other, row.cell_id == given.cell_id)
            values = {column: getattr(given, column) for column in columns}
            book.db.execute(update(row).where(*same_cell).values(**values))

    def write_all() -> None:
        theirs: Any = book.find_submission(lab, source)
        enter(book, lab, student, theirs.timestamp)
        copy(Grade, ("auto_score", "manual_score", "extra_credit", "needs_manual_grade"))
        copy(Comment, ("auto_comment", "manual_comment"))
        penalise(book, course, lab, student)

    together(book, write_all)


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
