"""Does `grow(scores, mask, count)` add the `count` free places with the highest scores, and no other?"""

import torch
from torch import Tensor

from utils.checks.drawn import with_input
from utils.checks.lab06.layers import (
    SHAPES,
    call,
    drawn,
    mask_like,
    random_layer,
    ranked,
    unchanged,
)
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed

CHECK = "check_grow"
TAKEN = "Some of the chosen places have a connection already: rank the free places alone, those where the mask is 0."
PRODUCT = (
    "A place that is taken has a score here that is more than a negative one, as 0 in scores * (1 - mask). Rank the free places alone, "
    "or give the taken ones -inf."
)
TIES = "Equal scores: a threshold cannot tell them apart. Take positions: `topk(...).indices`."


def check_grow(answer) -> None:
    """`answer(scores, mask, count)` returns the mask with `count` more connections."""
    scores = torch.tensor([[9.0, 5.0, 1.0, 3.0], [8.0, 4.0, 7.0, 2.0]])
    mask = torch.tensor([[1.0, 0, 0, 0], [1, 0, 0, 1]])
    _grows(answer, "scores of a layer with free places", scores, mask, 2)
    _grows(answer, "the same scores", scores, mask, 0)
    _grows(answer, "the same scores", scores, mask, 5)
    _grows(answer, "scores of which some are negative", scores - 6, mask, 3)
    _grows(answer, "scores that are all negative", scores - 10, mask, 2)
    _grows(answer, "equal scores", torch.zeros(2, 4), mask, 3)
    _grows(answer, "an empty layer", scores, torch.zeros(2, 4), 3)
    generator = fresh_generator()
    for shape in SHAPES:
        _grows(
            answer,
            f"a random layer of shape {shape}",
            torch.randn(shape, generator=generator),
            random_layer(generator, shape)[1],
            8,
        )
    passed(
        CHECK,
        "free places alone, the highest scores, negative and equal ones, none and all, arguments left alone",
    )


def _grows(answer, what: str, scores: Tensor, mask: Tensor, count: int) -> None:
    tried, given = f"count {count}, {what}", (scores.clone(), mask.clone())
    after = mask_like(CHECK, tried, call(CHECK, tried, answer, *given, count), scores)
    unchanged(CHECK, tried, scores=(given[0], scores), mask=(given[1], mask))
    before = mask != 0
    new, free = after & ~before, ~after & ~before
    if (
        not (before & ~after).any()
        and int(new.sum()) == count
        and ranked(scores[free], scores[new])
    ):
        return
    fail(
        CHECK,
        drawn(
            f"{with_input(tried, scores.flatten(1))}\nThe mask:",
            highest_grown(scores, mask, count),
            after.float(),
        ),
        f"{int(before.sum())} connections and {count} new ones",
        f"{int((before & after).sum())} and {int(new.sum())} new ones",
        _mistake(scores, before, after, count),
    )


def highest_grown(scores: Tensor, mask: Tensor, count: int) -> Tensor:
    """A right answer; of equal scores the first ones are taken."""
    places = sorted(
        (mask.flatten() == 0).nonzero().flatten().tolist(),
        key=lambda place: -float(scores.flatten()[place]),
    )
    grown = (mask != 0).float().flatten()
    grown[places[:count]] = 1
    return grown.view(mask.shape)


def _mistake(scores: Tensor, before: Tensor, after: Tensor, count: int) -> str:
    new, free = after & ~before, ~after & ~before
    if (before & ~after).any():
        if not (before & after).any() and int(after.sum()) == count:
            return "Those are the new connections alone. Return the mask with them."
        return "Connections that were there are gone. Growing only adds: start from a copy of the mask."
    if int(new.sum()) < count and int(after.sum()) < before.numel():
        if (scores < 0).any() and not (scores[new] < 0).any() and ranked(scores[free], scores[new]):
            return PRODUCT
        return TIES if len(scores.unique()) == 1 else TAKEN
    if int(new.sum()) > count:
        return TIES if len(scores.unique()) == 1 else "More connections grew than asked for."
    if ranked(scores.abs()[free], scores.abs()[new]):
        return "It looks as if the size of the scores decided. Scores are taken as they are: whoever wants sizes gives scores.abs()."
    if ranked(-scores[free], -scores[new]):
        return "The lowest scores grew: that is the wrong way round."
    return "Others grew than the highest scores among the free places."
