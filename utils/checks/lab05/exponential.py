"""Is `exponential(sparsity)` a schedule whose density falls by the same factor in every step?

| the statement says | the case that asks it |
|---|---|
| a function of t | every case |
| 1 - (1 - s)^t, for t in [0, 1] | beginning, middle, end; hidden: times that are no halves |
| for any sparsity | 0.99, 0.75, 0 and 1: no logarithm; hidden: random ones |
| a plain number | every case |
"""

import math
from numbers import Real

import torch

from utils.checks.compare import NO_RETURN, Unfit
from utils.checks.exercise import Case, Exercise, Outcome, case
from utils.checks.report import kind_of

OF_T = "Return a function of t: `lambda t: ...`."
LOGARITHM = "The logarithm of 0: (1 - sparsity) ** t needs none."


def right(sparsity: float):
    return lambda t: 1 - (1 - sparsity) ** t


MISTAKES = [
    ("That is the density. A schedule returns the sparsity.", lambda s: lambda t: (1 - s) ** t),
    (
        "That is the linear schedule. Here the density falls by the same factor in every step.",
        lambda s: lambda t: s * t,
    ),
    ("That is the cubic schedule.", lambda s: lambda t: s * (1 - (1 - t) ** 3)),
    (
        "It is the density that is a power: 1 - (1 - sparsity) ** t.",
        lambda s: lambda t: s**t,
    ),
    (
        "It is the density that is a power, (1 - sparsity) ** t. The sparsity is 1 minus it.",
        lambda s: lambda t: 1 - s**t,
    ),
    ("t is the exponent, not a factor.", lambda s: lambda t: 1 - (1 - s) * t),
    (
        "The time runs backwards: at t = 0 nothing is pruned.",
        lambda s: lambda t: 1 - (1 - s) ** (1 - t),
    ),
    (
        "The density is a power of (1 - sparsity), not of e.",
        lambda s: lambda t: 1 - math.exp(-s * t),
    ),
    ("It is the final sparsity at every time.", lambda s: lambda t: s),
    (
        "t goes from 0 to 1. It is not a number of steps.",
        lambda s: lambda t: 1 - (1 - s) ** int(t),
    ),
    ("Do not round.", lambda s: lambda t: round(1 - (1 - s) ** t, 2)),
    (LOGARITHM, lambda s: lambda t: 1 - math.exp(t * math.log(1 - s))),
    (LOGARITHM, lambda s: lambda t: 1 - float(torch.tensor(1 - s).log().mul(t).exp())),
]


def cases(generator) -> list[Case]:
    times = {
        0.99: (0.5, 0.0, 1.0, 0.25),
        0.75: (0.5, 0.1, 1.0),
        0.0: (0.5, 1.0),
        1.0: (0.0, 0.5, 1.0),
    }
    return [
        case(f"exponential({sparsity})({t})", sparsity=sparsity, t=t)
        for sparsity, each in times.items()
        for t in each
    ]


def ask(answer, sparsity, t):
    schedule = answer(sparsity)
    return schedule, schedule(t) if callable(schedule) else None


def read(outcome: Outcome, case: Case) -> float:
    schedule, value = outcome.returned
    if not callable(schedule):
        mistake = "Return the function itself: `lambda t: ...`."
        raise Unfit("a function of t", kind_of(schedule), mistake)
    if not isinstance(value, Real):
        mistake = (
            NO_RETURN if value is None else "Return a plain number: the pruning counts with it."
        )
        raise Unfit("a number", kind_of(value), mistake)
    return float(value)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, f"{read(expected, case):.4g}", f"{read(got, case):.4g}"


check_exponential = Exercise(
    name="exponential",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="beginning, middle and end, four sparsities",
    ask=ask,
    read=read,
    same=lambda got, expected: math.isclose(got, expected, abs_tol=1e-6),
    show=show,
    hints={
        "for ^": "A power is written ** in Python.",
        "'t' is not defined": OF_T,
        "positional argument": OF_T,
        "math domain": LOGARITHM,
    },
    symptoms=[(LOGARITHM, lambda case, expected, got: math.isnan(read(got, case)))],
)
