"""How much of a submission a page shows, and how much of it is laid out: what is longer is cut, or
shown as it was written, before anything parses it."""

import re
from html import escape
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

PLAIN_TEXT = 20_000  # characters of a text that is shown as it was written
MARKDOWN, FORMULA, LINE = 20_000, 4_000, 5_000  # characters that are laid out
CODE, HTML = 100_000, 400_000
PICTURE = 8_000_000  # characters in base64
BLANKS = re.compile(r"([ \t]{100})[ \t]+")
NO_COLOUR = re.compile("\x1b\\[[^@-~]{60,}[@-~]?")  # a terminal's sequence that sets none


def cut(text: str, most: int) -> str:
    """The beginning of a text, with a line that says what is missing."""
    left = len(text) - most
    return text if left <= 0 else f"{text[:most]}\n[... {left:,} more characters are not shown]"


def as_written(text: str) -> str:
    """Any text as HTML that shows it, whatever it contains."""
    return f"<pre>{escape(cut(text, PLAIN_TEXT))}</pre>"


def few_blanks(text: str) -> str:
    """The text with no more than a hundred blanks in a row: parsers need time for their square."""
    return BLANKS.sub(r"\1", text)


def can_be_highlighted(source: str) -> bool:
    """Whether code is of a size that people write."""
    return len(source) <= CODE and max(map(len, source.splitlines()), default=0) <= LINE


class Bounded(Preprocessor):
    """Cuts what cells show to what can be laid out."""

    enabled = True

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "raw":
            cell.source = cut(cell.source, MARKDOWN)
        for output in cell.get("outputs", []):
            if "text" in output:
                output.text = shown(output.text)
            if "traceback" in output:
                output.traceback = [shown(line) for line in output.traceback]
            for kind, value in list(output.get("data", {}).items()):
                if isinstance(value, str) and len(value) > most_of(kind):
                    del output.data[kind]
                    words = f"[too large to show here: {len(value):,} characters of {kind}]"
                    output.data.setdefault("text/plain", words)
                elif kind == "text/plain":
                    output.data[kind] = shown(value)
        return cell, resources


def most_of(kind: str) -> int:
    """The most characters of a form of an output."""
    if kind.startswith("image/"):
        return PICTURE
    return {"text/plain": 10 * HTML, "text/html": HTML}.get(kind, MARKDOWN)


def shown(text: str) -> str:
    return cut(NO_COLOUR.sub("", text), CODE)
