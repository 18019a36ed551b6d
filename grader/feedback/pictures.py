"""The pictures in a text: kept where they are in the notebook and safe, otherwise a line says that
one is missing.

While a text is laid out, a short address stands for each picture, so that no parser reads megabytes
of base64.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

SVG = "image/svg+xml"
KINDS = ("image/png", "image/jpeg", "image/gif")
SHORT = "data:image/png;base64,"  # what mistune and nh3 let through
MISSING = (
    "<em>[a picture is missing here: it is not in the notebook, or is of a kind that is not shown]"
    "</em>"
)
BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
IN_THE_TEXT = re.compile(r"data:(image/[a-z+]+);base64,([A-Za-z0-9+/=]+)")
ATTACHED = re.compile(
    r"""(?P<before>\]\(\s*|\bsrc\s*=\s*)
    (?:attachment:(?P<bare>[^\s)>"']+)
    | <attachment:(?P<angle>[^>\n]+)>
    | "attachment:(?P<double>[^"\n]+)"
    | 'attachment:(?P<single>[^'\n]+)')""",
    re.VERBOSE,
)
IMAGE = re.compile(r"""<img((?:\s+[a-z-]+="[^"]*")*)\s*/?>""")
LARGEST_SVG, MOST_SHAPES = 1_000_000, 50_000  # bytes; shapes drawn, each as often as it is used
ALIVE = {"script", "foreignObject", "image", "feImage", "animate", "set", "filter"}


class Pictures:
    """Those of one text. attachments: of its cell, {name: {MIME type: base64}}."""

    def __init__(self, attachments: Mapping[str, Mapping[str, Any]]):
        self.attachments = {unquote(name): forms for name, forms in attachments.items()}
        self.kept: dict[str, str] = {}

    def set_aside(self, text: str) -> str:
        """The text with a short address for each picture that is shown."""
        text = IN_THE_TEXT.sub(lambda found: self.address(found[1], found[2]) or "missing", text)
        return ATTACHED.sub(self.attached, text)

    def attached(self, found: re.Match[str]) -> str:
        name = found["bare"] or found["angle"] or found["double"] or found["single"]
        forms = self.attachments.get(unquote(name), {})
        addresses = (self.address(kind, data) for kind, data in forms.items())
        address = next(filter(None, addresses), "missing")
        return f'{found["before"]}"{address}"' if "src" in found["before"] else f"]({address}"

    def address(self, kind: str, data: Any) -> str | None:
        """A short address for a picture; None where it is not shown."""
        data = "".join("".join(data).split()) if isinstance(data, (str, list)) else ""
        if not BASE64.fullmatch(data) or not (kind in KINDS or kind == SVG and is_drawing(data)):
            return None
        address = SHORT + secrets.token_hex(16)
        self.kept[address] = f"data:{kind};base64,{data}"
        return address

    def put_back(self, html: str) -> str:
        """Clean HTML with its pictures. What has no picture says so."""

        def image(found: re.Match[str]) -> str:
            return found[0] if 'src="data:' in found[1] else MISSING

        pieces = re.split(f"({SHORT}[0-9a-f]{{32}})", IMAGE.sub(image, html))
        return "".join(self.kept.get(piece, piece) for piece in pieces)


def is_drawing(data: str) -> bool:
    """Whether base64 is an SVG picture of shapes alone, few enough for a browser to draw."""
    try:
        text = base64.b64decode(data, validate=False)
        if len(text) > LARGEST_SVG or b"<!ENTITY" in text:
            return False
        root = ElementTree.fromstring(text)
        names = {one.tag.rpartition("}")[2] for one in root.iter()}
        return root.tag.endswith("svg") and not names & ALIVE and shapes(root) <= MOST_SHAPES
    except (binascii.Error, ValueError, ElementTree.ParseError, RecursionError):
        return False


def shapes(root: ElementTree.Element) -> int:
    """How many elements a drawing has when each `use` is replaced by what it uses; too many where
    one uses itself."""
    by_id = {one.get("id"): one for one in root.iter() if one.get("id")}
    counted: dict[ElementTree.Element, int] = {}

    def count(element: ElementTree.Element) -> int:
        if element not in counted:
            counted[element] = MOST_SHAPES + 1  # until it is known: it uses itself
            number = 1 + sum(map(count, element))
            if element.tag.endswith("use"):
                link = next((value for key, value in element.items() if key.endswith("href")), "")
                used = by_id.get(link.removeprefix("#"))
                number += count(used) if used is not None else 0
            counted[element] = number
        return counted[element]

    return count(root)
