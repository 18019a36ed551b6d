"""Marks in nbgrader's gradebook: read, kept and cleared."""
from dataclasses import dataclass

from utils.grading.course import maxima


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

    url = course.db_url
    # wait for another writer, in seconds, instead of failing
    return Gradebook(url + "?timeout=60" if url.startswith("sqlite:") else url, course.config.CourseDirectory.course_id)


def grades(book, lab, student):
    """The grade rows of a submission; none when there is no submission in the gradebook."""
    from nbgrader.api import MissingEntry

    try:
        return list(book.find_submission_notebook(lab, lab, student).grades)
    except MissingEntry:
        return []


def as_mark(grade):
    graded = grade.auto_score is not None or grade.manual_score is not None
    points = min(max(grade.score, 0.0), grade.max_score + (grade.extra_credit or 0.0)) if graded else None
    return Mark(points, grade.max_score, grade.auto_score, grade.manual_score, grade.needs_manual_grade or not graded)


def read(book, lab, student):
    """The marks of a submission by grade id; empty when there are none."""
    return {grade.name: as_mark(grade) for grade in grades(book, lab, student)}


def settle(book, lab, student, before):
    """Takes a mark given by hand for settled again where nothing changed.

    nbgrader asks for every manual mark to be looked at again after each grading. before: the marks of the same
    submission, with the same answers to hand-marked cells, from before the grading.
    """
    for grade in grades(book, lab, student):
        old = before.get(grade.name)
        if old and not old.pending and old.by_hand is not None and (grade.auto_score, grade.manual_score) == (old.auto, old.by_hand):
            grade.needs_manual_grade = False
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
