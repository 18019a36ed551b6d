"""A picture that is in the notebook is on the page; of any other a line says that it is missing."""

import base64

import pytest

from grader.feedback import bounds
from grader.feedback.clean import markdown_to_html
from grader.feedback.pictures import MISSING, MOST_SHAPES, is_drawing

PNG = base64.b64encode(b"a picture").decode()


def svg(inside="<circle r='1'/>", tag="svg"):
    xmlns = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'"
    return base64.b64encode(f"<{tag} {xmlns}>{inside}</{tag}>".encode()).decode()


def html(text, **attachments):
    named = {name.replace("_", " "): forms for name, forms in attachments.items()}
    return markdown_to_html({"cell": {"attachments": named}}, text)


@pytest.mark.parametrize(
    "text",
    [
        "![x](attachment:my%20plot)",
        "![x](<attachment:my plot>)",
        '![x](attachment:my%20plot "a title")',
        '<img src="attachment:my plot">',
        "<img width=300 src='attachment:my%20plot'>",
        "A row: <img src=attachment:my%20plot width=300> of words",
        "<div>\n<img src='attachment:my plot'/>\n</div>",
        "| a |\n|---|\n| ![x](attachment:my%20plot) |",
    ],
)
def test_an_attached_picture_is_shown_however_it_is_written(text):
    page = html(text, my_plot={"image/png": PNG})
    assert f'src="data:image/png;base64,{PNG}"' in page and MISSING not in page
    assert ("300" in text) == ('width="300"' in page)


def test_a_name_that_is_stored_with_percent_signs_is_found():
    page = markdown_to_html(
        {"cell": {"attachments": {"my%20plot.png": {"image/png": PNG}}}},
        "![x](attachment:my%20plot.png)",
    )
    assert PNG in page


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif"])
@pytest.mark.parametrize("form", ["![x]({})", '<img width="9" src="{}">'])
def test_a_large_picture_in_the_text_itself_is_shown(kind, form):
    data = base64.b64encode(b"x" * 3 * bounds.MARKDOWN).decode()
    page = html("**Words** " + form.format(f"data:image/{kind};base64,{data}"))
    assert f"data:image/{kind};base64,{data}" in page and "<strong>" in page


@pytest.mark.parametrize("form", ["![x](attachment:a)", "<img src='attachment:a'>"])
def test_a_drawing_is_shown_as_a_picture(form):
    assert f'src="data:image/svg+xml;base64,{svg()}"' in html(form, a={"image/svg+xml": svg()})


@pytest.mark.parametrize(
    "text",
    [
        "![x](plot.png)",
        "![x](attachment:gone.png)",
        "<img src='attachment:gone.png' width=300>",
        "![x](https://example.org/x.png)",
        "<img src='file:///home/x.png'>",
        "![x](data:image/webp;base64,AAAA)",
        "<img alt='a > b' src=x>",
        "<img>",
    ],
)
def test_a_picture_that_is_not_in_the_notebook_is_missed_in_words(text):
    page = html(f"before {text} after")
    assert MISSING in page and "<img" not in page
    assert "before" in page and "after" in page


@pytest.mark.parametrize(
    "drawing",
    [
        svg("<script>alert(1)</script>"),
        svg("<image href='https://example.org/x.png'/>"),
        svg("<foreignObject/>"),
        svg("<g id='a'><use xlink:href='#a'/></g>"),
        svg(
            "<g id='a0'><circle/></g>"
            + "".join(
                f"<g id='a{n}'>" + f"<use xlink:href='#a{n - 1}'/>" * 10 + "</g>"
                for n in range(1, 9)
            )
        ),
        svg("<circle/>" * (MOST_SHAPES + 1)),
        svg(tag="html"),
        base64.b64encode(b"<!DOCTYPE a [<!ENTITY b 'c'>]><svg>&b;</svg>").decode(),
        base64.b64encode(b"no xml").decode(),
        "A",
    ],
)
def test_a_drawing_that_runs_fetches_or_never_ends_is_missed(drawing):
    assert MISSING in html("![x](attachment:a)", a={"image/svg+xml": drawing})


def test_a_plot_of_matplotlib_is_a_drawing():
    glyphs = "<defs><path id='g'/></defs>" + "<use xlink:href='#g'/>" * 2000
    assert is_drawing(svg(f"<g id='figure_1'>{glyphs}</g>"))


def test_the_address_of_a_picture_gives_no_way_out_of_an_attribute():
    bad = {"image/png": 'AAAA" onerror="alert(1)'}
    page = html("![x](attachment:a)", a=bad)
    assert "onerror" not in page
