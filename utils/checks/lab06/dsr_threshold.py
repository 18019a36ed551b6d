"""Does `dsr_threshold(threshold, dropped, target, tolerance)` rise when too few were dropped, and fall when too many?"""

from utils.checks.lab06.layers import call, number
from utils.checks.report import fail, passed

CHECK = "check_dsr_threshold"


def check_dsr_threshold(answer) -> None:
    """`answer(threshold, dropped, target, tolerance)` returns the next threshold."""
    for threshold, dropped, target, tolerance in (
        (0.001, 10, 100, 0.1),
        (0.001, 500, 100, 0.1),
        (0.001, 100, 100, 0.1),
        (0.001, 95, 100, 0.1),
        (0.001, 105, 100, 0.1),
        (0.02, 88, 100, 0.1),
        (0.02, 112, 100, 0.1),
        (0.5, 30, 40, 0.25),
        (0.5, 50, 40, 0.25),
        (0.5, 29, 40, 0.25),
        (0.5, 51, 40, 0.25),
        (0.3, 0, 40, 0.5),
        (0.3, 21, 40, 0.5),
        (0.3, 59, 40, 0.5),
        (4.0, 7, 8, 0.0),
        (4.0, 9, 8, 0.0),
    ):
        tried = f"threshold {threshold}, {dropped} dropped, target {target}, tolerance {tolerance}"
        right = next_threshold(threshold, dropped, target, tolerance)
        got = number(
            CHECK,
            tried,
            call(CHECK, tried, answer, threshold, dropped, target, tolerance),
            f"{right:g}",
        )
        if abs(got - right) > 1e-9:
            fail(
                CHECK,
                tried,
                f"{right:g}",
                f"{got:g}",
                _mistake(got, threshold, dropped, target, tolerance),
            )
    passed(CHECK, "twice, half, the same, and both edges")


def next_threshold(threshold: float, dropped: int, target: int, tolerance: float) -> float:
    """The right answer."""
    off = (dropped - target) / target
    return threshold if abs(off) <= tolerance else threshold * (0.5 if off > 0 else 2)


def _mistake(got: float, threshold: float, dropped: int, target: int, tolerance: float) -> str:
    right = next_threshold(threshold, dropped, target, tolerance)
    if right != threshold and abs(got - threshold**2 / right) < 1e-9:
        return (
            "The wrong way round: too few were dropped, so the threshold rises."
            if dropped < target
            else "The wrong way round: too many were dropped, so the threshold falls."
        )
    if right == threshold:
        return (
            "Exactly at the edge it stays: below (1 - tolerance) * target it rises, above (1 + tolerance) * target it falls."
            if abs(abs(dropped - target) - tolerance * target) < 1e-9
            else "Within the tolerance of the target it stays as it is: from (1 - tolerance) * target to (1 + tolerance) * target."
        )
    if got == threshold:
        return "It stays only within the tolerance: from (1 - tolerance) * target to (1 + tolerance) * target."
    return "Twice the threshold, or half of it."
