"""What goes out to students."""

import json

import pytest

from grader.course.folders import GradingError
from grader.release.labs import contents, release
from tests.grader.tiny import make_course


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
