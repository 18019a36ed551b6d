"""What the doctor finds: rows, and how they are printed."""

import sys
from collections.abc import Iterable
from typing import NamedTuple

from bootstrap.console import CALL, say
from bootstrap.process import HERE


class Row(NamedTuple):
    """what was looked at, what was found, whether it is in order, and one line that fixes it.

    An optional thing that is missing is ok and still has its line.
    """

    what: str
    found: str
    ok: bool = True
    fix: str = ""


def show(rows: Iterable[Row]) -> list[Row]:
    """Prints the rows. Returns those that are not ok."""
    rows = list(rows)
    width = max(20, *(len(row.what) for row in rows))
    for row in rows:
        say(f"{'ok' if row.ok else '!!'}  {row.what:{width}}  {row.found}")
        if row.fix:
            say(f"    {'':{width}}  -> {row.fix}")
    return [row for row in rows if not row.ok]


def in_venv() -> bool:
    """True when this program runs in the course's .venv."""
    return (HERE / ".venv").resolve().samefile(sys.prefix) if (HERE / ".venv").exists() else False


def how_to_install(requirement: str, again: bool = False) -> str:
    """The line that installs one package into the Python that runs now.

    again: also where it is installed already, because it does not work.
    """
    if in_venv():
        return f"{CALL} doctor --repair"
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    options = "--force-reinstall --no-deps " if again else ""
    return f'{python} -m pip install {options}"{requirement}"'
