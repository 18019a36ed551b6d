"""Does `set_drop(weight, mask, fraction)` drop the fraction nearest to 0 of each sign?

| the statement says | the case that asks it |
|---|---|
| of each sign by itself: the smallest, the largest | free places; one-sided; without negative |
| round(fraction * n) of n | 0.37 and 0.23; halves: 0.25 of 10 and of 6; hidden: others |
| a weight of 0 counts as positive, goes first | two of weight 0; hidden: -0.0 |
| connections alone | old numbers, NaN and infinity at free places |
| any shape, type and layout; both kinds of masks | as in `drop` |
| nothing is changed | every case |
"""

import math

import torch
from torch import Tensor

from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab06.drop import drop_with
from utils.checks.lab06.layers import (
    HINTS,
    NOT_A_MASK,
    SHAPES,
    as_layer_mask,
    drawn_weights,
    exactly,
    random_layer,
    seen_layers,
)

NOTES = "The largest positive weights went, as the notes say. They are the strongest."
ZERO = "A connection of weight 0 counts as a positive one, the smallest of all: it goes first."
ROUND = "The number is rounded: use round(fraction * n)."
OF_ALL = "That is the fraction of all places. It is the fraction of each sign's connections."
ONCE = "Of each sign by itself: here the smallest |w| went, whatever their sign."


def positive(weight: Tensor, there: Tensor) -> Tensor:
    return there & (weight >= 0)


def negative(weight: Tensor, there: Tensor) -> Tensor:
    return there & (weight < 0)


def strictly(weight: Tensor, there: Tensor) -> Tensor:
    return there & (weight > 0)


def no_side(weight: Tensor, there: Tensor) -> Tensor:
    return there & False


@steps
def set_with(
    there=lambda weight, mask: mask != 0,
    first=positive,
    second=negative,
    ends=((False,), (False,)),
    number=lambda part, n, connections, places: round(part * n),
    drop=drop_with,
    join=torch.add,
    result=lambda kept, weight, mask: kept,
):
    """Drops at the ends of each side (False: near 0), and adds what stays."""

    def answer(weight: Tensor, mask: Tensor, fraction: float) -> Tensor:
        sides = [side(weight, there(weight, mask)).float() for side in (first, second)]
        stays = []
        for side, largest in zip(sides, ends):
            gone = number(fraction, int(side.sum()), int(mask.sum()), mask.numel())
            kept = [drop(largest=end)(weight, side, gone) for end in largest]
            stays.append(torch.stack(kept).amin(0))
        rest = (mask != 0) * (1 - sides[0]) * (1 - sides[1])
        return result(join(*stays) * (mask != 0) + rest, weight, mask)

    return answer


def at_once(number):
    """One ranking of all connections by |w|."""

    def answer(weight, mask, fraction):
        sides = positive(weight, mask != 0), negative(weight, mask != 0)
        gone = number(fraction, *(int(side.sum()) for side in sides), mask.numel())
        return drop_with()(weight, mask, gone)

    return answer


def drops_free_places(largest):
    drop = drop_with(there=lambda weight, side: torch.ones_like(side))
    return lambda weight, side, count: drop(weight.nan_to_num() * side, side, count)


