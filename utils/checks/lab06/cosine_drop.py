"""Is `cosine_drop(step, end, fraction)` half a wave from `fraction` to 0, and 0 from then on?"""

from math import cos, pi, sin

from utils.checks.lab06.layers import call, number
from utils.checks.report import fail, passed

CHECK = "check_cosine_drop"


def check_cosine_drop(answer) -> None:
    """`answer(step, end, fraction)` returns the fraction of the connections to move."""
    for step, end, fraction in (
        (25, 100, 0.3),
        (0, 100, 0.3),
        (50, 100, 0.3),
        (99, 100, 0.3),
        (100, 100, 0.3),
        (130, 100, 0.3),
        (200, 100, 0.3),
        (0, 750, 0.5),
        (250, 750, 0.5),
        (1000, 750, 0.5),
        (3, 7, 1.0),
        (10, 7, 0.1),
        (14, 7, 0.1),
    ):
        tried, right = f"step {step} of {end}, fraction {fraction}", half_wave(step, end, fraction)
        got = number(CHECK, tried, call(CHECK, tried, answer, step, end, fraction), f"{right:.4g}")
        if not abs(got - right) < 1e-6:
            fail(CHECK, tried, f"{right:.4g}", f"{got:.4g}", _mistake(got, step, end, fraction))
    passed(CHECK, "the start, the middle, the end, and after it")


def half_wave(step: int, end: int, fraction: float) -> float:
    """The right answer, by the half angle: (1 + cos x) / 2 is the square of cos(x / 2)."""
    return fraction * cos(pi * step / end / 2) ** 2 if step < end else 0.0


def _mistake(got: float, step: int, end: int, fraction: float) -> str:
    turn = pi * step / end
    if step >= end:
        return "From `end` on nothing moves any more: 0. The cosine alone would rise again."
    for words, value in {
        "Half of the fraction times (1 + cos): at step 0 that is the fraction itself.": fraction
        * (1 + cos(turn)),
        "A sine begins in the middle of the wave.": fraction / 2 * (1 + sin(turn)),
        "1 + cos goes from 2 to 0. Without the 1 it becomes negative half way.": fraction
        * cos(turn),
        "1 + cos goes from 2 to 0. Without the 1 it becomes negative half way: fraction / 2 * (1 + cos).": fraction
        / 2
        * cos(turn),
        "That rises: it begins with the fraction, and ends at 0.": fraction / 2 * (1 - cos(turn)),
        "A whole wave: after `end` steps the angle is pi, not 2 pi.": fraction
        / 2
        * (1 + cos(2 * turn)),
        "The angle at `end` is pi. It looks as if pi were missing.": fraction
        / 2
        * (1 + cos(step / end)),
        "math.cos takes radians: the angle at `end` is pi, not 180.": fraction
        / 2
        * (1 + cos(180 * step / end)),
        "That is a straight line.": fraction * (1 - step / end),
        "The brackets: fraction / 2 multiplies the sum 1 + cos.": fraction / 2 + cos(turn),
        "That is a quarter of a wave, half of one is asked for: fraction / 2 * (1 + cos(pi step / end)).": fraction
        * cos(turn / 2),
        "That is the fraction, as at step 0. Is there a // where a / should be?": fraction,
    }.items():
        if abs(got - value) < 1e-6:
            return words
    return ""
