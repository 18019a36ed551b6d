"""One line, one status and one sentence for whatever is handed in."""

import csv
import os

import psutil
import pytest
from nbgrader.validator import Validator

from grader.gradebook.rows import csv_path
from grader.run import verdict
from grader.run.grade import grade
from tests.grader.tiny import RIGHT, make_course, quiet, settings, submit

pytestmark = [pytest.mark.xdist_group("tiny class"), pytest.mark.box]

STUBBORN = """
import subprocess, signal, sys, time
command = [sys.executable, "-c", "import time; time.sleep(3600)", "left behind"]
subprocess.Popen(command, start_new_session=True)
signal.signal(signal.SIGINT, signal.SIG_IGN)
def half(x):
    while True:
        try:
            time.sleep(1)
        except BaseException:
            pass
"""
WARNS = """
import os, sys, warnings
def double(x):
    warnings.warn("careful")
    print("on stderr", file=sys.stderr)
    os.write(2, b"from a C library")
    return 2 * x
"""
DAEMON = """
import subprocess, sys
command = [sys.executable, "-c", "import time; time.sleep(3600)", "daemon"]
subprocess.Popen(command, start_new_session=True)
def half(x):
    return x / 2
"""


def copy_a_check(cells):
    cells.append(dict(next(cell for cell in cells if cell["id"] == "check_half"), id="copy"))


def tamper(cells):
    cells[:] = [cell for cell in cells if cell["id"] != "check_half"]
    next(cell for cell in cells if cell["id"] == "check_double")["source"] = "pass"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("course"))
    submit(course, "right", RIGHT)
    submit(course, "[a-z]", RIGHT)  # a name that nbgrader would take for a pattern
    submit(course, "untouched")
    submit(course, "warns", RIGHT | {"double": WARNS})
    submit(course, "memorised", RIGHT | {"double": "def double(x):\n    return 6"})
    submit(course, "syntax", RIGHT | {"half": "def half(x:\n    return x"})
    submit(course, "loop", RIGHT | {"half": "def half(x):\n    while True:\n        pass"})
    submit(course, "exit", RIGHT | {"half": "import os\ndef half(x):\n    os._exit(0)"})
    submit(course, "stubborn", RIGHT | {"half": STUBBORN})
    submit(course, "daemon", RIGHT | {"half": DAEMON})
    submit(course, "copied", RIGHT, copy_a_check)
    submit(course, "tampered", {**RIGHT, "half": "def half(x):\n    return 0"}, tamper)
    submit(course, "wrong_name", RIGHT)
    (course.submitted("tiny", "wrong_name") / "tiny.ipynb").rename(
        course.submitted("tiny", "wrong_name") / "tiny (1).ipynb"
    )
    course.submitted("tiny", "nothing").mkdir(parents=True)
    submit(course, "bad_json", RIGHT)
    path = course.submitted("tiny", "bad_json") / "tiny.ipynb"
    path.write_text("\n".join(path.read_text().splitlines()[:40]))
    course.submitted("tiny", "link").mkdir(parents=True)
    os.symlink(
        course.submitted("tiny", "right") / "tiny.ipynb",
        course.submitted("tiny", "link") / "tiny.ipynb",
    )
    return course


@pytest.fixture(scope="module")
def rows(course):
    return {row.student: row for row in grade(course, "tiny", settings(), quiet())}


def test_every_student_has_a_line(course, rows):
    assert sorted(rows) == course.students("tiny")
    with open(csv_path(course, "tiny"), newline="", encoding="utf-8") as file:
        assert [line["student"].lstrip("'") for line in csv.DictReader(file)] == course.students(
            "tiny"
        )


@pytest.mark.parametrize(
    "student, total, status, sentence",
    [
        ("right", 6, "graded", "all 3 checks passed"),
        ("untouched", 0, "graded", "no answer in 3 cells"),
        ("warns", 6, "graded", "all 3 checks passed"),
        ("memorised", 3, "graded", "2 of 3 checks passed"),
        ("daemon", 6, "graded", "all 3 checks passed"),
        ("syntax", 5, "graded with warnings", "syntax error in the cell half"),
        ("loop", 5, "graded with warnings", "ran over 3 s in the cell check_half"),
        (
            "copied",
            6,
            "graded with warnings",
            "found more than once, so the original was used: the cell check_half",
        ),
        (
            "tampered",
            5,
            "graded with warnings",
            (
                "missing, so the original was restored: the cell check_half; "
                "changed, so the original was used: the cell check_double"
            ),
        ),
        (
            "exit",
            5,
            "graded with warnings",
            "your code ended the Python process (exit code 0) in the cell check_half",
        ),
        ("stubborn", 5, "graded with warnings", "ran over 3 s in the cell check_half"),
        (
            "[a-z]",
            None,
            "ungradable",
            "nbgrader cannot read a folder named [a-z]: rename it without * ? [ ]",
        ),
        ("wrong_name", 6, "graded", "all 3 checks passed; tiny (1).ipynb was taken for tiny.ipynb"),
        (
            "nothing",
            None,
            "ungradable",
            "no notebook named tiny.ipynb in the folder (found: nothing)",
        ),
        ("bad_json", None, "ungradable", "tiny.ipynb is not JSON: line 40"),
        (
            "link",
            None,
            "ungradable",
            "tiny.ipynb is a link to another file: submit the file itself",
        ),
    ],
)
def test_the_status_says_what_happened(rows, student, total, status, sentence):
    row = rows[student]
    assert (row.total, row.outcome.status, row.outcome.sentence) == (total, status, sentence)


def test_only_what_is_graded_has_a_page(course, rows):
    for student, row in rows.items():
        assert course.feedback("tiny", student).exists() == row.outcome.graded


@pytest.mark.notebook
def test_validate_says_of_code_that_warns_what_the_grader_says(course, rows):
    assert (
        Validator(config=course.config).validate(
            str(course.submitted("tiny", "warns") / "tiny.ipynb")
        )
        == {}
    )


def test_what_was_judged_with_the_labs_own_functions_is_in_the_sentence():
    checks = {
        "check_a": {"points": 0},
        "check_b": {"points": 2, "ours": ["a"]},
        "hidden_b": {"points": 1, "ours": ["a"]},
        "check_c": {"points": 1, "ours": ["a"]},
        "check_d": {"points": 0, "theirs": ["b", "c"]},
        "check_e": {"points": 0, "ours": ["a"]},
    }
    assert verdict.judged_apart({"checks": checks}) == [
        "b and c judged with our a",
        "d not judged by itself: it uses b and c",
    ]


def test_nothing_that_a_submission_started_is_left(rows):
    for process in psutil.process_iter(["cmdline"]):
        assert not {"left behind", "daemon"} & set(process.info["cmdline"] or [])


def test_a_submission_over_its_time_keeps_what_it_had_earned(tmp_path):
    course = make_course(tmp_path)
    submit(course, "stubborn", RIGHT | {"half": STUBBORN})
    (row,) = grade(course, "tiny", settings(submission=8, cell=60), quiet())
    assert (row.total, row.outcome.status) == (5, "graded with warnings")
    assert row.outcome.sentence == "ran over 8 s for the whole notebook in the cell check_half"
    test_nothing_that_a_submission_started_is_left(None)
