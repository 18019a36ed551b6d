"""No script and no request survives in what is shown of a submission; formulas and hints do."""

import re

import pytest
from nbformat.v4 import new_code_cell, new_output

from grader.feedback.clean import CleanCells, clean, markdown_to_html


def html(markdown, **cell):
    return markdown_to_html({"cell": cell}, markdown)


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><circle/></svg>",
        "[x](javascript:alert(1))",
        "<a href='javascript:alert(1)'>x</a>",
        "<iframe src='https://example.org'></iframe>",
        "<style>body{background:url(https://example.org/x.png)}</style>",
        "<p style='background:url(https://example.org/x.png)'>x</p>",
        "![x](https://example.org/x.png)",
        "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
        r"$\href{javascript:alert(1)}{x}$",
        "$</math><script>alert(1)</script>$",
        "$<img src=x onerror=alert(1)>$",
        "$\\text{<img src=x onerror=alert(1)>}$",
        "```x onmouseover=alert(1)\ncode\n```",
        "<details ontoggle=alert(1) open><summary>x</summary></details>",
        "<form action='https://example.org'><button>x</button></form>",
        "<meta http-equiv=refresh content='0;url=https://example.org'>",
        "<object data='https://example.org/x.swf'></object>",
        "<link rel=stylesheet href='https://example.org/x.css'>",
    ],
)
def test_no_attack_survives(attack):
    page = html(attack)
    tags = re.findall(r"<[^>]*>", page)
    assert not [
        tag
        for tag in tags
        if re.search(
            r"\bon\w+\s*=|javascript:|<(script|style|svg|iframe|form|meta|object|link)|src=.http|style=.*url",
            tag,
        )
    ]


def test_formulas_become_mathml():
    assert "<mfrac>" in html(r"Half: $\frac12$.")
    assert re.search(r"<math[^>]*display=\"block\"", html("$$\na < b\n$$"))
    assert "<mtable" in html("\\begin{align}a &= b\\\\ c &= d\\end{align}")


def test_a_formula_that_cannot_be_read_is_shown_as_written():
    assert r"<code>$\notacommand{x}$</code>" in html(r"$\notacommand{x}$")


def test_a_hint_keeps_its_details_and_its_formulas():
    page = html(
        "<details><summary>Hint 1</summary>Of $x^2$, in the folder "
        "<code>$HOME/$USER</code>.</details>"
    )
    assert (
        page.count("<math") == 1
        and "<summary>Hint 1</summary>" in page
        and "<code>$HOME/$USER</code>" in page
    )


def test_code_and_comparisons_are_not_garbled():
    page = html("`a < b && c > d` and 3 < 4\n\n```python\nx = a -> b\n```")
    assert "<code>a &lt; b &amp;&amp; c &gt; d</code>" in page and "3 &lt; 4" in page


def test_of_outputs_only_text_tables_and_pictures_stay():
    data = {
        "text/html": "<table><tr><td>1</td></tr></table><script>x</script>",
        "application/javascript": "x",
        "image/svg+xml": "<svg/>",
        "text/plain": "1",
    }
    cell = new_code_cell(
        outputs=[new_output("display_data", data, metadata={"text/html": {"isolated": True}})]
    )
    CleanCells().preprocess_cell(cell, {}, 0)
    output = cell.outputs[0]
    assert set(output.data) == {"text/html", "text/plain"} and not output.metadata
    assert output.data["text/html"] == clean("<table><tr><td>1</td></tr></table>")


@pytest.mark.parametrize("place", ["&#xe000;98&#xe001;", '<i class="' + "0" * 32 + '"></i>'])
def test_the_place_of_a_formula_cannot_be_forged(place):
    page = html(f"{place} $x$ {place}")
    assert page.count("<math") == 1 and len(re.findall("<math", html("$x$ $x$"))) == 2


def test_a_formula_in_an_attribute_stays_out_of_it():
    assert "<math" not in html('<p title="$x$">words</p>') + html("![$x$](attachment:a)")


def test_a_text_that_no_parser_can_read_is_shown_as_it_was_written(monkeypatch):
    def fails(*arguments, **options):
        raise IndexError("of a parser")

    monkeypatch.setattr("grader.feedback.clean.MarkdownWithMath", fails)
    assert html("**a** <b>") == "<pre>**a** &lt;b&gt;</pre>"
