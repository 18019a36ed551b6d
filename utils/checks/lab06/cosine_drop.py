"""Is `cosine_drop(step, end, fraction)` half a wave from `fraction` to 0, and 0 from then on?

| the statement says | the case that asks it |
|---|---|
| half a wave of the fraction | steps 0, 25, 50, 99 of 100; other ends and fractions |
| 0 from the end on | at the end, just after it, twice and more of it |
"""

from math import cos, pi, sin

from utils.checks.compare import as_number
from utils.checks.exercise import Case, Exercise, Outcome, case, steps

MINUS = "1 + cos goes from 2 to 0. Without the 1 it becomes negative half way."
AFTER = "From `end` on nothing moves any more: 0. "


def right(step: int, end: int, fraction: float) -> float:
    """By the half angle: (1 + cos x) / 2 is the square of cos(x / 2)."""
    return fraction * cos(pi * step / end / 2) ** 2 if step < end else 0.0


@steps
def wave_with(
    angle=lambda step, end: pi * step / end,
    wave=lambda x, fraction: fraction / 2 * (1 + cos(x)),
    after=lambda x, fraction: 0.0,
):
    def answer(step, end, fraction):
        x = angle(step, end)
        return wave(x, fraction) if step < end else after(pi * step / end, fraction)

    return answer


MISTAKES = [
    (
        AFTER + "The cosine alone would rise again.",
        wave_with(after=lambda x, fraction: fraction / 2 * (1 + cos(x))),
    ),
    (AFTER + "This goes on below 0.", wave_with(after=lambda x, fraction: fraction * (1 - x / pi))),
    (AFTER + "This stays at the fraction.", wave_with(after=lambda x, fraction: fraction)),
    (
        "Half of the fraction times (1 + cos): at step 0 that is the fraction itself.",
        wave_with(wave=lambda x, fraction: fraction * (1 + cos(x))),
    ),
    ("The fraction is missing.", wave_with(wave=lambda x, fraction: (1 + cos(x)) / 2)),
    ("A sine begins in the middle of the wave.", wave_with(wave=lambda x, f: f / 2 * (1 + sin(x)))),
    (MINUS, wave_with(wave=lambda x, fraction: fraction * cos(x))),
    (MINUS, wave_with(wave=lambda x, fraction: fraction / 2 * cos(x))),
    (
        "That rises: it begins with the fraction, and ends at 0.",
        wave_with(wave=lambda x, fraction: fraction / 2 * (1 - cos(x))),
    ),
    (
        "A whole wave: after `end` steps the angle is pi, not 2 pi.",
        wave_with(angle=lambda step, end: 2 * pi * step / end),
    ),
    ("The angle at `end` is pi: pi is missing.", wave_with(angle=lambda step, end: step / end)),
    (
        "math.cos takes radians: the angle at `end` is pi, not 180.",
        wave_with(angle=lambda step, end: 180 * step / end),
    ),
    ("That is a straight line.", wave_with(wave=lambda x, fraction: fraction * (1 - x / pi))),
    (
        "The brackets: fraction / 2 multiplies the sum 1 + cos.",
        wave_with(wave=lambda x, fraction: fraction / 2 + cos(x)),
    ),
    (
        "That is a quarter of a wave. Half of one: fraction / 2 * (1 + cos(pi * step / end)).",
        wave_with(wave=lambda x, fraction: fraction * cos(x / 2)),
    ),
    (
        "That is the fraction, as at step 0. Is there a // where a / should be?",
        wave_with(angle=lambda step, end: pi * (step // end)),
    ),
]


def cases(generator) -> list[Case]:
    calls = [(step, 100, 0.3) for step in (25, 0, 50, 99, 100, 130, 200)]
    calls += [(step, 750, 0.5) for step in (0, 250, 1000)]
    calls += [(3, 7, 1.0), (10, 7, 0.1), (14, 7, 0.1)]
    return [
        case(f"step {step} of {end}, fraction {part}", step=step, end=end, fraction=part)
        for step, end, part in calls
    ]


def read(outcome: Outcome, case: Case) -> float:
    return as_number(outcome.returned)


check_cosine_drop = Exercise(
    name="cosine_drop",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="the start, the middle, the end, and after it",
    read=read,
    same=lambda got, expected: abs(got - expected) < 1e-6,
)
