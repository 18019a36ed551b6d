"""Is `cubic(sparsity)` the schedule of Zhu and Gupta (2017): s (1 - (1 - t)^3)?

| the statement | the case that asks it |
|---|---|
| s_f (1 - (1 - t)^3), as a function of t | 0.8, 0.95, 0, 1; hidden: random ones |
| before 0 as at 0, after 1 as at 1 | t = -2, -0.5, 1.7, 3; hidden: just outside, and far |
| ValueError below 0, above 1 and for NaN | when the schedule is made; hidden: just outside, inf |
"""

import math

from utils.checks.compare import as_number
from utils.checks.exercise import Case, Exercise, Outcome, case, refused, steps

FUNCTION = (
    "cubic(sparsity) returns a function of t. Return it without calling it: `return lambda t: ...`."
)
OUTSIDE = "A sparsity outside [0, 1], or NaN, is refused when the schedule is made."
NEITHER = "`sparsity < 0 or sparsity > 1` lets NaN pass: `not 0 <= sparsity <= 1` catches it."


@steps
def cubic_with(
    clamp=lambda t: min(1.0, max(0.0, t)),
    curve=lambda t: 1 - (1 - t) ** 3,
    final=lambda sparsity: sparsity,
    accepted=lambda sparsity: 0 <= sparsity <= 1,
):
    def cubic(sparsity):
        if not accepted(sparsity):
            raise ValueError(sparsity)
        return lambda t: final(sparsity) * curve(clamp(t))

    return cubic


right = cubic_with()

MISTAKES = [
    ("That is the linear schedule.", cubic_with(curve=lambda t: t)),
    (
        "t cubed is slow first and fast at the end. The cubic schedule is its mirror image.",
        cubic_with(curve=lambda t: t**3),
    ),
    (
        "That falls from the final sparsity to 0: it is 1 minus this that is wanted.",
        cubic_with(curve=lambda t: (1 - t) ** 3),
    ),
    ("The exponent is 3.", cubic_with(curve=lambda t: 1 - (1 - t) ** 2)),
    ("3 is an exponent, `** 3`: not a factor.", cubic_with(curve=lambda t: 1 - (1 - t) * 3)),
    ("It must end at the sparsity asked for, not at 1.", cubic_with(final=lambda s: 1)),
    ("That is one-shot pruning: the final sparsity at once.", cubic_with(curve=lambda t: 1)),
    (
        "Before t = 0 and after t = 1 the sparsity stays where it is: clamp t to [0, 1].",
        cubic_with(clamp=lambda t: t),
    ),
    ("Before t = 0 it stays at 0: clamp t there too.", cubic_with(clamp=lambda t: min(1.0, t))),
    (
        "After t = 1 it stays where it is: clamp t there too.",
        cubic_with(clamp=lambda t: max(0.0, t)),
    ),
    (FUNCTION, lambda sparsity: right(sparsity)(0.5)),
    (OUTSIDE, cubic_with(accepted=lambda sparsity: True)),
    (NEITHER, cubic_with(accepted=lambda sparsity: not (sparsity < 0 or sparsity > 1))),
]


def cases(generator) -> list[Case]:
    return [
        *(
            case(f"cubic({final})({t})", sparsity=final, t=t)
            for final in (0.8, 0.95, 0.0, 1.0)
            for t in (0.25, 0, 1, 0.1, 0.5, 0.9, -0.5, 1.7, -2, 3)
        ),
        *(
            refused(f"cubic({bad})", ValueError, why, sparsity=bad, t=None)
            for bad, why in ((-0.1, OUTSIDE), (1.5, OUTSIDE), (math.nan, NEITHER))
        ),
    ]


def asked(answer, sparsity, t):
    schedule = answer(sparsity)
    return schedule if t is None else schedule(t)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, f"{expected.returned:.4g}", f"{float(got.returned):.4g}"


check_cubic = Exercise(
    name="cubic",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="both ends, values in between, before and after, bad input",
    ask=asked,
    read=lambda outcome, case: as_number(outcome.returned, "a number: the sparsity at t"),
    show=show,
    hints={"object is not callable": FUNCTION},
)
