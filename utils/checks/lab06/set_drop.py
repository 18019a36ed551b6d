"""Does `set_drop(weight, mask, fraction)` drop the fraction nearest to 0 of each sign, with 0 as the smallest positive one?"""

import math

import torch
from torch import Tensor

from utils.checks.lab06.drop import right as smallest_dropped
from utils.checks.lab06.layers import (
    SHAPES,
    call,
    drawn_weights,
    mask_like,
    random_layer,
    ranked,
    unchanged,
)
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed

CHECK = "check_set_drop"
NOTES = "The largest positive weights went, as the notes say. They are the strongest: drop the smallest positive and the largest negative ones."
ZERO = "A connection whose weight is exactly 0 counts as a positive one, the smallest of all: it is among those that are counted, and goes first."


def check_set_drop(answer) -> None:
    """`answer(weight, mask, fraction)` returns the mask without the connections that SET drops."""
    weight = torch.tensor([[0.1, 0.65, 0.9, 0.0], [-0.2, 0.0, -0.8, -0.4], [0.3, -0.6, 0.0, 0.7]])
    _drops(answer, "a layer with free places", weight, (weight != 0).float(), 0.4)
    one_sided = torch.tensor([[0.9, 0.8, 0.7, 0.6], [-0.1, -0.2, -0.3, 0.5]])
    _drops(answer, "a layer whose negative weights are all small", one_sided, torch.ones(2, 4), 0.3)
    born = torch.tensor([[0.0, 0.5, 0.9, 0.2], [-0.1, 0.0, -0.9, 0.0], [0.3, -0.5, -0.6, 0.7]])
    here = torch.tensor([[1.0, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1]])
    for fraction in (0.1, 0.3, 0.6):
        _drops(answer, "a layer with two connections of weight 0", born, here, fraction)
    for fraction in (0.0, 1.0):
        _drops(answer, "the same layer", born, here, fraction)
    _drops(answer, "a layer without negative weights", weight.abs(), (weight != 0).float(), 0.4)
    generator = fresh_generator()
    for shape in SHAPES:
        for fraction in (0.37, 0.23):
            _drops(
                answer,
                f"a random layer of shape {shape}",
                *random_layer(generator, shape, 0.6),
                fraction,
            )
    passed(
        CHECK,
        "each sign by itself, nearest to 0, zeros first, connections alone, rounding, fraction 0 and 1, arguments left alone",
    )


def _drops(answer, what: str, weight: Tensor, mask: Tensor, fraction: float) -> None:
    tried, given = f"fraction {fraction} of {what}", (weight.clone(), mask.clone())
    kept = mask_like(CHECK, tried, call(CHECK, tried, answer, *given, fraction), weight)
    unchanged(CHECK, tried, weight=(given[0], weight), mask=(given[1], mask))
    before = mask != 0
    if not (kept & ~before).any() and all(
        int((side & ~kept).sum()) == round(fraction * int(side.sum()))
        and ranked(weight.abs()[side & ~kept], weight.abs()[side & kept])
        for side in sides(weight, before)
    ):
        return
    right = torch.stack(
        [
            nearest_dropped(weight, side, round(fraction * int(side.sum())))
            for side in sides(weight, before)
        ]
    ).any(0)
    expected, got = (
        [
            f"{int((side & ~stay).sum())} of {int(side.sum())} {sign}"
            for side, sign in zip(sides(weight, before), ("positive or 0", "negative"))
        ]
        for stay in (right, kept)
    )
    fail(
        CHECK,
        drawn_weights(tried, weight, right, kept),
        f"{', '.join(expected)} dropped",
        f"{', '.join(got)} dropped",
        _mistake(weight, before, kept, fraction),
    )


