"""The bad submissions, graded as one class in one run: each gets what its header says, and nothing
else happens."""

import contextlib
import csv
import os
import re
import time
from pathlib import Path

import pytest

from grader.box.backends import best
from grader.course.folders import maxima
from grader.course.limits import Limits
from grader.gradebook import results
from grader.gradebook.database import gradebook
from grader.gradebook.rows import csv_path
from grader.run.grade import grade
from grader.run.one import Settings
from tests.grader.cases import all_cases
from tests.grader.cases.world import HONEST, World
from tests.grader.cases_lab import LAB, PELICAN
from tests.grader.tiny import quiet

CASES = all_cases()
LIMITS = Limits(submission=25, cell=3, memory=1 << 30)
BACKEND = os.environ.get("COURSE_BACKEND") or best()
HELD = [case for case in CASES if BACKEND in case.holds]  # by this back-end
pytestmark = [
    pytest.mark.xdist_group("bad submissions"),
    pytest.mark.box,
    pytest.mark.skipif(
        BACKEND == "none",
        reason="this machine has no box that could hold them: see course.py doctor",
    ),
]


class Run:
    """One run of the whole class. rows: by student; world: what was round it; page: a student's
    feedback."""

    def __init__(self, folder, backend, cases):
        self.cases = {case.name: case for case in cases}
        self.world = World(folder, cases)
        self.course = self.world.course
        with gradebook(self.course) as book:
            for case in cases:
                book.update_or_create_student(
                    case.name, first_name=case.names[0], last_name=case.names[1]
                )
        with environment(self.world.environment()):
            self.rows = self.grade(backend)

    def grade(self, backend, student=None):
        settings = Settings(backend, LIMITS, jobs=2, fresh=student is not None)
        return {row.student: row for row in grade(self.course, LAB, settings, quiet(), student)}

    def page(self, student):
        path = self.course.feedback(LAB, student)
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def wrong(self, case):
        """What of a case is not as its header says, as a list of sentences."""
        row, page = self.rows[case.name], self.page(case.name)
        expected = case.expected(self.course)
        wrong = [
            f"{name}: expected {points}, got {row.points[name]}"
            for name, points in expected.items()
            if points is not ... and row.points[name] != points
        ]
        if row.outcome.status not in case.status:
            wrong.append(f"expected {' or '.join(case.status)}, got {row.outcome.status}")
        if not re.search(case.sentence, row.outcome.sentence, re.IGNORECASE):
            wrong.append(f"expected a sentence with {case.sentence!r}")
        if not re.search(case.page, page):
            wrong.append(f"expected a page with {case.page!r}")
        if case.page_not and (found := re.search(case.page_not, page)):
            wrong.append(f"expected a page without {case.page_not!r}, got {found[0]!r}")
        return [f"{one} ({row.outcome.status}: {row.outcome.sentence})" for one in wrong]


@contextlib.contextmanager
def environment(variables):
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return Run(tmp_path_factory.mktemp("class"), BACKEND, HELD)


@pytest.mark.parametrize("case", HELD, ids=lambda case: case.name)
def test_a_submission_gets_what_it_deserves(run, case):
    assert run.wrong(case) == []


def test_every_row_of_the_table_has_cases():
    assert {case.row for case in CASES} == set(range(1, 27))


@pytest.mark.parametrize("student", HONEST)
def test_nobody_elses_result_changes(run, student):
    row = run.rows[student]
    most = maxima(run.course.checks(LAB))
    assert row.points == {**most, "explanation": None}
    assert (row.outcome.status, row.outcome.sentence) == ("graded", "all 14 checks passed")


def test_everybody_has_one_row_and_the_gradebook_has_nobody_else(run):
    everybody = {*run.cases, *HONEST}
    assert set(run.rows) == everybody
    assert run.world.students_in_gradebook() <= everybody


def test_no_mark_is_out_of_bounds(run):
    most = maxima(run.course.checks(LAB))
    for row in run.rows.values():
        assert all(
            points is None or 0 <= points <= most[name] for name, points in row.points.items()
        ), row.student


def test_no_process_is_left(run):
    deadline = time.monotonic() + 3
    while run.world.left_behind() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert run.world.left_behind() == []


def test_nothing_was_read_changed_reached_or_written(run):
    world = run.world
    assert {
        "canaries": world.touched_canaries(),
        "calls": world.callers(),
        "files": world.planted(),
        "submissions": world.changed_submissions(),
    } == {"canaries": [], "calls": [], "files": [], "submissions": []}


def test_no_page_shows_a_hidden_test_or_runs_anything(run):
    for student in run.rows:
        page = run.page(student)
        assert PELICAN not in page and "<script" not in page, student


def test_no_cell_of_the_table_is_a_formula(run):
    with open(csv_path(run.course, LAB), newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [line["student"] for line in lines] == sorted(run.rows)
    assert not any(
        value.startswith(("=", "+", "-", "@", "\t", "\r"))
        for line in lines
        for value in line.values()
    )
    names = {line["student"]: line["last name"] for line in lines}
    assert names["23_comma_in_a_name"] == "Doe, Jr"


@pytest.mark.parametrize(
    "student", ["03_wrong_values", "06_segfault", "14_lying_tensor", "24_trains_without_a_seed"]
)
def test_grading_again_gives_the_same(run, student):
    def stored(row):
        return results.place(run.course, LAB, row.outcome.result).read_bytes()

    before, result = run.rows[student], stored(run.rows[student])
    after = run.grade(BACKEND, student)[student]
    assert (after.points, after.outcome.status, after.outcome.sentence) == (
        before.points,
        before.outcome.status,
        before.outcome.sentence,
    )
    assert stored(after) == result


def folders(path):
    return sorted(one.name for one in Path(path).iterdir())


def test_only_expected_files_stand_in_the_course(run):
    assert folders(run.course.root) == [
        "course.toml",
        "grading",
        "labs",
        "nbgrader_config.py",
        "solutions",
    ]
    assert folders(run.course.root / "solutions" / LAB) == [f"{LAB}.ipynb"]
