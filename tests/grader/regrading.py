"""A class of two that was graded, to be graded again: made once for all tests of the group
"regrading", which run in one process.
"""

from grader.gradebook.database import gradebook
from grader.run.grade import grade, write_again
from tests.grader.tiny import RIGHT, make_course, quiet, settings, submit

MADE = []


def graded_course(tmp_path_factory):
    """A course whose two submissions are graded, one of them with 3 points by hand."""
    if not MADE:
        MADE.append(new(tmp_path_factory.mktemp("course")))
    return MADE[0]


def new(folder):
    course = make_course(folder)
    submit(course, "ada", RIGHT)
    submit(course, "bob", RIGHT)
    rows = again(course)
    assert [(row.outcome.status, row.outcome.sentence) for row in rows.values()] == [
        ("graded", "all 3 checks passed")
    ] * 2
    with gradebook(course) as book:
        mark = book.find_grade("explanation", "tiny", "tiny", "ada")
        mark.manual_score, mark.needs_manual_grade = 3, False
        book.db.commit()
    return course


def again(course, **options):
    return {
        row.student: row for row in grade(course, "tiny", settings(cell=10), quiet(), **options)
    }


def reported(course):
    return {row.student: row for row in write_again(course, "tiny", 1, quiet())}
