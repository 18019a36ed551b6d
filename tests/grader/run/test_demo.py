"""The example class: eight submissions of lab 03, graded once, and what must be true of the
result."""

import csv
import hashlib
import json
import re
import shutil

import pytest

from grader.course.folders import Course, GradingError, maxima
from grader.gradebook.rows import csv_path
from grader.run import demo
from grader.run.grade import grade
from tests.grader.tiny import HERE, quiet, release_unproved, settings

pytestmark = [pytest.mark.xdist_group("example class"), pytest.mark.box]
LAB = "lab03_magnitude_pruning"
READS = ("solutions/lab03_magnitude_pruning",)
FIRST_FOUR = {"fine_grained_prune", "fine_grained_pruner", "sensitivity_scan", "sparsity_dict"}
CODE = FIRST_FOUR | {"fine_tune", "cubic"}


def files_of(folder):
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """(course, files before, example course, rows by example) of one run of the example class."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("nbgrader_config.py", "course.toml"):
        shutil.copy(HERE / name, folder)
    shutil.copytree(HERE / "solutions" / LAB, folder / "solutions" / LAB)
    course = Course(folder.resolve())
    release_unproved(course, LAB)  # the examples hold the reference and an untouched release
    before = files_of(course.root)
    examples, lab = demo.build(course)
    # nothing here needs more than 3 s on a quiet machine
    rows = {
        row.student: row for row in grade(examples, lab, settings(submission=300, cell=20), quiet())
    }
    return (
        course,
        before,
        examples,
        {example: rows[student] for example, (student, _, _) in demo.CLASS.items()},
    )


@pytest.fixture(scope="module")
def rows(run):
    return run[3]


@pytest.fixture(scope="module")
def pages(run):
    """The feedback pages by example."""
    _, _, examples, rows = run
    paths = {example: examples.feedback(LAB, row.student) for example, row in rows.items()}
    return {
        example: path.read_text(encoding="utf-8")
        for example, path in paths.items()
        if path.exists()
    }


def full(run, names):
    """The most points of these exercises."""
    points = maxima(run[0].checks(LAB))
    return {name: points[name] for name in names}


@pytest.mark.parametrize(
    "example, earned",
    [
        ("right", CODE),
        ("right_another_way", CODE),
        ("half_right", FIRST_FOUR),
        ("wrong", set()),
        ("untouched", set()),
        ("syntax_error", CODE - {"fine_grained_prune"}),
        ("endless_loop", CODE - {"cubic"}),
        ("ends_the_process", CODE - {"sensitivity_scan"}),
    ],
)
def test_each_example_earns_what_is_right_in_it_and_nothing_else(run, example, earned):
    points = run[3][example].points
    assert {name: value for name, value in points.items() if value} == full(run, earned)


def test_the_answer_in_words_waits_for_a_person_unless_there_is_none(rows):
    assert {example for example, row in rows.items() if row.pending} == {
        "right",
        "right_another_way",
        "wrong",
        "syntax_error",
        "endless_loop",
        "ends_the_process",
    }


@pytest.mark.parametrize(
    "example, status, sentence",
    [
        ("right", "graded", "all 12 checks passed"),
        ("half_right", "graded", "8 of 12 checks passed; no answer in 1 cell"),
        ("wrong", "graded", "0 of 12 checks passed"),
        ("untouched", "graded", "no answer in 7 cells"),
        (
            "syntax_error",
            "graded with warnings",
            "syntax error in the cell fine_grained_prune; fine_grained_pruner and sensitivity_scan "
            "judged with our fine_grained_prune",
        ),
        ("endless_loop", "graded with warnings", "ran over 20 s in the cell cubic"),
        (
            "ends_the_process",
            "graded with warnings",
            "your code ended the Python process (exit code 0) in a cell after sensitivity_scan, "
            "the cell check_sensitivity_scan and the cell hidden_sensitivity_scan",
        ),
    ],
)
def test_the_sentence_says_why(rows, example, status, sentence):
    assert (rows[example].outcome.status, rows[example].outcome.sentence) == (status, sentence)


def test_every_student_has_a_line_and_names_are_guarded(run):
    _, _, examples, rows = run
    with open(csv_path(examples, LAB), newline="", encoding="utf-8") as file:
        lines = {line["student"]: line for line in csv.DictReader(file)}
    assert set(lines) == {row.student for row in rows.values()}
    names = {student: (first, last) for student, first, last in demo.CLASS.values()}
    for student, line in lines.items():
        assert (line["first name"], line["last name"].removeprefix("'")) == names[student]
        assert not any(value.startswith(("=", "+", "-", "@")) for value in line.values())
    assert lines["noor.haddad"]["last name"] == "'=Haddad"


def test_the_real_gradebook_and_labs_are_untouched(run):
    course, before, _, _ = run
    after = files_of(course.root)
    assert {
        path: digest for path, digest in after.items() if course.folder / "demo" not in path.parents
    } == before


def test_no_page_shows_a_hidden_test(run, pages):
    source = json.loads(run[0].source(LAB).read_text(encoding="utf-8"))
    hidden = [
        line.strip()
        for cell in source["cells"]
        for part in re.findall(
            r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", "".join(cell["source"]), re.DOTALL
        )
        for line in part.splitlines()
    ]
    released = run[0].released(LAB).read_text(encoding="utf-8")
    secret = [line for line in hidden if len(line) > 25 and json.dumps(line)[1:-1] not in released]
    assert len(secret) > 20
    for page in pages.values():
        text = (
            re.sub(r"<[^>]*>", "", page)
            .replace("&gt;", ">")
            .replace("&lt;", "<")
            .replace("&amp;", "&")
            .replace("&quot;", '"')
            .replace("&#39;", "'")
        )
        assert "HIDDEN TESTS" not in text
        assert not [line for line in secret if line in text]


def test_no_page_asks_for_anything_from_elsewhere_or_runs_anything(pages):
    for page in pages.values():
        assert "<script" not in page and "default-src 'none'" in page
        assert not re.findall(r"(?:src|href)=[\"']?(?!#|data:image/)[^\"' >]*:", page)


def test_a_page_says_what_came_of_each_check(pages):
    assert set(pages) == set(demo.CLASS)
    assert "Note: ran over 20 s in the cell cubic." in pages["endless_loop"]
    assert "Weights were ranked by their value, not by their size" in re.sub(
        r"\s+", " ", pages["wrong"]
    )
    assert "28 of 45 points" in pages["half_right"]
    assert "<math" in pages["right"] and "<summary>Hint 1</summary>" in pages["right"]
    assert str(HERE) not in pages["wrong"]


def test_an_example_that_answers_what_is_not_asked_is_refused():
    with pytest.raises(GradingError, match="answers gone"):
        demo.with_answers({"cells": []}, {"gone": "x = 1"})


def test_every_lab_with_examples_has_the_whole_class(run):
    for lab in demo.labs_with_examples(run[0]):
        assert {path.stem for path in (demo.EXAMPLES / lab).glob("*.py")} == set(demo.CLASS)
