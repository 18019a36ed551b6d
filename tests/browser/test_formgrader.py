"""Formgrader in an instructor's JupyterLab, on a tiny class that was graded a moment before."""

import pytest

from grader.gradebook.database import gradebook
from grader.run.grade import grade
from tests.grader import tiny

from .jupyterlab import assert_no_troubles, close, instructors_tools, open_formgrader, screenshot

pytestmark = pytest.mark.box  # the class that formgrader shows is graded in one
HALF_WRONG = tiny.RIGHT | {"half": "def half(x):\n    return x"}


@pytest.fixture(scope="module")
def opened(browser, instructor_server):
    """(JupyterLab's page, formgrader's frame in it).

    ada has 6 of 10 points and bob 5; 4 points wait for a person.
    """
    course = tiny.make_course(instructor_server.folder)
    tiny.submit(course, "ada", tiny.RIGHT)
    tiny.submit(course, "bob", HALF_WRONG)
    with gradebook(course) as book:
        book.update_or_create_student("ada", first_name="Ada", last_name="Lovelace")
        book.update_or_create_student("bob", first_name="Bob", last_name="Noyce")
    rows = grade(course, "tiny", tiny.settings(cell=10), tiny.quiet())
    assert [row.total for row in rows] == [6, 5]
    page, frame = open_formgrader(browser, instructor_server, "solutions/tiny/tiny.ipynb")
    table(frame)
    yield page, frame
    close(page)


@pytest.fixture
def page(opened):
    return opened[0]


@pytest.fixture
def frame(opened):
    """Formgrader at its first page."""
    page, frame = opened
    frame.goto(f"{page.server.address}/formgrader/manage_assignments")
    return frame


def table(frame):
    """The non-empty texts in the rows of the page's table, once formgrader has filled it."""
    frame.locator("tbody tr", has_text="Loading").wait_for(state="detached")
    rows = frame.locator("tbody tr").evaluate_all(
        "all => all.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    frame.evaluate(
        "document.fonts.ready.then(() => true)"
    )  # a font still on its way when the next page opens is a trouble
    return [[text for text in row if text] for row in rows]


def row(frame, name):
    """The row that has this name in it, as its texts after the name."""
    (found,) = [row for row in table(frame) if name in row]
    return found[found.index(name) + 1 :]


def test_an_instructor_sees_create_assignment_and_formgrader(page):
    assert instructors_tools(page) == ["Nbgrader", "Nbgrader Create Assignment"]
    assert (
        page.locator(".jp-SideBar.jp-mod-right")
        .get_by_title("Nbgrader Create Assignment")
        .is_visible()
    )


def test_the_pages_list_assignments_submissions_and_marks(page, frame):
    assert row(frame, "tiny")[-1] == "2"
    frame.locator("tr", has_text="tiny").get_by_role("link", name="2").click()
    frame.wait_for_url("**/manage_submissions/tiny")
    assert row(frame, "Lovelace, Ada") == ["ada", "None", "needs manual grading", "6 / 10"]
    assert row(frame, "Noyce, Bob") == ["bob", "None", "needs manual grading", "5 / 10"]
    frame.get_by_role("link", name="Manual Grading").click()
    frame.wait_for_url("**/gradebook")
    assert row(frame, "tiny")[-2:] == ["2", "5.5 / 10"]
    frame.get_by_role("link", name="tiny").click()
    frame.wait_for_url("**/gradebook/tiny")
    assert row(frame, "tiny")[:3] == ["5.5 / 10", "5.5 / 6", "0 / 4"]
    assert_no_troubles(page)


def test_a_submission_opens_with_its_marks_and_formulas(page, frame):
    frame.goto(f"{page.server.address}/formgrader/gradebook/tiny/tiny")
    marks = [[text for text in texts if " / " in text][:3] for texts in table(frame)]
    assert sorted(marks) == [["5 / 10", "5 / 6", "0 / 4"], ["6 / 10", "6 / 6", "0 / 4"]]
    frame.locator("tr", has_text="5 / 10").get_by_role("link").first.click()
    frame.wait_for_url("**/submissions/**")
    frame.locator(".output_error", has_text="half of 4 is 2").wait_for()
    assert "$" not in frame.locator("body").inner_text()
    formula = frame.locator("math[display=block]")
    assert (
        formula.bounding_box()["height"] > 25
    )  # a sum with its index below: more than a line of text
    formula.scroll_into_view_if_needed()
    screenshot(page, "formgrader-submission")
    assert_no_troubles(page)


def test_its_button_grades_in_a_box(page, frame):
    frame.goto(f"{page.server.address}/formgrader/manage_submissions/tiny")
    table(frame)
    frame.locator("tr", has_text="Noyce").locator(".autograde a").click()
    frame.get_by_text("Successfully autograded").wait_for(timeout=120_000)
    log = frame.locator("pre", has_text="Autograding").inner_text()
    assert "graded: 2 of 3 checks passed" in log
    assert "Execute" not in log
