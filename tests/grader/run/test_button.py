"""What nbgrader itself does with a submission: it is graded as `grade` does, and nothing but the
student's notebook comes along."""

import os

import pytest

from grader.gradebook.assignment import nbgrader
from grader.run import button
from tests.grader.unboxed import course, graded, hand_in

__all__ = ["course"]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs links")


@pytest.fixture
def secret(course, tmp_path, monkeypatch):
    """A file of the instructor's."""
    monkeypatch.setattr(button, "best", lambda: "warm")
    (tmp_path / "secret.txt").write_text("the instructor's own")
    return tmp_path / "secret.txt"


def copies(course, student):
    """Everything that nbgrader made of a submission, by name."""
    return {
        path.name: path.read_bytes()
        for place in ("autograded", "feedback")
        for path in (course.folder / place / student).rglob("*")
        if path.is_file()
    }


def test_links_and_files_next_to_a_notebook_are_not_copied(course, secret):
    hand_in(course, "eve", 5, "2026-11-03 10:00:00 UTC")
    graded(course)
    place = course.submitted("tiny", "eve")
    (place / "data.csv").symlink_to(secret)
    (place / "folder").symlink_to(secret.parent)
    (place / "own.csv").write_text("1,2")
    with course.entered(), nbgrader(course) as api:
        done = api.autograde("tiny", "eve", force=True)
        assert done["success"], done["log"]
        done = api.generate_feedback("tiny", "eve", force=True)
        assert done["success"], done["log"]
    assert {*copies(course, "eve")} == {"tiny.ipynb", "tiny.html", "timestamp.txt"}


def test_a_link_in_place_of_a_notebook_is_not_followed(course, secret):
    hand_in(course, "eve", 5)
    graded(course)
    path = course.submitted("tiny", "eve") / "tiny.ipynb"
    path.unlink()
    path.symlink_to(course.source("tiny"))
    with course.entered(), nbgrader(course) as api:
        done = api.autograde("tiny", "eve", force=True)
    assert not done["success"] and "is a link, not a file" in done["log"]
    assert not any(b"BEGIN SOLUTION" in content for content in copies(course, "eve").values())
