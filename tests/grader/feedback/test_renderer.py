"""The process that makes pages: an honest page after every hostile one, and limits on each."""

import time

import pytest
from nbformat.v4 import new_markdown_cell

from grader.course.partner import Partner
from tests.grader.feedback.hostile import CELLS
from tests.grader.feedback.pages_of import message

HONEST = new_markdown_cell("Half: $\\frac12$, **really**.")


@pytest.fixture(scope="module")
def renderer():
    partner = Partner("grader.feedback.renderer")
    yield partner
    partner.close()


@pytest.mark.parametrize("name", CELLS)
def test_a_hostile_cell_leaves_the_rest_of_the_page_as_it_is(course, renderer, name):
    start = time.monotonic()
    answer = renderer.ask(message(course, [HONEST, CELLS[name]]), 60)
    assert "<mfrac>" in answer["page"] and "<strong>really</strong>" in answer["page"]
    assert len(answer["page"]) < 2_000_000
    assert time.monotonic() - start < 40


def test_an_error_is_an_answer_and_the_next_page_is_made(course, renderer):
    broken = message(course, [HONEST]) | {"path": "gone.ipynb"}
    assert renderer.ask(broken, 60)["failed"].startswith("FileNotFoundError")
    assert "<mfrac>" in renderer.ask(message(course, [HONEST]), 60)["page"]
