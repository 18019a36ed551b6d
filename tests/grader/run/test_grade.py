"""A run writes what came of every submission, also when nothing is run or when it is cut off."""

import pytest

from grader.__main__ import done
from grader.gradebook.database import gradebook
from grader.gradebook.rows import all_rows
from grader.run.grade import write_again
from tests.grader.feedback.pages_of import graded
from tests.grader.regrading import again, graded_course, reported
from tests.grader.tiny import new_course, quiet, source_cells

regrading = pytest.mark.xdist_group("regrading")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return graded_course(tmp_path_factory)


@regrading
@pytest.mark.box
def test_the_report_alone_takes_up_new_marks_without_running(course):
    with gradebook(course) as book:
        mark = book.find_grade("explanation", "tiny", "tiny", "bob")
        mark.manual_score, mark.needs_manual_grade = 1, False
        book.db.commit()
    before = course.autograded("tiny", "bob").stat().st_mtime_ns
    assert reported(course)["bob"].total == 7
    assert course.autograded("tiny", "bob").stat().st_mtime_ns == before
    assert "7 of 10 points" in course.feedback("tiny", "bob").read_text(encoding="utf-8")


@regrading
@pytest.mark.box
def test_an_interrupted_run_leaves_no_old_words_on_new_marks(course, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.run.grade.prepare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        again(course, student="bob")
    assert {row.student: (row.total, row.outcome.status) for row in all_rows(course, "tiny")}[
        "bob"
    ] == (None, "not graded yet")


def test_table_and_csv_come_before_the_pages_and_say_afterwards_what_failed(tmp_path, monkeypatch):
    course, seen = new_course(tmp_path), []
    graded(course, {"ada": source_cells(), "mallory": source_cells()})

    def written(course, lab, student):
        return "no page" if student == "mallory" else None

    def show(rows):
        csv = (course.folder / "tiny.csv").read_text()
        seen.append([(row.student, row.total, row.outcome.page) for row in rows])
        assert "mallory" in csv and "no page" not in csv

    monkeypatch.setattr("grader.feedback.pages.write_feedback", written)
    rows = write_again(course, "tiny", 1, quiet(), show=show)
    assert seen == [[("ada", 6, None), ("mallory", 6, None)]]
    assert [row.outcome.words for row in rows] == [
        "all 3 checks passed",
        "all 3 checks passed; no page",
    ]
    assert "all 3 checks passed; no page" in (course.folder / "tiny.csv").read_text()
    assert [done(row) for row in rows] == [True, False]
    monkeypatch.setattr("grader.feedback.pages.write_feedback", lambda *arguments: None)
    rows = write_again(course, "tiny", 1, quiet())
    assert "no page" not in (course.folder / "tiny.csv").read_text() and all(map(done, rows))