def sides(weight: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
    """The connections that are positive or 0, and the negative ones."""
    return there & (weight >= 0), there & (weight < 0)


def nearest_dropped(weight: Tensor, side: Tensor, count: int, strongest: bool = False) -> Tensor:
    """One side without the `count` weights that are nearest to 0, or farthest; without any if there are not so many."""
    return (
        smallest_dropped(1 / (1 + weight.abs()) if strongest else weight, side.float(), count) != 0
    )


def _mistake(weight: Tensor, before: Tensor, kept: Tensor, fraction: float) -> str:
    if (kept & ~before).any():
        return "Places without a connection are in the mask. Only what is there can be dropped or stay."
    positive, negative = sides(weight, before)
    zeros, strict, free = before & (weight == 0), before & (weight > 0), int((~before).sum())

    def without(side, count=lambda n: round(fraction * n), strongest=False):
        return nearest_dropped(weight, side, count(int(side.sum())), strongest)

    def of_all(n):
        return round(fraction * before.numel())

    def half_of_all(n):
        return round(fraction * int(before.sum()) / 2)

    if not kept.any():
        return (
            "Nothing is left. Either the number is a fraction of all places: of each sign it is the fraction of its connections. Or the two "
            "sides are multiplied: add what stays of each."
        )
    for words, other in {
        ZERO: zeros | without(strict) | without(negative),
        ZERO + " Here all of them went, and the fraction of the others besides.": without(strict)
        | without(negative),
        ZERO + " Here they counted as negative ones.": without(strict) | without(negative | zeros),
        NOTES: without(positive, strongest=True) | without(negative),
        NOTES + " Here only positive ones went.": without(positive, strongest=True) | negative,
        NOTES + " Here the smallest positive ones went too, and no negative one.": without(positive)
        & without(positive, strongest=True)
        | negative,
        NOTES
        + " Here the smallest positive ones went too, no negative one, and none of weight 0.": without(
            strict
        )
        & without(strict, strongest=True)
        | negative
        | zeros,
        "Of the negative weights those nearest to 0 go: the largest by value. The most negative ones are strong.": without(
            positive
        )
        | without(negative, strongest=True),
        "The strongest connections of both signs went: that is the wrong way round.": without(
            positive, strongest=True
        )
        | without(negative, strongest=True),
        "Only positive weights went. The negative ones nearest to 0 go too, the same fraction of them.": without(
            positive
        )
        | negative,
        "The number is rounded: use round(), not int() or floor.": without(
            positive, lambda n: math.floor(fraction * n)
        )
        | without(negative, lambda n: math.floor(fraction * n)),
        "The number is rounded: use round(), not ceil.": without(
            positive, lambda n: math.ceil(fraction * n)
        )
        | without(negative, lambda n: math.ceil(fraction * n)),
        "That is one number for both signs. It is the fraction of the positive connections, and the same fraction of the negative ones.": without(
            positive, half_of_all
        )
        | without(negative, half_of_all),
        "The fraction is what goes. It looks as if it were kept.": without(
            positive, lambda n: n - round(fraction * n)
        )
        | without(negative, lambda n: n - round(fraction * n)),
        "Free places have a weight of 0 too, and were dropped first. Ask the mask: (mask != 0) & (weight >= 0).": without(
            positive, lambda n: max(0, round(fraction * (n + free)) - free)
        )
        | without(negative),
        "That is the fraction of all connections by |w|. SET takes it of each sign by itself.": without(
            before
        ),
        "So many go, but of each sign by itself: here those of least |w| went, whatever their sign.": without(
            before,
            lambda _: sum(round(fraction * int(side.sum())) for side in (positive, negative)),
        ),
        "That is the fraction of all places. It is the fraction of the connections.": without(
            before, of_all
        ),
        "That is the fraction of all places, for each sign. It is the fraction of its connections.": without(
            positive, of_all
        )
        | without(negative, of_all),
    }.items():
        if torch.equal(
            weight[kept].sort().values, weight[other].sort().values
        ):  # of equal weights any may have gone
            return words
    return "Nothing went. Is `drop` right?" if torch.equal(kept, before) else ""
