"""The page of a learner's own notebook: points by exercise, how it was run, nothing of what is
hidden."""

from grader.selfcheck import page
from grader.selfcheck.judge import judge


def made(course, notebook, hidden):
    return page.write(course, judge(course, "tiny", notebook(), hidden)).read_text("utf-8")


def test_it_has_the_points_and_says_how_the_notebook_was_run(course, notebook, played):
    played(check_half=0)
    text = made(course, notebook, hidden=True)
    assert "<b>5 of 10 points</b>" in text and "4 more are still to be marked" in text
    assert "your notebook, run for a test" in text
    assert "hidden_number" not in text, "the code of a hidden check"


def test_a_check_that_was_not_run_earns_nothing_there(course, notebook, played):
    played()
    text = made(course, notebook, hidden=False)
    assert "<b>3 of 7 points</b>" in text
    assert "3 more points are for checks that you do not see" in text


def test_it_is_written_where_git_does_not_see_it(course, notebook, played):
    played()
    path = page.write(course, judge(course, "tiny", notebook(), hidden=True))
    assert path == course.root / ".course" / "check" / "tiny.html"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
