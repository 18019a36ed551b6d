"""A grader that is killed and started again ends where an undisturbed one ends; grading is the same
every time."""

import json

import pytest

from grader.box.backends import possible
from grader.run.grade import grade
from tests.grader import resuming
from tests.grader.resuming import (
    copy_of,
    graded_class,
    made_course,
    patient,
    picture,
    results_named,
    started_with,
)
from tests.grader.tiny import RIGHT, quiet, source_cells, submit

pytestmark = [
    pytest.mark.xdist_group("resume"),
    pytest.mark.box,
    pytest.mark.skipif(
        possible("warm") is not None, reason=f"no box for submissions here: {possible('warm')}"
    ),
]
SUBMISSIONS, KILLS, SEED = 24, 3, 5


# --- killed


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return resuming.disturbed_and_not(tmp_path_factory.mktemp("resume"), SUBMISSIONS, KILLS, SEED)


def test_a_run_that_was_killed_ends_like_one_that_was_not(runs):
    calm, killed, _ = runs
    assert picture(killed) == picture(calm)


def test_every_submission_has_exactly_one_result(runs):
    _, killed, _ = runs
    named = results_named(killed)
    assert sorted(named) == killed.students("tiny")
    stored = sorted(path.stem for path in killed.folder.glob("results/tiny/*"))
    assert stored == sorted(name for name in named.values() if name)
    assert [student for student, name in named.items() if name is None] == [
        f"student{place:03}" for place in range(7, SUBMISSIONS, 8)
    ]


def test_nothing_is_left_half_written(runs):
    _, killed, temporary = runs
    assert [path for path in killed.folder.rglob("*") if path.name.endswith(".part")] == []
    assert list(temporary.iterdir()) == []


def test_no_process_is_left(runs):
    _, _, temporary = runs
    assert started_with(temporary) == []


# --- the same every time


def results(course):
    return {
        student: json.loads((course.folder / "results" / "tiny" / f"{name}.json").read_text())
        for student, name in results_named(course).items()
        if name
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return graded_class(tmp_path_factory.mktemp("same") / "course", 7)


def test_grading_again_gives_the_same_bytes(small):
    before = picture(small)
    grade(small, "tiny", patient(fresh=True), quiet())
    assert picture(small) == before


def test_a_cold_box_gives_the_same_as_a_warm_one(small, tmp_path):
    warm = results(small)
    cold = copy_of(small, tmp_path / "cold")
    grade(cold, "tiny", patient(backend="cold"), quiet())
    assert {one["backend"] for one in warm.values()} == {"warm"} and {
        one["backend"] for one in results(cold).values()
    } == {"cold"}
    assert {student: one | {"backend": ""} for student, one in results(cold).items()} == {
        student: one | {"backend": ""} for student, one in warm.items()
    }


def test_another_secret_gives_other_hidden_inputs_and_the_same_marks(tmp_path):
    cells = source_cells()
    hidden = next(cell for cell in cells if cell["id"] == "hidden_double")
    hidden["source"] = hidden["source"].replace(
        '"wrong for a large number"', 'f"wrong for {hidden_number}"'
    )
    first = made_course(tmp_path / "first", cells)
    submit(first, "ada", RIGHT)
    submit(first, "probe", {"double": "def double(x):\n    return 6"})
    second = copy_of(first, tmp_path / "second")
    (second.folder / "secret").write_text("5" * 64)
    rows = [grade(course, "tiny", patient(), quiet()) for course in (first, second)]
    assert (
        [(row.student, row.total) for row in rows[0]]
        == [(row.student, row.total) for row in rows[1]]
        == [("ada", 6), ("probe", 2)]
    )
    said = [
        results(course)["probe"]["checks"]["hidden_double"]["message"] for course in (first, second)
    ]
    assert said[0] != said[1] and all(text.startswith("wrong for ") for text in said)


# --- two at once


def test_a_second_run_of_the_same_lab_waits_and_then_finds_all_done(small, tmp_path):
    course = copy_of(small, tmp_path / "both")
    runs = [resuming.started(course, tmp_path / f"temporary{number}") for number in range(2)]
    said = [resuming.finished(run) for run in runs]
    assert sum("waiting for it to end" in text for text in said) == 1
    assert picture(course) == picture(small)
