"""A test that starts a box, a browser or a kernel carries the mark that says so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import PROGRAMS, kinds

ROOT = Path(__file__).parents[1]
MADE_UP = """
import subprocess, sys, pytest

def start():
    subprocess.run([sys.executable, "-c", "", "{program}"], check=True)

@pytest.mark.{mark}
def test_with_the_mark():
    start()

def test_without_it():
    start()

@pytest.fixture(scope="module")
def started():
    start()

def test_whose_fixture_does(started):
    pass

def test_after_it_that_starts_nothing(started):
    pass
"""


def run(folder, *options, **variables):
    """pytest on a folder with made-up tests and the course's own conftest."""
    (folder / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n    box\n    browser\n    notebook\n    needs\n"
    )
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
        + [f"--rootdir={folder}", str(folder), *options],
        cwd=ROOT,
        env=os.environ | {"COURSE_REQUIRE": "", **variables},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("mark", PROGRAMS)
def test_a_test_without_its_mark_fails(mark, tmp_path):
    program = min(PROGRAMS[mark])
    (tmp_path / "test_made_up.py").write_text(MADE_UP.format(mark=mark, program=program))
    done = run(tmp_path)
    assert "4 passed" in done.stdout and "2 errors" in done.stdout, done.stdout
    assert f"test_without_it needs the mark {mark}" in done.stdout
    assert f"test_whose_fixture_does needs the mark {mark}" in done.stdout


def test_a_program_is_known_by_its_name_wherever_it_lies():
    assert kinds([b"/usr/bin/bwrap", "--unshare-net"]) == {"box"}
    assert kinds([sys.executable, "-m", "ipykernel_launcher", "-f", "x"]) == {"notebook"}
    assert kinds(["git", "show"]) == set()


REQUIRING = """
import pytest

@pytest.mark.box
def test_in_a_box():
    pass

@pytest.mark.browser
def test_skipped():
    pytest.skip("no Chromium")

@pytest.mark.box
@pytest.mark.needs
def test_that_takes_a_program_more():
    pytest.skip("no PostgreSQL")
"""


@pytest.mark.parametrize(
    "required, workers, code, line",
    [
        ("", 0, 0, None),
        ("box", 2, 0, None),
        ("box browser", 2, 1, "skipped, and has the mark browser: test_made_up.py::test_skipped"),
        ("box notebook", 0, 1, "no test with the mark notebook ran"),
    ],
)
def test_what_is_required_must_run(required, workers, code, line, tmp_path):
    (tmp_path / "test_made_up.py").write_text(REQUIRING)
    done = run(tmp_path, "-n", str(workers), COURSE_REQUIRE=required)
    assert done.returncode == code, done.stdout
    assert line is None or line in done.stdout
    assert line is not None or "COURSE_REQUIRE" not in done.stdout


def test_what_a_module_starts_as_it_is_imported_is_no_tests_cost(tmp_path):
    start = 'import subprocess, sys\nsubprocess.run([sys.executable, "-c", "", "bwrap"])\n'
    (tmp_path / "test_made_up.py").write_text(start + "def test_nothing():\n    pass\n")
    assert run(tmp_path).returncode == 0
