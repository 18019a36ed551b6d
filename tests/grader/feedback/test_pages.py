"""The pages of a class: each student's, whatever the others have written."""

import pytest

from grader.feedback.pages import remove_feedback, write_all
from tests.grader.feedback.hostile import CELLS, TOO_LONG
from tests.grader.feedback.pages_of import graded
from tests.grader.tiny import new_course, quiet, source_cells

PLAIN = "the feedback page shows plain text: it took too long"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = new_course(tmp_path_factory.mktemp("course"))
    hostile = {"mallory": list(CELLS.values()), "slow": TOO_LONG}
    names = ["ada", "mallory", "slow", "zoe"]
    graded(course, {name: source_cells() + hostile.get(name, []) for name in names})
    return course


@pytest.fixture(scope="module")
def pages(course):
    """(what is wrong with each page, their texts)."""
    wrong = write_all(course, "tiny", course.students("tiny"), 1, quiet())
    texts = {name: course.feedback("tiny", name).read_text(encoding="utf-8") for name in wrong}
    return wrong, texts


def test_everybody_has_a_page_and_what_is_wrong_with_one_is_said(pages):
    assert pages[0] == {"ada": None, "mallory": None, "slow": PLAIN, "zoe": None}


@pytest.mark.parametrize("student", ["ada", "mallory", "slow", "zoe"])
def test_every_page_has_the_marks(pages, student):
    assert "6 of 10 points</b> so far, 4 more are still to be marked" in pages[1][student]


@pytest.mark.parametrize("student", ["ada", "mallory", "zoe"])
def test_hostile_cells_change_no_other_cell_of_a_page(pages, student):
    page = pages[1][student]
    assert page.count("<math") >= 3 and "<summary>Hint 1</summary>" in page


def test_a_plain_page_hides_hidden_checks_too(pages):
    assert "COURSE_SEED" not in pages[1]["slow"] and "hidden_double" in pages[1]["slow"]


def test_a_page_that_cannot_be_made_or_written_is_named(course):
    graded(course, {"bob": source_cells()})
    course.autograded("tiny", "bob").write_text("{")
    wrong = write_all(course, "tiny", ["bob"], 1, quiet())["bob"]
    assert wrong.startswith("there is no feedback page: ") and "JSON" in wrong
    remove_feedback(course, "tiny", "bob")
    course.feedback("tiny", "zoe").unlink()
    course.feedback("tiny", "zoe").mkdir()
    wrong = write_all(course, "tiny", ["zoe"], 1, quiet())["zoe"]
    assert wrong.startswith("there is no feedback page: ") and "tiny.html" in wrong
