"""Is `exponential(sparsity)` a schedule whose density falls by the same factor in every step?"""

import math
from numbers import Real

from utils.checks.report import fail, kind_of, passed, run

CHECK = "check_exponential"
OF_T = "Return a function of t: `lambda t: ...`."
HINTS = {
    "for ^": "A power is written ** in Python.",
    "'t' is not defined": OF_T,
    "positional argument": OF_T,
}
LOGARITHM = "The logarithm of 0: (1 - sparsity) ** t needs none."


def check_exponential(answer) -> None:
    """`answer(sparsity)` returns a function of t in [0, 1]: 1 - (1 - sparsity)^t."""
    for sparsity, times in (
        (0.99, (0.5, 0.0, 1.0, 0.25)),
        (0.75, (0.5, 0.1, 1.0)),
        (0.0, (0.5, 1.0)),
        (1.0, (0.0, 0.5, 1.0)),
    ):
        schedule = run(CHECK, f"exponential({sparsity})", answer, sparsity, hints=HINTS)
        if not callable(schedule):
            fail(
                CHECK,
                f"exponential({sparsity})",
                "a function of t",
                kind_of(schedule),
                "Return the function itself: `lambda t: ...`.",
            )
        for t in times:
            _agrees(schedule, sparsity, t)
    passed(CHECK, "beginning, middle and end, four sparsities")


def _agrees(schedule, sparsity: float, t: float) -> None:
    tried, density = f"exponential({sparsity})({t})", (1 - sparsity) ** t
    got = run(CHECK, tried, schedule, t, hints=HINTS | {"math domain": LOGARITHM})
    if not isinstance(got, Real):
        fail(
            CHECK,
            tried,
            f"the number {1 - density:.4g}",
            kind_of(got),
            "The schedule ends without a `return`."
            if got is None
            else "Return a plain number: the pruning counts with it.",
        )
    if math.isclose(float(got), 1 - density, abs_tol=1e-6):
        return
    fail(
        CHECK,
        tried,
        f"{1 - density:.4g}",
        f"{float(got):.4g}",
        LOGARITHM
        if math.isnan(got)
        else next(
            (
                words
                for words, value in {
                    "That is the density. A schedule returns the sparsity, 1 minus it.": density,
                    "That is the linear schedule. Here the density falls by the same factor in every step.": sparsity
                    * t,
                    "That is the cubic schedule.": sparsity * (1 - (1 - t) ** 3),
                    "It is the density that is a power: 1 - (1 - sparsity) ** t.": sparsity**t,
                    "It is the density that is a power, (1 - sparsity) ** t. The sparsity is 1 minus it.": 1
                    - sparsity**t,
                    "t is the exponent of (1 - sparsity), not a factor.": 1 - (1 - sparsity) * t,
                    "The time runs backwards: at t = 0 nothing is pruned.": 1
                    - (1 - sparsity) ** (1 - t),
                    "At t = 1 the sparsity is reached exactly: the density is a power of (1 - sparsity), not of e.": 1
                    - math.exp(-sparsity * t),
                    "It is the final sparsity at every time.": sparsity,
                }.items()
                if math.isclose(float(got), value, abs_tol=1e-6)
            ),
            "",
        ),
    )
