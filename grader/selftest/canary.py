"""One thing that must not work in a box, and the result of trying it."""

from dataclasses import dataclass

MARKER = "COURSE_CANARY"  # a variable of the environment that no box may see
PATIENCE = 120  # seconds that the canaries of a back-end may take


@dataclass(frozen=True)
class Canary:
    """One thing that must not work in a box. seen: what happened, in a few words."""

    name: str
    closed: bool
    seen: str


class NoBox(Exception):
    """No box of this kind was tried to the end; the text says why."""


class NotHere(NoBox):
    """This machine has no such box."""
