"""Whose notebook is it? What learning platforms call the files of a download.

Known are loose files login_LAB.ipynb, folders by login, Moodle's "First
Last_12345_assignsubmission_file_/" (and its loose files of that name) and Canvas's
"lastfirst_LATE_12345_67890_LAB-1.ipynb". Their numbers stay in the student's id, so that two
students of one name stay two: First_Last_12345, lastfirst_12345.
"""

import re
import unicodedata
from collections.abc import Sequence

MOODLE = re.compile(r"^(?P<name>.+)_(?P<number>\d+)_assignsubmission_file_?(?P<file>.*)$")
CANVAS = re.compile(r"^(?P<name>[^_]+)_(?:LATE_)?(?P<number>\d+)_\d+_(?P<file>.+)$")
NO_NAME = re.compile(r'[*?\[\]/\\:"<>|\s]+')
LONGEST = 100


def owner(parts: Sequence[str], lab: str, wrapped: bool) -> tuple[str | None, str]:
    """(the student as the platform names them, the name of their file) of a path; None for the
    student when it does not tell.

    parts: the names that make up the path, the file last; wrapped: whether the first is a folder
    round the whole download.
    """
    folders, file = list(parts[wrapped:-1]), parts[-1]
    for folder in folders:
        if found := MOODLE.match(folder):
            return f"{found['name']}_{found['number']}", file
    for pattern in (MOODLE, CANVAS):
        if not folders and (found := pattern.match(file)):
            return f"{found['name']}_{found['number']}", found["file"]
    if folders:
        return (folders[0] if len(folders) <= 2 else None), file
    loose = re.match(rf"(?P<name>.+)_{re.escape(lab)}(?P<rest>\W.*)$", file)
    return (loose["name"], f"{lab}{loose['rest']}") if loose else (None, file)


def is_wrapped(paths: Sequence[Sequence[str]], lab: str) -> bool | None:
    """Whether all of these paths lie in one folder round the whole download; None when that folder
    may as well be a student.

    paths: those of notebooks, as tuples of names.
    """
    tops = {parts[0] for parts in paths if len(parts) > 1}
    if (
        len(tops) != 1
        or any(len(parts) == 1 for parts in paths)
        or any(MOODLE.match(top) for top in tops)
    ):
        return False
    below = {parts[1] for parts in paths if len(parts) > 2}
    loose = {parts[1] for parts in paths if len(parts) == 2}
    if (
        any(owner((name,), lab, False)[0] for name in loose)
        or any(MOODLE.match(name) for name in below)
        or len(below) > 1
    ):
        return True
    return None if below - {lab} and not loose else False


def safe(name: str) -> str | None:
    """A name that a folder may have on every system and that nbgrader can read; None when nothing
    is left of it."""
    text = unicodedata.normalize("NFC", name)
    text = NO_NAME.sub(
        "_",
        "".join(
            letter if letter.isprintable() or letter.isspace() else "_" for letter in text.strip()
        ),
    )
    return text[:LONGEST].lstrip(".").rstrip(". ") or None
