"""A run writes what came of every submission, also when nothing is run or when it is cut off."""

import pytest

from grader.gradebook.database import gradebook
from grader.gradebook.rows import all_rows
from tests.grader.regrading import again, graded_course, reported

pytestmark = [pytest.mark.xdist_group("regrading"), pytest.mark.box]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return graded_course(tmp_path_factory)


def test_the_report_alone_takes_up_new_marks_without_running(course):
    with gradebook(course) as book:
        mark = book.find_grade("explanation", "tiny", "tiny", "bob")
        mark.manual_score, mark.needs_manual_grade = 1, False
        book.db.commit()
    before = course.autograded("tiny", "bob").stat().st_mtime_ns
    assert reported(course)["bob"].total == 7
    assert course.autograded("tiny", "bob").stat().st_mtime_ns == before
    assert "7 of 10 points" in course.feedback("tiny", "bob").read_text(encoding="utf-8")


def test_an_interrupted_run_leaves_no_old_words_on_new_marks(course, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.run.grade.prepare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        again(course, student="bob")
    assert {row.student: (row.total, row.outcome.status) for row in all_rows(course, "tiny")}[
        "bob"
    ] == (None, "not graded yet")
