"""The instructor's own pattern for the names of a download: `--pattern`.

A template such as "{student}_{file}" or "{any}/{number} - {student}/{file}", or a regular
expression with a group of that name, (?P<student>...). It describes the whole path of a file in
the download.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from grader.course.folders import GradingError
from grader.lms.names import Claim

FIELDS = {"student": "[^/]+", "number": r"\d+", "file": "[^/]+", "any": ".*"}
FIELD = re.compile(r"\{(\w+)\}")
MOST_READINGS = 1000


class Pattern:
    """What `names` is for known platforms, for one that the instructor knows."""

    def __init__(self, text: str):
        self.text = text
        self.is_template = "(?P<" not in text
        fields = FIELD.findall(text) if self.is_template else [*self.expression.groupindex]
        if unknown := sorted({*fields} - {*FIELDS}):
            raise GradingError(
                f"--pattern: there is no field {unknown[0]}. There are {', '.join(FIELDS)}."
            )
        if not {"student", "number"} & {*fields}:
            raise GradingError(
                '--pattern needs {student}, as in "{student}_{file}", or a group (?P<student>...).'
            )

    @cached_property
    def expression(self) -> re.Pattern[str]:
        try:
            return re.compile(self.text)
        except re.error as error:
            raise GradingError(f"--pattern is not a regular expression: {error}.") from None

    def claim(self, parts: Sequence[str]) -> list[Claim]:
        """Every Claim that the path can be read as: none where it does not fit the pattern, several
        where it says too little."""
        path = "/".join(parts)
        if self.is_template:
            found = itertools.islice(readings(FIELD.split(self.text), path), MOST_READINGS)
        else:
            match = self.expression.fullmatch(path)
            found = [match.groupdict()] if match else []
        claims = {
            Claim(
                parts[-1],
                login=fields.get("student") or None,
                number=fields.get("number") or None,
            )
            for fields in found
        }
        return [one for one in claims if one.login or one.number]


def readings(pieces: list[str], text: str) -> Iterator[dict[str, str]]:
    """Each way to read a text as a template. pieces: text, field, text, field, ..., text."""
    literal, *rest = pieces
    if not text.startswith(literal):
        return
    text = text.removeprefix(literal)
    if not rest:
        if not text:
            yield {}
        return
    field, *rest = rest
    ends = [place.start() for place in re.finditer(f"(?={re.escape(rest[0])})", text)]
    if rest == [""]:
        ends = [len(text)]
    for end in ends:
        if re.fullmatch(FIELDS[field], text[:end]):
            for others in readings(rest, text[end:]):
                yield {field: text[:end], **others}
