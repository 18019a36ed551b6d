"""Marks in nbgrader's gradebook: written, read, kept and cleared."""

import time
from dataclasses import dataclass
from pathlib import Path

from grader.course.folders import GradingError, maxima

TRIES, PAUSE = (
    8,
    0.3,
)  # of two graders that make the same tables or rows at the same moment; seconds


@dataclass(frozen=True)
class Mark:
    """One graded cell of one submission. points: what counts, None when it was neither graded by machine nor by hand."""

    points: float | None
    most: float
    auto: float | None
    by_hand: float | None
    pending: bool


# --- the database


def gradebook(course):
    """nbgrader's gradebook, to be used in a `with`. Its tables are made when there are none, also when two do it at once.

    GradingError when its database cannot be used.
    """
    from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

    url = course.db_url
    if url.startswith("sqlite:"):  # wait for another writer, in seconds, instead of failing
        url += "?timeout=60"
    for attempt in range(TRIES):
        try:
            return opened(course, url)
        except DBAPIError as error:
            if attempt == TRIES - 1 or not is_race(error):
                raise GradingError(
                    f"The gradebook's database cannot be used: {first_line(error.orig)}"
                ) from None
            time.sleep(PAUSE)
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
            raise GradingError(
                f"The address of the gradebook (COURSE_GRADEBOOK) cannot be used: {first_line(error)}. {POSTGRESQL}"
            ) from None


POSTGRESQL = "For PostgreSQL it reads postgresql+psycopg://USER:PASSWORD@HOST/DATABASE and needs: pip install -e .[postgresql]"


def opened(course, url):
    from nbgrader.api import Gradebook

    note_version(url)
    book = Gradebook(url, course.config.CourseDirectory.course_id)
    book.db().expire_on_commit = False  # what is written is not read again
    return book


def note_version(url):
    """Notes in a new database which form nbgrader's tables have, before there are any. nbgrader does so afterwards, and a grader that
    is stopped in between would leave a gradebook that `nbgrader db upgrade` cannot read."""
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if not inspect(connection).has_table("alembic_version"):
                connection.execute(
                    text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
                )
            if connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 0:
                connection.execute(
                    text("INSERT INTO alembic_version (version_num) VALUES (:form)"),
                    {"form": newest_form()},
                )
    finally:
        engine.dispose()


def newest_form():
    """The name of the newest form of nbgrader's tables."""
    import nbgrader
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(nbgrader.__file__).with_name("alembic"))).get_current_head()


def is_race(error):
    """Whether another grader did the same at the same moment: made this table or row, or holds it."""
    from sqlalchemy.exc import IntegrityError, ProgrammingError

    signs = ("already exists", "locked", "deadlock", "concurrently updated")
    return (
        isinstance(error, IntegrityError)
        or isinstance(error, ProgrammingError)
        or any(sign in str(error.orig) for sign in signs)
    )


def first_line(error):
    return (str(error).strip().splitlines() or ["no message"])[0]


# --- reading


def notebook(book, lab, student):
    """(id, late penalty) of a submission's row in the gradebook; None when it has none."""
    from nbgrader.api import Assignment, Notebook, SubmittedAssignment, SubmittedNotebook
    from sqlalchemy import select

    return book.db.execute(
        select(SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(
            Notebook.name == lab, Assignment.name == lab, SubmittedAssignment.student_id == student
        )
    ).one_or_none()


def grades(book, lab, student):
    """The grade rows of a submission, always in the same order; none when there is no submission in the gradebook."""
    from nbgrader.api import BaseCell, Grade
    from sqlalchemy import select

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
            Grade.max_score.label("max_score"),
        )
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .where(Grade.notebook_id == row.id)
        .order_by(Grade.id)
    ).all()


def as_mark(grade):
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


def score(grade):
    """What nbgrader counts: the points by hand where there are some, otherwise the machine's; and extra credit."""
    points = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if points is None else points + (grade.extra_credit or 0.0)


def read(book, lab, student):
    """The marks of a submission by grade id; empty when there are none."""
    return {grade.name: as_mark(grade) for grade in grades(book, lab, student)}


def comments(book, lab, student):
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


def said(book, lab, student):
    """What was said of each answer, by grade id: by a person, else by the machine; None for nothing."""
    return {comment.name: comment.comment for comment in comments(book, lab, student)}