MISTAKES = [
    (ZERO, set_with(first=strictly)),
    (
        ZERO + " All of them went, and the fraction of the others as well.",
        set_with(first=strictly, result=lambda kept, weight, mask: kept * (weight != 0)),
    ),
    (
        ZERO + " Here they counted as negative ones.",
        set_with(first=strictly, second=lambda weight, there: there & (weight <= 0)),
    ),
    (NOTES, set_with(ends=((True,), (False,)))),
    (NOTES, set_with(ends=((True,), (False,)), second=no_side)),
    (NOTES, set_with(ends=((False, True), (False,)), second=no_side)),
    (NOTES, set_with(ends=((False, True), (False,)), second=no_side, first=strictly)),
    ("Of the negative ones those nearest to 0 go first.", set_with(ends=((False,), (True,)))),
    ("The strongest went: the wrong way round.", set_with(ends=((True,), (True,)))),
    (
        "Only positive weights went. The negative ones nearest to 0 go too.",
        set_with(second=no_side),
    ),
    ("Only negative weights went. The smallest positive ones go too.", set_with(first=no_side)),
    (ONCE, at_once(lambda part, n, m, places: round(part * (n + m)))),
    (ONCE, at_once(lambda part, n, m, places: round(part * n) + round(part * m))),
    (OF_ALL, at_once(lambda part, n, m, places: round(part * places))),
    (
        "That is one number for both signs. It is the fraction of each sign's connections.",
        set_with(number=lambda part, n, connections, places: round(part * connections / 2)),
    ),
    ("Nothing is left: add what stays of each side.", set_with(join=torch.mul)),
    (OF_ALL, set_with(number=lambda part, n, m, places: round(part * places))),
    (
        "Free places of weight 0 were dropped first. Ask the mask: (mask != 0) & (weight >= 0).",
        set_with(there=lambda weight, mask: mask == mask),
    ),
    ("Free places were dropped first. Is `drop` right?", set_with(drop=drops_free_places)),
    (ROUND + " Not floor.", set_with(number=lambda part, n, *_: math.floor(part * n))),
    (ROUND + " Not ceil.", set_with(number=lambda part, n, *_: math.ceil(part * n))),
    (ROUND + " Not + 0.5.", set_with(number=lambda part, n, *_: int(part * n + 0.5))),
    (
        "The fraction is what goes. Here it is kept.",
        set_with(number=lambda part, n, *_: n - round(part * n)),
    ),
    (
        "The fraction is what goes. Here it is kept, and rounded.",
        set_with(number=lambda part, n, *_: round((1 - part) * n)),
    ),
    (
        "Those that go are returned: return what is left.",
        set_with(result=lambda kept, w, m: m.float() - kept),
    ),
    ("Only what is there can stay.", set_with(result=lambda kept, weight, mask: 1 - kept)),
    (NOT_A_MASK, set_with(result=lambda kept, weight, mask: weight * kept)),
]


def cases(generator: torch.Generator) -> list[Case]:
    free = torch.tensor([[0.1, 0.65, 0.9, 0.0], [-0.2, 0.0, -0.8, -0.4], [0.3, -0.6, 0.0, 0.7]])
    one_sided = torch.tensor([[0.9, 0.8, 0.7, 0.6], [-0.1, -0.2, -0.3, 0.5]])
    born = torch.tensor([[0.0, 0.5, 0.9, 0.2], [-0.1, 0.0, -0.9, 0.0], [0.3, -0.5, -0.6, 0.7]])
    here = torch.tensor([[1.0, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1]])
    there = (free != 0).float()
    layers = [
        ("a layer with free places", free, there, (0.4, 0.1, 0.5)),
        ("a layer whose negative weights are all small", one_sided, torch.ones(2, 4), (0.3,)),
        ("a layer with two connections of weight 0", born, here, (0.1, 0.3, 0.6, 0.0, 1.0)),
        ("a layer without negative weights", free.abs(), there, (0.4,)),
    ]
    layers += [
        (f"shape {shape}", *random_layer(generator, shape, 0.6), (0.37, 0.23)) for shape in SHAPES
    ]
    layers += [(*layer, (0.5, 0.3)) for layer in seen_layers(generator)]
    half = torch.cat([torch.arange(1.0, 11), -torch.arange(1.0, 7)]).view(4, 4)
    layers += [("ten positive and six negative", half, torch.ones(4, 4), (0.25, 0.75))]
    return [
        case(f"fraction {part} of {words}", weight=weight, mask=mask, fraction=part)
        for words, weight, mask, fractions in layers
        for part in fractions
    ]


def read(outcome: Outcome, case: Case) -> tuple[int, Tensor]:
    """Free places taken, and the weights kept: of equal ones any may go."""
    weight, mask = case.arguments["weight"], case.arguments["mask"] != 0
    kept = as_layer_mask(outcome.returned, weight)
    return int((kept & ~mask).sum()), weight[kept].sort().values


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    weight, mask = case.arguments["weight"], case.arguments["mask"] != 0
    sides = {"positive or 0": positive(weight, mask), "negative": negative(weight, mask)}
    kept = [each.returned.bool() for each in (expected, got)]
    wanted, came = (
        ", ".join(
            f"{int((side & ~stays).sum())} of {int(side.sum())} {sign}"
            for sign, side in sides.items()
        )
        for stays in kept
    )
    return drawn_weights(case.words, weight, *kept), f"{wanted} dropped", f"{came} dropped"


check_set_drop = Exercise(
    name="set_drop",
    right=set_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="each sign by itself, nearest to 0, zeros first, connections alone, rounding, "
    "fraction 0 and 1, arguments left alone",
    read=read,
    same=exactly,
    show=show,
    hints=HINTS,
)
