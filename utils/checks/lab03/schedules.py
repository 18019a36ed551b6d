"""Is `cubic(sparsity)` the schedule of Zhu and Gupta (2017)?"""

import math

from utils.checks.report import fail, must_raise, passed, run

CHECK = "check_cubic"


def check_cubic(answer) -> None:
    """`answer(sparsity)` returns a function of t: s (1 - (1 - t)^3) in [0, 1], constant outside."""
    for final in (0.8, 0.95, 0.0, 1.0):
        schedule = run(CHECK, f"cubic({final})", answer, final)
        if not callable(schedule):
            fail(
                CHECK,
                f"cubic({final})",
                "a schedule: a function of t",
                repr(schedule),
                "cubic(sparsity) returns a function. Define it inside and return it without calling it: `return lambda t: ...`.",
            )
        for t in (0.25, 0, 1, 0.1, 0.5, 0.9, -0.5, 1.7):
            _check_value(final, t, run(CHECK, f"cubic({final})({t})", schedule, t))
    for bad in (-0.1, 1.5, math.nan):
        must_raise(
            CHECK,
            f"cubic({bad})",
            ValueError,
            answer,
            bad,
            why="A sparsity outside [0, 1] must be refused when the schedule is made.",
        )
    passed(CHECK, "both ends, values in between, before and after, bad input")


def _check_value(final: float, t: float, got) -> None:
    inside = min(1.0, max(0.0, t))
    expected = final * (1 - (1 - inside) ** 3)
    try:
        right = math.isclose(float(got), expected, abs_tol=1e-6)
    except (TypeError, ValueError):
        fail(CHECK, f"cubic({final})({t})", f"the number {expected:.4g}", repr(got))
    if right:
        return
    got = float(got)
    wrong = {
        final * inside: "That is the linear schedule.",
        final
        * inside
        ** 3: "That is t cubed: slow first and fast at the end. The cubic schedule is its mirror image, 1 - (1 - t)^3.",
        final
        * (1 - inside)
        ** 3: "That falls from the final sparsity to 0: it is 1 minus this that is wanted.",
        final
        * (
            1 - (1 - t) ** 3
        ): "Before t = 0 and after t = 1 the sparsity stays where it is: clamp t to [0, 1].",
        final * (1 - (1 - inside) ** 2): "The exponent is 3.",
        1 - (1 - inside) ** 3: "It must end at the sparsity asked for, not at 1.",
    }
    mistake = next(
        (text for value, text in wrong.items() if math.isclose(got, value, abs_tol=1e-6)), ""
    )
    fail(CHECK, f"cubic({final})({t})", f"{expected:.4g}", f"{got:.4g}", mistake)
