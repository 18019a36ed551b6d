"""Grading again: what a person decided stays, what is gone is gone."""

import copy
import json
import re
import shutil
import stat

import pytest
from nbconvert import HTMLExporter

from grader.course.folders import GradingError
from grader.gradebook import marks
from grader.gradebook.database import gradebook
from grader.gradebook.rows import all_rows
from grader.run.grade import grade, write_again
from grader.run.seed import course_secret, submission_seed
from tests.grader.tiny import RIGHT, cell, make_course, manner, quiet, source_cells, submit, write

pytestmark = [pytest.mark.xdist_group("regrading"), pytest.mark.box]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose two submissions are graded, one of them with 3 points by hand."""
    course = make_course(tmp_path_factory.mktemp("course"))
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
    return {row.student: row for row in grade(course, "tiny", manner(cell=10), quiet(), **options)}


def reported(course):
    return {row.student: row for row in write_again(course, "tiny", 1, quiet())}


def test_a_mark_given_by_hand_stays_and_stays_settled(course):
    row = again(course)["ada"]
    assert (row.total, row.points["explanation"], row.pending) == (9, 3, False)


def test_a_changed_answer_asks_for_the_hand_again(course):
    submit(course, "ada", RIGHT | {"explanation": "Another reason."})
    row = again(course, student="ada")["ada"]
    assert (row.total, row.pending) == (9, True)


def test_the_report_alone_takes_up_new_marks_without_running(course):
    with gradebook(course) as book:
        mark = book.find_grade("explanation", "tiny", "tiny", "bob")
        mark.manual_score, mark.needs_manual_grade = 1, False
        book.db.commit()
    before = course.autograded("tiny", "bob").stat().st_mtime_ns
    assert reported(course)["bob"].total == 7
    assert course.autograded("tiny", "bob").stat().st_mtime_ns == before
    assert "7 of 10 points" in course.feedback("tiny", "bob").read_text(encoding="utf-8")


def test_what_cannot_be_graded_any_more_keeps_no_marks_of_before(course):
    submit(course, "cy", RIGHT)
    assert again(course, student="cy")["cy"].total == 6
    (course.submitted("tiny", "cy") / "tiny.ipynb").write_text("{")
    row = again(course, student="cy")["cy"]
    assert (row.total, row.outcome.status) == (None, "ungradable")
    assert not course.feedback("tiny", "cy").exists()
    with gradebook(course) as book:
        assert all(mark.auto is None for mark in marks.read(book, "tiny", "cy").values())


def test_a_student_who_is_removed_is_not_shown(course):
    submit(course, "dan", RIGHT)
    shutil.rmtree(course.submitted("tiny", "dan").parent)
    assert "dan" not in reported(course)


def test_a_renamed_graded_cell_is_refused_with_what_to_do(course):
    cells = source_cells()
    cells[6] = cell(
        "code", "check_halves", "assert half(4) == 2", grade=True, locked=True, points=1
    )
    before = course.source("tiny").read_text()
    write(course.source("tiny"), cells)
    try:
        with pytest.raises(GradingError, match="nbgrader db assignment remove tiny --force"):
            again(course)
    finally:
        course.source("tiny").write_text(before)


def test_formgraders_page_of_a_submission_has_formulas_and_asks_for_nothing_from_elsewhere(course):
    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = "formgrade"  # as formgrader does
    resources = {
        "base_url": "",
        "index": 0,
        "total": 1,
        "notebook_path": "x",
        "submission_id": "1",
        "notebook_id": "tiny",
        "assignment_id": "tiny",
        "student": "bob",
    }
    page, _ = HTMLExporter(config=config).from_filename(
        str(course.autograded("tiny", "bob")), resources=resources
    )
    assert page.count("<math") >= 3 and "<summary>Hint 1</summary>" in page
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)


def test_the_secret_is_made_once_and_for_its_owner_alone(course):
    assert course_secret(course) == course_secret(course)
    assert stat.S_IMODE((course.folder / "secret").stat().st_mode) == 0o600


def test_every_submission_has_its_own_seed(course):
    secret = course_secret(course)
    seeds = {
        submission_seed(key, lab, student, content)
        for key in (secret, b"other")
        for lab in ("tiny", "big")
        for student in ("ada", "bob")
        for content in (b"first try", b"second try")
    }
    assert len(seeds) == 16 and all(len(seed) == 64 for seed in seeds)


def test_a_locked_gradebook_is_named(course, monkeypatch):
    from grader.gradebook import assignment

    log = {"success": False, "log": "sqlite3.OperationalError: database is locked", "error": None}
    monkeypatch.setattr(
        "nbgrader.apps.api.NbGraderAPI.generate_assignment", lambda *args, **options: log
    )
    with pytest.raises(GradingError, match="locked by another program"):
        assignment.generate(course, "tiny")


def test_outcomes_are_files_that_a_later_run_can_read(course):
    path = course.folder / "outcomes" / "bob" / "tiny.json"
    assert json.loads(path.read_text())["status"] == "graded"


def test_marks_without_a_gradebook_are_no_zeros(course):
    gradebook, away = course.folder / "gradebook.db", course.folder / "away.db"
    gradebook.rename(away)
    try:
        row = reported(course)["ada"]
    finally:
        away.replace(gradebook)
    assert (row.total, row.outcome.status) == (None, "not graded yet")


def test_an_interrupted_run_leaves_no_old_words_on_new_marks(course, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.run.grade.prepare", interrupted)
    with pytest.raises(KeyboardInterrupt):
        again(course, student="bob")
    assert {row.student: (row.total, row.outcome.status) for row in all_rows(course, "tiny")}[
        "bob"
    ] == (None, "not graded yet")
