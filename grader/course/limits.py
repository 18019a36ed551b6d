"""How long and how much: the limits on a submission."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds of wall time for a submission and for each of its cells; bytes of memory for all its
    processes together."""

    submission: float = 300
    cell: float = 60
    memory: int = 2 << 30
