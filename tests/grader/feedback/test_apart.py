"""A page that ends the process that makes it becomes a plain page; the next one is made."""

import pytest
from nbformat.v4 import new_markdown_cell

from grader.course.partner import NoAnswer
from grader.feedback import apart
from tests.grader.feedback.hostile import TOO_LONG
from tests.grader.feedback.pages_of import RESOURCES, notebook

HONEST = [new_markdown_cell("Half: $\\frac12$.")]


def made(course, cells):
    return apart.made(course, "formgrade", notebook(course, cells), RESOURCES)


@pytest.fixture(scope="module", autouse=True)
def processes():
    yield
    apart.stop()


def test_pages_are_made_by_one_process_after_another(course):
    apart.stop()  # those of other tests
    assert made(course, HONEST)[1] is None
    (process,) = apart.IDLE
    assert made(course, HONEST)[1] is None
    assert [process] == apart.IDLE


def test_a_page_that_takes_too_long_becomes_plain_and_the_next_is_laid_out(course):
    page, why = made(course, [*HONEST, *TOO_LONG])
    assert why == "it took too long"
    assert "because it could not be laid out: it took too long." in page
    assert "<pre>Half: $\\frac12$.</pre>" in page and "&lt;div&gt;" in page
    page, why = made(course, HONEST)
    assert (why, "<mfrac>" in page) == (None, True)


@pytest.mark.parametrize(
    "ended, why",
    [
        ("it was ended by SIGSEGV", "something in it is nested too deeply"),
        ("MemoryError: ", "it needs too much memory"),
        ("KeyError: 'x'", "KeyError: 'x'"),
    ],
)
def test_a_plain_page_says_in_words_what_failed(course, monkeypatch, ended, why):
    def asked(message):
        if not message["plain"]:
            raise NoAnswer(ended)
        return message["plain"]

    monkeypatch.setattr(apart, "asked", asked)
    assert made(course, HONEST) == (why, why)


def test_without_a_plain_page_either_it_is_an_error(course):
    with pytest.raises(NoAnswer, match="FileNotFoundError"):
        apart.made(course, "formgrade", course.root / "gone.ipynb", RESOURCES)