def late_penalty(book, lab, student):
    """Points that are taken off because it came late."""
    row = notebook(book, lab, student)
    return float(row.late_submission_penalty or 0) if row else 0.0


# --- writing: what belongs to one submission is one transaction


def record(book, config, lab, student, timestamp, checks, unanswered, same_by_hand):
    """Writes what the checker gave into a submission's rows, which are made where there are none; see `enter` and `write`.

    Two graders may do this for the same student at once.
    """

    def write_all():
        enter(book, lab, student, timestamp)
        write(book, lab, student, checks, unanswered, same_by_hand)
        penalise(book, config, lab, student)

    together(book, write_all)


def together(book, do):
    """All of it or nothing; once more when another grader was in the way."""
    from sqlalchemy.exc import DBAPIError

    for attempt in range(TRIES):
        try:
            do()
            book.db.commit()
            return
        except DBAPIError as error:
            book.db.rollback()
            if attempt == TRIES - 1 or not is_race(error):
                raise
            time.sleep(PAUSE)


def enter(book, lab, student, timestamp):
    """Rows for a submission, where there are none yet. timestamp: when it was handed in, None when nobody knows."""
    from nbgrader.api import (
        Assignment,
        Comment,
        Grade,
        GradeCell,
        Notebook,
        SolutionCell,
        Student,
        SubmittedAssignment,
        SubmittedNotebook,
        TaskCell,
        new_uuid,
    )
    from sqlalchemy import insert, select, update

    db = book.db
    if db.execute(select(Student.id).where(Student.id == student)).one_or_none() is None:
        db.execute(insert(Student).values(id=student))
    there = select(SubmittedAssignment.id).join(
        Assignment, Assignment.id == SubmittedAssignment.assignment_id
    )
    number = db.scalar(
        there.where(Assignment.name == lab, SubmittedAssignment.student_id == student)
    )
    if number is not None:
        if timestamp:
            db.execute(
                update(SubmittedAssignment)
                .where(SubmittedAssignment.id == number)
                .values(timestamp=timestamp)
            )
        return
    number, assignment = (
        new_uuid(),
        db.execute(select(Assignment.id).where(Assignment.name == lab)).scalar_one(),
    )
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
                cell
                for kind in kinds
                for cell in db.scalars(select(kind.id).where(kind.notebook_id == page))
            ]
            if found:
                db.execute(
                    insert(row),
                    [{"id": new_uuid(), "cell_id": cell, "notebook_id": own} for cell in found],
                )


def write(book, lab, student, checks, unanswered, same_by_hand):
    """Writes what the checker gave; keeps what a person gave.

    checks: {grade id: {"points", "most"}}; unanswered: grade ids of cells without an answer, which need no person to see that.
    same_by_hand: the answers marked by hand are those of the last grading, so that a mark given for them stays settled.
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
        settled = (
            same_by_hand
            and before.by_hand is not None
            and not before.pending
            and before.auto == auto
        )
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


def penalise(book, config, lab, student):
    """Takes points off a late submission, as nbgrader's own plugin for it decides (by default it takes none)."""
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
        penalty = assigner.plugin_inst.late_submission_penalty(student, reached, late)
        penalty = None if penalty is None else min(max(penalty, 0.0), reached)
    if penalty != row.late_submission_penalty:
        book.db.execute(
            update(SubmittedNotebook)
            .where(SubmittedNotebook.id == row.id)
            .values(late_submission_penalty=penalty)
        )


def penalise_again(book, config, lab, students):
    """Reckons what is taken off for being late anew: marks given by hand change it."""
    for student in students:
        if notebook(book, lab, student):
            together(book, lambda student=student: penalise(book, config, lab, student))


def clear(book, lab, student):
    """Removes the marks that a machine gave, of an earlier version of what cannot be graded now; keeps those given by hand."""
    from nbgrader.api import Grade
    from sqlalchemy import update

    def write_all():
        rows = [
            {"id": grade.id, "auto_score": None, "needs_manual_grade": True}
            for grade in grades(book, lab, student)
        ]
        if rows:
            book.db.execute(update(Grade), rows)

    together(book, write_all)


def by_exercise(checks, marks):
    """Points of each exercise in their order, None where a part of it has no mark. checks: those of the lab."""
    points = dict.fromkeys(maxima(checks))
    for grade_id, _, name in checks:
        mark = marks.get(grade_id)
        if mark and mark.points is not None:
            points[name] = (points[name] or 0) + mark.points
    return points
