"""Is `jaccard(a, b)` the weights that both masks keep, over those that at least one keeps?

| the statement | the case that asks it |
|---|---|
| weights that both keep over weights that one keeps | equal, disjoint, random masks |
| all tensors are counted together, by name | several tensors; in another order |
| numbers 0 and 1, or False and True | True and False; hidden: whole numbers, one of each |
| 1 when neither keeps any | one tensor, two; hidden: one mask of them |
"""

from functools import partial

import torch

from utils.checks.compare import alike, as_number
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab04.tensors import BITWISE, flat, written

EMPTY = "When neither mask keeps any weight they agree entirely: return 1."


@steps
def jaccard_with(
    value=lambda both, either, a, b, n: both / either,
    empty=lambda either: 1.0 if either == 0 else None,
    pair=lambda a, b: (flat(a) != 0, flat(b, a) != 0),
):
    """value: of the numbers that both keep, either keeps, a keeps, b keeps, and of all."""

    def answer(a, b):
        x, y = pair(a, b)
        both, either = int((x & y).sum()), int((x | y).sum())
        if empty(either) is not None:
            return empty(either)
        return value(both, either, int(x.sum()), int(y.sum()), len(x))

    return answer


right = jaccard_with()


def never(either):
    return None


def mean_over_tensors(a, b):
    return sum(right({name: a[name]}, {name: b[name]}) for name in a) / len(a)


def last_tensor(a, b):
    return [right({name: a[name]}, {name: b[name]}) for name in a][-1]


MISTAKES = [
    (
        "Divide by the weights that at least one mask keeps, not by all: the others do not count.",
        jaccard_with(value=lambda both, either, a, b, n: both / n),
    ),
    (
        "Weights that neither keeps say nothing: they are not counted as agreement.",
        jaccard_with(value=lambda both, either, a, b, n: (n - either + both) / n),
    ),
    (
        "Divide by the weights that at least one keeps (a or b), not by those that a keeps.",
        jaccard_with(value=lambda both, either, a, b, n: both / max(1, a)),
    ),
    (
        "Divide by the weights that at least one keeps (a or b), not by those that b keeps.",
        jaccard_with(value=lambda both, either, a, b, n: both / max(1, b)),
    ),
    (
        "Weights that both keep count twice in the sum of the two sizes. Divide by |a or b|.",
        jaccard_with(value=lambda both, either, a, b, n: both / (a + b)),
    ),
    (
        "That is 2 |both| / (|a| + |b|), the Dice coefficient.",
        jaccard_with(value=lambda both, either, a, b, n: 2 * both / (a + b)),
    ),
    (
        "`^` counts the weights that only one of them keeps. At least one is `|`.",
        jaccard_with(value=lambda both, either, a, b, n: both / max(1, either - both)),
    ),
    (
        "That is 1 minus it: the distance, not the similarity.",
        jaccard_with(
            value=lambda both, either, a, b, n: 1 - both / either,
            empty=lambda either: 0.0 if either == 0 else None,
        ),
    ),
    (
        "That is the number of weights that both keep. Divide by those that at least one keeps.",
        jaccard_with(value=lambda both, either, a, b, n: both),
    ),
    (
        "A small number that keeps the division from failing also changes the result. Ask first "
        "whether any weight is kept.",
        jaccard_with(value=lambda both, either, a, b, n: (both + 1e-8) / (either + 1e-8)),
    ),
    (EMPTY, jaccard_with(empty=never)),
    (EMPTY, jaccard_with(empty=lambda either: 0.0 if either == 0 else None)),
    (EMPTY, jaccard_with(empty=lambda either: torch.tensor(torch.nan) if either == 0 else None)),
    (
        "That is the mean over the tensors. Count over all of them, then divide once.",
        mean_over_tensors,
    ),
    ("That is the last tensor alone. Add up both counts over the names.", last_tensor),
    (
        "The tensors were paired by their places. They belong together by name: a[name], b[name].",
        jaccard_with(pair=lambda a, b: (flat(a) != 0, flat(b) != 0)),
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    def mask(*kept, n=10):
        return torch.zeros(n).index_fill(0, torch.tensor(kept, dtype=torch.long), 1)

    a, b, ones, none = mask(0, 1, 2), mask(2, 3, 4, 5), torch.ones(3), torch.zeros(3)
    pairs = [
        ({"w": a}, {"w": b}),
        ({"v": ones, "w": a}, {"v": ones, "w": b}),
        ({"v": a, "w": b}, {"w": mask(2, 3, 9), "v": mask(0, 1)}),
        ({"v": b, "w": a}, {"w": mask(0, 1, 5, 6), "v": mask(2, 3)}),
        ({"w": a}, {"w": a}),
        ({"w": a}, {"w": 1 - a}),
        ({"w": a}, {"w": mask()}),
        ({"w": none}, {"w": none}),
        ({"v": none, "w": mask()}, {"v": none, "w": mask()}),
    ]
    shapes = {"conv": (4, 3, 3, 3), "fc": (9, 7)}
    pairs += [
        tuple(
            {name: (torch.rand(shapes[name], generator=generator) < d).float() for name in order}
            for order in (shapes, reversed(shapes))
        )
        for d in (0.1, 0.5, 0.9)
    ]
    return [
        *(case(f"a: {written(x)}; b: {written(y)}", a=x, b=y) for x, y in pairs),
        *(
            Case(
                f"masks of True and False, a: {written(x)}; b: {written(y)}",
                {name: {"w": mask["w"].bool()} for name, mask in (("a", x), ("b", y))},
                why="Masks can be True and False: `mask != 0` is right for both kinds.",
            )
            for x, y in (pairs[0], pairs[4])
        ),
    ]


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, f"{expected.returned:.4g}", f"{float(got.returned):.4g}"


check_jaccard = Exercise(
    name="jaccard",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="small cases, several tensors, equal, disjoint and empty masks, random ones",
    read=lambda outcome, case: as_number(outcome.returned, "one number for all tensors"),
    same=partial(alike, rtol=1e-6, atol=1e-12),
    show=show,
    hints=BITWISE | {"division by zero": EMPTY},
)
