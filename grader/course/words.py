"""Lists of names, in words."""

from collections.abc import Sequence


def listed(names: Sequence[str]) -> str:
    """the cell a; the cell a and the cell b; the cell a, the cell b and 3 more"""
    shown = names if len(names) <= 3 else [*names[:2], f"{len(names) - 2} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def points(value: float | None) -> str:
    """Points as short as they can be written: 3, 2.5; "" for None."""
    return "" if value is None else f"{round(value, 2):g}"
