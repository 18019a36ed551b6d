"""Marks in nbgrader's gradebook: written, read, kept and cleared."""
import warnings
from dataclasses import dataclass

from utils.grading.course import GradingError, maxima


@dataclass(frozen=True)
class Mark:
    """One graded cell of one submission. points: what counts, None when it was neither graded by machine nor by hand."""

    points: float | None
    most: float
    auto: float | None
    by_hand: float | None
    pending: bool


def gradebook(course):
    """nbgrader's gradebook, to be used in a `with`."""
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

    url, name = course.db_url, course.config.CourseDirectory.course_id
    if url.startswith("sqlite:"):       # wait for another writer, in seconds, instead of failing
        return Gradebook(url + "?timeout=60", name)
    try:
        return Gradebook(url, name)
    except (IntegrityError, ProgrammingError):      # another grader makes the tables of an empty database at this moment
        return Gradebook(url, name)
    except OperationalError as error:
        raise GradingError(f"The gradebook's database does not answer: {str(error.orig).strip().splitlines()[0]}") from None


def notebook(book, lab, student):
    """A submission's row in the gradebook; None when it has none."""
    from nbgrader.api import MissingEntry

    try:
        return book.find_submission_notebook(lab, lab, student)
    except MissingEntry:
        return None


def grades(book, lab, student):
    """The grade rows of a submission; none when there is no submission in the gradebook."""
    row = notebook(book, lab, student)
    return list(row.grades) if row else []


def as_mark(grade):
    graded = grade.auto_score is not None or grade.manual_score is not None
    points = min(max(grade.score, 0.0), grade.max_score + (grade.extra_credit or 0.0)) if graded else None
    return Mark(points, grade.max_score, grade.auto_score, grade.manual_score, grade.needs_manual_grade or not graded)


def read(book, lab, student):
    """The marks of a submission by grade id; empty when there are none."""
    return {grade.name: as_mark(grade) for grade in grades(book, lab, student)}


def late_penalty(book, lab, student):
    """Points that are taken off because it came late."""
    row = notebook(book, lab, student)
    return float(row.late_submission_penalty or 0) if row else 0.0


def enter(book, lab, student, timestamp):
    """A row for a submission, where there is none yet. timestamp: when it was handed in, None when nobody knows.

    Two graders may do this for the same student at once.
    """
    from nbgrader.api import InvalidEntry
    from sqlalchemy.exc import SAWarning

    for last in (False, True):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)      # of nbgrader's own way to make the rows
                book.update_or_create_student(student)
                return book.update_or_create_submission(lab, student, **({"timestamp": timestamp} if timestamp else {}))
        except InvalidEntry:
            if last:
                raise


def write(book, lab, student, checks, unanswered, same_by_hand):
    """Writes what the checker gave; keeps what a person gave.

    checks: {grade id: {"points", "most"}}; unanswered: grade ids of cells without an answer, which need no person to see that.
    same_by_hand: the answers marked by hand are those of the last grading, so that a mark given for them stays settled.
    """
    for grade in grades(book, lab, student):
        before = as_mark(grade)
        if grade.name in checks:
            grade.auto_score = min(max(checks[grade.name]["points"], 0.0), grade.max_score)
        else:
            grade.auto_score = 0.0 if grade.name in unanswered else None
        settled = same_by_hand and before.by_hand is not None and not before.pending and before.auto == grade.auto_score
        grade.needs_manual_grade = not settled and (grade.manual_score is not None or grade.auto_score is None)
    for comment in notebook(book, lab, student).comments:
        comment.auto_comment = "No response." if comment.name in unanswered else None
    book.db.commit()


def penalise(book, config, lab, student):
    """Takes points off a late submission, as nbgrader's own plugin for it decides (by default it takes none)."""
    from nbgrader.preprocessors import AssignLatePenalties

    row, late = notebook(book, lab, student), book.find_submission(lab, student).total_seconds_late
    row.late_submission_penalty = None
    if late > 0:
        assigner = AssignLatePenalties(config=config)
        assigner.init_plugin()
        penalty = assigner.plugin_inst.late_submission_penalty(student, row.score, late)
        if penalty is not None:
            row.late_submission_penalty = min(max(penalty, 0.0), row.score)
    book.db.commit()


def clear(book, lab, student):
    """Removes the marks that a machine gave, of an earlier version of what cannot be graded now; keeps those given by hand."""
    for grade in grades(book, lab, student):
        grade.auto_score = None
        grade.needs_manual_grade = True
    book.db.commit()


def by_exercise(checks, marks):
    """Points of each exercise in their order, None where a part of it has no mark. checks: those of the lab."""
    points = dict.fromkeys(maxima(checks))
    for grade_id, _, name in checks:
        mark = marks.get(grade_id)
        if mark and mark.points is not None:
            points[name] = (points[name] or 0) + mark.points
    return points
