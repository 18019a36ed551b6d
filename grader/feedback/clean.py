"""A submission as a page that is safe to open: no script survives, nothing is fetched, formulas are
MathML.

Used for the feedback and for formgrader's page of a submission, which runs with the instructor's
rights. nbconvert's own SanitizeHTML cleans markdown before it is rendered, which garbles `a < b`
and code; here the rendered HTML is cleaned instead, with nh3.
"""

import re
import secrets
from html import escape
from typing import Any

import math_core
import nh3
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from grader.feedback import bounds
from grader.feedback.pictures import Pictures

PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,")
SHOWN = ("text/plain", "text/html", "text/markdown", "image/png", "image/jpeg")
ALIVE = {  # what needs a running notebook, and the words that stand in its place
    "application/vnd.plotly.v1+json": "a figure",
    "application/vnd.jupyter.widget-view+json": "sliders or other controls",
}
FORMULA = re.compile(r"(?<![\\$])(\$\$?)(?!\$)(.+?)(?<!\\)\1", re.DOTALL)
CODE = re.compile(r"(<(code|pre)\b.*?</\2>)", re.DOTALL | re.IGNORECASE)


def keep_attribute(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, None to drop it: no picture is fetched from elsewhere."""
    if tag == "img" and name == "src" and not value.startswith(PICTURES):
        return None
    return value


CLEANER = nh3.Cleaner(
    tags=nh3.ALLOWED_TAGS,
    attributes={
        **nh3.ALLOWED_ATTRIBUTES,
        "*": {"class", "title"},
        "details": {"open"},
        "td": {"colspan", "rowspan", "align"},
    },
    attribute_filter=keep_attribute,
    url_schemes={"http", "https", "mailto", "data"},
)


def clean(html: str) -> str:
    """HTML without anything that runs or fetches."""
    return CLEANER.clean(html)


def mathml(tex: str, display: bool) -> str:
    """A LaTeX formula as MathML, or as it was written when it cannot be read or is too long.
    display: on a line by itself."""
    try:
        if len(tex) > bounds.FORMULA:  # math_core recurses, and ends the process at some depth
            raise math_core.LatexError("too long")
        return math_core.LatexToMathML().convert_with_local_state(tex, displaystyle=display)
    except math_core.LatexError:
        sign = "$$" if display else "$"
        return f"<code>{escape(sign + tex + sign)}</code>"


class Renderer(IPythonRenderer):
    """nbconvert's renderer; formulas are set aside as MathML, an element that no one can guess
    stands for each until the HTML is clean."""

    def __init__(self):
        super().__init__(escape=False, exclude_anchor_links=True)
        self.formulas = {}

    def set_aside(self, tex: str, display: bool) -> str:
        place = f'<i class="{secrets.token_hex(16)}"></i>'
        self.formulas[place] = mathml(tex, display)
        return place

    def put_back(self, html: str) -> str:
        parts = re.split('(<i class="[0-9a-f]{32}"></i>)', html)
        return "".join(self.formulas.get(part, part) for part in parts)

    def inline_math(self, body: str) -> str:
        return self.set_aside(body, False)

    def block_math(self, body: str) -> str:
        return self.set_aside(body, True)

    def latex_environment(self, name: str, body: str) -> str:
        return self.set_aside(f"\\begin{{{name}}}{body}\\end{{{name}}}", True)

    def block_html(self, html: str) -> str:
        """Formulas in a block of HTML (a hint in <details>), but not in its code."""
        parts = CODE.split(html)
        text = [
            FORMULA.sub(lambda found: self.set_aside(found[2], found[1] == "$$"), part)
            for part in parts[::3]
        ]
        code = parts[1::3] + [""]
        return super().block_html("".join(a + b for a, b in zip(text, code, strict=True)))

    def _embed_image_or_attachment(self, src: str) -> str:
        return src  # pictures are set aside; nbconvert gives up on a page where one is missing


@pass_context
def markdown_to_html(context: Any, source: str) -> str:
    """The jinja filter `markdown2html`: clean HTML of a markdown cell (or of a comment), formulas
    as MathML; a text that no parser should see, or that none can read, as it was written."""
    pictures = Pictures(context.get("cell", {}).get("attachments", {}))
    short = pictures.set_aside(source)
    if len(short) > bounds.MARKDOWN:
        return bounds.as_written(source)
    renderer = Renderer()
    try:
        html = MarkdownWithMath(renderer=renderer).render(bounds.few_blanks(short))
        return pictures.put_back(renderer.put_back(clean(html)))
    except Exception:
        return bounds.as_written(source)


class CleanCells(Preprocessor):
    """Of outputs only text, tables and pictures are kept; HTML in them and in raw cells is
    cleaned."""

    enabled = True

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "raw":
            cell.source = clean(cell.source)
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = shown(output.data)
                output.metadata = {}
        return cell, resources


def shown(data: dict[str, Any]) -> dict[str, Any]:
    """Of the forms of an output those that a page can show. data: by MIME type."""
    for kind, name in ALIVE.items():
        if kind in data:
            return {"text/html": f"<p><i>[{name}: open the notebook to see it]</i></p>"}
    return {
        kind: clean(value) if kind == "text/html" else value
        for kind, value in data.items()
        if kind in SHOWN
    }
