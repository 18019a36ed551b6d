"""A plain page shows every text as it was written, and nothing that was parsed."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.feedback.bounds import PLAIN_TEXT
from grader.feedback.exporter import exporter
from tests.grader.feedback.pages_of import RESOURCES

CELLS = [
    new_markdown_cell("**Half** of $x$ &amp; <b>y</b>"),
    new_code_cell(
        "x = '<script>'",
        outputs=[
            new_output("stream", text="\x1b[31mred\x1b[0m <i>"),
            new_output("display_data", {"text/html": "<table>", "text/plain": "a table"}),
            new_output("display_data", {"image/png": "AAAA"}),
        ],
    ),
    new_markdown_cell("a" * (PLAIN_TEXT + 5)),
]


@pytest.fixture
def page(course):
    return exporter(course, "formgrade", "it took too long").from_notebook_node(
        new_notebook(cells=[cell.copy() for cell in CELLS]), dict(RESOURCES)
    )[0]


@pytest.mark.parametrize(
    "text",
    [
        "because it could not be laid out: it took too long.",
        "<pre>**Half** of $x$ &amp;amp; &lt;b&gt;y&lt;/b&gt;</pre>",
        "<pre>x = &#x27;&lt;script&gt;&#x27;</pre>",
        "red &lt;i&gt;",
        "a table",
        "[not shown here]",
        "[... 5 more characters are not shown]",
    ],
)
def test_texts_are_shown_as_they_were_written(page, text):
    assert text in page


@pytest.mark.parametrize("parsed", ["<math", "<b>y", "<table>", "image/png;base64", "ansi-red"])
def test_nothing_of_them_is_laid_out(page, parsed):
    assert parsed not in page
