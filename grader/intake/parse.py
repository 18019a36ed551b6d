"""The bytes of an untrusted notebook, as plain cells.

Of a file only the texts of its cells, their kinds, ids, nbgrader's metadata and pasted pictures are
used, each checked for its type; outputs and everything else are dropped. So the number of its
format matters little: whatever has cells (or the worksheets of format 3 and before) is read. The
kernel matters even less: a lab is graded as Python, and Python written under the wrong kernel keeps
its marks, while another language fails cell by cell, under a warning.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

MOST_VALUES = 5_000_000  # lists, objects and numbers of a file, of which each takes memory
MOST_CELLS = 2_000
MOST_CODE = 1_000_000  # characters in code cells
MOST_TEXT = 20_000_000  # characters in all cells, pictures included
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/svg+xml")
NO_TEXT = re.compile("[\0\ud800-\udfff]")
STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)


class Unreadable(Exception):
    """A file is not a notebook; the text says why, in one sentence."""


@dataclass(frozen=True)
class Cell:
    """kind: code, markdown or raw; marks: nbgrader's metadata, empty where there are none;
    attachments: pasted pictures."""

    kind: str
    text: str
    id: str | None = None
    marks: dict = field(default_factory=dict)
    attachments: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Notebook:
    cells: list
    warnings: tuple = ()
    remarks: tuple = ()


def parse(content: bytes, name: str) -> Notebook:
    """The Notebook in these bytes; Unreadable, with the line that is wrong, when there is none.
    name: of the file."""
    text, remarks = decoded(content, name)
    tree = loaded(text, name)
    raw = raw_cells(tree)
    if raw is None:
        raise Unreadable(f"{name} is JSON, but not a notebook: it has no list of cells")
    if len(raw) > MOST_CELLS:
        raise Unreadable(f"{name} has more than {MOST_CELLS} cells")
    cells = [plain(cell) for cell in raw if isinstance(cell, dict)]
    check_size(cells, name)
    broken = (
        len(raw) - len(cells) + sum(not has_text(cell) for cell in raw if isinstance(cell, dict))
    )
    warnings = [f"{broken} damaged cell{'s' if broken > 1 else ''} without text"] if broken else []
    return Notebook(
        cells, tuple(warnings + of_format(tree) + of_kernel(tree)), tuple(remarks + converted(tree))
    )


# --- from bytes to a tree of JSON ----------------------------------------------------------------


def decoded(content: bytes, name: str) -> tuple[str, list[str]]:
    """(the text, remarks): UTF-8 with or without a mark at its start, UTF-16 or UTF-32."""
    encoding = json.detect_encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{name} is not text in UTF-8: line {line}") from None
    if not text.strip(" \t\r\n\0"):
        raise Unreadable(f"{name} is empty")
    return text, [] if encoding.startswith("utf-8") else [f"read as {encoding.upper()}"]


def loaded(text: str, name: str) -> Any:
    """The JSON in a text."""
    # a text of n characters has at most n values; strings are looked at only where that does not
    # settle it
    if len(text) > MOST_VALUES and values(text) > MOST_VALUES:
        raise Unreadable(f"{name} holds more than {MOST_VALUES:,} values: clear its outputs")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(f"{name} is not JSON: {where(text, error.lineno)}") from None
    except RecursionError:
        raise Unreadable(f"{name} is nested too deeply to be a notebook") from None
    except ValueError:
        raise Unreadable(f"{name} contains a number with thousands of digits") from None


def values(text: str) -> int:
    """About how many lists, objects and members of them a text of JSON has."""
    bare = STRING.sub("", text)
    return sum(bare.count(sign) for sign in "[{,")


def where(text: str, number: int) -> str:
    """The line that is wrong: that of git's marks when there are some, else the one where reading
    stopped."""
    if mark := CONFLICT.search(text):
        return (
            f"line {text.count(chr(10), 0, mark.start()) + 1} is a conflict mark of git, {mark[1]}"
        )
    return f"line {number}" + (" (it is a web page)" if text.lstrip().startswith("<") else "")


# --- from a tree to cells ------------------------------------------------------------------------


def raw_cells(tree: Any) -> list[Any] | None:
    """The list of cells, of all worksheets in formats before 4; None when there is no such list."""
    tree = as_dict(tree)
    if isinstance(tree.get("cells"), list):
        return tree["cells"]
    sheets = tree.get("worksheets")
    lists = [as_dict(sheet).get("cells") for sheet in sheets] if isinstance(sheets, list) else []
    return [cell for cells in lists if isinstance(cells, list) for cell in cells] if lists else None


def plain(raw: dict[str, Any]) -> Cell:
    """A Cell; a text that is missing or no text is taken for empty, an unknown kind for raw."""
    kind, text = raw.get("cell_type"), text_of(raw_text(raw))
    if kind == "heading":
        level = raw.get("level")
        kind, text = (
            "markdown",
            f"{'#' * level if isinstance(level, int) and 0 < level < 7 else '#'} {text}",
        )
    if kind not in ("code", "markdown", "raw"):
        kind = "code" if isinstance(raw.get("outputs"), list) else "raw"
    marks = as_dict(as_dict(raw.get("metadata")).get("nbgrader"))
    name = raw.get("id")
    return Cell(
        kind, text, name if isinstance(name, str) else None, marks, pictures(raw.get("attachments"))
    )


def raw_text(raw: dict[str, Any]) -> Any:
    """What a cell has for a text; formats before 4 called that of code its input."""
    return raw["source"] if "source" in raw else raw.get("input")


def has_text(raw: dict[str, Any]) -> bool:
    source = raw_text(raw)
    return (
        isinstance(source, str)
        or isinstance(source, list)
        and all(isinstance(line, str) for line in source)
    )


def text_of(source: Any) -> str:
    """A text in one piece, lines ended by \\n, with no character that UTF-8 or Python's source
    cannot hold."""
    lines = [source] if isinstance(source, str) else source if isinstance(source, list) else []
    text = "".join(line for line in lines if isinstance(line, str))
    return NO_TEXT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Those attachments that are pictures: {name: {MIME type: base64}}."""
    found = {}
    for name, forms in as_dict(attachments).items():
        kept = {
            kind: text_of(data)
            for kind, data in as_dict(forms).items()
            if kind in PICTURES and is_base64(text_of(data))
        }
        if kept:
            found[text_of(name)] = kept
    return found


