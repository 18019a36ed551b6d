"""Whose notebook is it? What learning platforms call the files of a download.

Known are loose files login_LAB.ipynb, folders by login, and the names of four platforms:

    Canvas       lastfirst_LATE_12345_67890_LAB-1.ipynb, anon_AbCdE_67890_LAB.ipynb
    Moodle       First Last_12345_assignsubmission_file_/LAB.ipynb
    Blackboard   COLUMN_login_attempt_2026-11-03-23-59-00_LAB.ipynb
    Brightspace  12345-67890 - First Last - Nov 3, 2026 1159 PM/LAB.ipynb

Only what the platform itself writes counts: the first folder, or the name of a loose file. A name
that two of them could have written says nothing.
"""

import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

CANVAS, MOODLE, BLACKBOARD, BRIGHTSPACE = "Canvas", "Moodle", "Blackboard", "Brightspace"
ANONYMOUS = "Canvas, anonymous"

# Moodle writes no underscore into a name, and Canvas none with a number behind it
OF_MOODLE = re.compile(
    r"(?P<name>[^_]+)_(?P<number>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?", re.ASCII
)
OF_CANVAS = re.compile(
    r"(?P<name>(?!LATE_)(?:(?!\d+_)[^_]*_)+?)(?P<late>LATE_)?(?P<number>\d+)_(?P<upload>\d+)_"
    r"(?P<file>.+)",
    re.ASCII,
)
OF_ANONYMOUS = re.compile(
    r"(?P<late>LATE_)?anon_(?:LATE_)?(?P<number>[A-Za-z0-9]{5})_(?P<upload>\d+)_(?P<file>.+)",
    re.ASCII,
)
OF_BLACKBOARD = re.compile(r"(?P<login>.+)_attempt_(?P<time>\d{4}(?:-\d\d){5})_?(?P<file>.*)")
OF_BRIGHTSPACE = re.compile(
    r"(?P<number>\d+)-\d+ - (?P<name>.+) - (?P<time>[^-]*\d{4}[^-]*)", re.ASCII
)
MARK_OF_MOODLE = "_assignsubmission_"
FILES = {
    CANVAS: OF_CANVAS,
    ANONYMOUS: OF_ANONYMOUS,
    MOODLE: OF_MOODLE,
    BLACKBOARD: OF_BLACKBOARD,
}
FOLDERS = {MOODLE: OF_MOODLE, BRIGHTSPACE: OF_BRIGHTSPACE}
TIMES = {BLACKBOARD: "%Y-%m-%d-%H-%M-%S", BRIGHTSPACE: "%b %d, %Y %I%M %p"}
NO_NAME = re.compile(r'[*?\[\]/\\:"<>|\s]+')
LONGEST = 100


@dataclass(frozen=True)
class Claim:
    """Whose file it is, as its path says it. file: the student's own name for it; login: where the
    path has one, else the platform's name and number; late, time: the platform's own word; page:
    what comes before the name of a page that goes back to the platform."""

    file: str
    platform: str | None = None
    login: str | None = None
    name: str | None = None
    number: str | None = None
    upload: int | None = None
    late: bool | None = None
    time: datetime | None = None
    page: str | None = None


def claim(parts: Sequence[str], lab: str) -> Claim | str:
    """The Claim of a path within a download, as a tuple of names, or the reason why it says
    nothing."""
    *folders, file = parts
    top = folders[0] if folders else file
    found = written_by(top, FOLDERS if folders else FILES)
    names: list[str] = [*found]
    if MARK_OF_MOODLE in top and MOODLE not in found:
        names.append(MOODLE)
    if len(names) > max(len(found), 1) or len(found) > 1:
        return f"both {' and '.join(names)} could have named it so: nothing was guessed"
    if names and not found:
        return f"it looks like a name of {MOODLE}, but is not one: nothing was guessed"
    for platform, fields in found.items():
        return of_platform(platform, fields, top, file if folders else None)
    if folders:
        if inner := [name for name in folders[1:] if written_by(name, FOLDERS)]:
            return f"is it of {folders[0]} or of {inner[0]}? nothing was guessed"
        return Claim(file, login=folders[0]) if len(folders) <= 2 else unsaid(lab)
    loose = re.match(rf"(?P<name>.+)_{re.escape(lab)}(?P<rest>\W.*)$", file)
    return Claim(f"{lab}{loose['rest']}", login=loose["name"]) if loose else unsaid(lab)


def unsaid(lab: str) -> str:
    return f"its name does not say whose it is: rename it to LOGIN_{lab}.ipynb, or give a --pattern"


def written_by(name: str, forms: dict[str, re.Pattern[str]]) -> dict[str, dict[str, str | None]]:
    """The platforms that could have written this name, and what each would mean by it."""
    fits = {platform: pattern.fullmatch(name) for platform, pattern in forms.items()}
    return {platform: found.groupdict() for platform, found in fits.items() if found}


def of_platform(platform: str, fields: dict[str, str | None], top: str, inner: str | None) -> Claim:
    file = inner or fields.get("file") or top
    own = fields.get("file")
    page = f"{top}/" if inner else top.removesuffix(own or "")
    time = None
    with suppress(KeyError, ValueError):
        time = datetime.strptime((fields.get("time") or "").strip(), TIMES[platform])
    return Claim(
        file,
        CANVAS if platform == ANONYMOUS else platform,
        fields.get("login"),
        (fields.get("name") or "").rstrip("_") or None,
        fields.get("number"),
        int(fields["upload"] or 0) if "upload" in fields else None,
        "LATE_" in page if "late" in fields else None,
        time.astimezone() if time else None,
        page,
    )


def is_wrapped(paths: Sequence[Sequence[str]], lab: str) -> bool | None:
    """Whether all of these paths lie in one folder round the whole download; None when that folder
    may as well be a student.

    paths: those of notebooks, as tuples of names.
    """
    tops = {parts[0] for parts in paths if len(parts) > 1}
    if (
        len(tops) != 1
        or any(len(parts) == 1 for parts in paths)
        or any(written_by(top, FOLDERS) for top in tops)
    ):
        return False
    below = {parts[1] for parts in paths if len(parts) > 2}
    loose = {parts[1] for parts in paths if len(parts) == 2}
    if (
        any(isinstance(claim((name,), lab), Claim) for name in loose)
        or any(written_by(name, FOLDERS) for name in below)
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
