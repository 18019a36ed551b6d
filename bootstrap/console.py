"""What the user reads: plain lines, and a sentence where a problem was foreseen."""

import os

WINDOWS = os.name == "nt"
CALL = "py course.py" if WINDOWS else "python3 course.py"
GIGABYTE = 1e9


class Stop(Exception):
    """A foreseeable problem. The user sees its text alone: what happened and what to do."""


class NoNetwork(Stop):
    """pip could not reach the packages."""


def say(text: str = "") -> None:
    print(text, flush=True)