def is_base64(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9+/=\s]+", text) is not None


def as_dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def check_size(cells: list[Cell], name: str) -> None:
    """Unreadable for sizes that no one writes by hand: all of it would be run, shown and stored."""
    code = sum(len(cell.text) for cell in cells if cell.kind == "code")
    everything = sum(
        len(cell.text)
        + sum(len(data) for forms in cell.attachments.values() for data in forms.values())
        for cell in cells
    )
    if code > MOST_CODE:
        raise Unreadable(f"{name} has more than {MOST_CODE:,} characters of code")
    if everything > MOST_TEXT:
        raise Unreadable(
            f"{name} has more than {MOST_TEXT:,} characters in its cells, pictures included"
        )


# --- what to say of the file as a whole ----------------------------------------------------------


def converted(tree: dict[str, Any]) -> list[str]:
    if isinstance(tree.get("cells"), list):
        return []
    number = tree.get("nbformat")
    return [
        "converted from "
        + (
            f"notebook format {number}"
            if type(number) is int and number in (1, 2, 3)
            else "an old notebook format"
        )
    ]


def of_format(tree: dict[str, Any]) -> list[str]:
    number = tree.get("nbformat")
    return (
        [f"written in notebook format {number}, read as format 4"]
        if isinstance(number, int) and 4 < number < 1000
        else []
    )


def of_kernel(tree: dict[str, Any]) -> list[str]:
    """A warning when the notebook was made for another language; what it does not say is taken for
    Python."""
    metadata = as_dict(tree.get("metadata"))
    kernel, language = (
        as_dict(metadata.get("kernelspec")),
        as_dict(metadata.get("language_info")).get("name"),
    )
    language = kernel.get("language") or language
    if not isinstance(language, str) or language.lower().startswith(("python", "ipython")):
        return []
    name = kernel.get("name")
    return [
        (
            "written for the kernel "
            f"{printable(name if isinstance(name, str) and name else language)}, graded as Python"
        )
    ]


def printable(text: str, most: int = 60) -> str:
    """A name that someone else chose, made fit for a sentence."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"
