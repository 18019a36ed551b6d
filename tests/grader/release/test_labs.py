"""What goes out to students."""

import json

import pytest

from grader.__main__ import main
from grader.course.folders import Course, GradingError
from grader.release.labs import contents, release
from tests.grader.release import tutorial
from tests.grader.tiny import enter, make_course


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


def test_the_same_source_gives_the_same_bytes(course, tmp_path_factory):
    assert release(course, "tiny") is False
    other = make_course(tmp_path_factory.mktemp("other"))
    assert contents(course.root / "labs") == contents(other.root / "labs")


@pytest.mark.box
def test_no_solution_no_hidden_test_no_file_beside_the_notebook_goes_out(course):
    (course.source("tiny").parent / "tiny.py").write_text("### BEGIN SOLUTION")
    (course.source("tiny").parent / "notes.txt").write_text("the answers")
    (course.root / "labs" / "tiny" / "old.txt").write_text("of an earlier release")
    assert release(course, "tiny") is True
    assert list(contents(course.root / "labs")) == ["tiny/tiny.ipynb"]
    text = course.released("tiny").read_text(encoding="utf-8")
    for mark in ("BEGIN SOLUTION", "END SOLUTION", "HIDDEN TESTS", "hidden_number", "return 2 * x"):
        assert mark not in text


def test_a_failing_release_leaves_the_last_one_in_place(course):
    before = contents(course.root / "labs")
    source = json.loads(course.source("tiny").read_text())
    source["cells"][1]["source"] = "### BEGIN SOLUTION\nnever ended"
    course.source("tiny").write_text(json.dumps(source))
    with pytest.raises(
        GradingError, match="could not make a release of solutions/tiny: .*end solution"
    ):
        release(course, "tiny")
    assert contents(course.root / "labs") == before


@pytest.mark.box
def test_a_lab_in_the_form_of_nbgraders_tutorial_is_released_once_and_stays(tmp_path, capsys):
    enter(tmp_path, tutorial.ENTRY)
    course = Course(tmp_path.resolve())
    tutorial.write(course.source("cubes"))
    release_it = ["--course", str(course.root), "release"]
    assert main(release_it) == 0
    printed = capsys.readouterr().out
    assert "labs/cubes: written" in printed and "solutions/cubes: its cells had no ids" in printed
    assert main(release_it) == 0
    assert "labs/cubes: unchanged" in capsys.readouterr().out
    text = course.released("cubes").read_text(encoding="utf-8")
    assert '"id": "correct_cubes"' in text and "i**3" not in text


def test_a_fault_in_the_source_is_named_before_anything_is_tried(course):
    source = json.loads(course.source("tiny").read_text())
    del source["cells"][6]["metadata"]["nbgrader"]["points"]
    source["cells"][3]["metadata"]["nbgrader"]["grade_id"] = ""
    course.source("tiny").write_text(json.dumps(source))
    with pytest.raises(GradingError) as caught:
        release(course, "tiny")
    assert "cell 4" in str(caught.value) and "cell 7 (check_half)" in str(caught.value)
