"""Does `grow(scores, mask, count)` add the `count` free places with the highest scores?

| the statement says | the case that asks it |
|---|---|
| the free places with the highest scores | scores of a layer with free places |
| exactly `count`, also of one score, 0 or all | equal scores; counts 0 and 5 |
| scores as they are; they can be negative | some negative, all negative, numbers of -1e9 |
| the score of a taken place does not matter | NaN and infinity there |
| any shape, type and layout | four dimensions, transposed, float64; hidden: float16, empty |
| a mask of numbers, or of True and False | a mask of True and False |
| nothing is changed | every case |
"""

import torch
from torch import Tensor

from utils.checks.drawn import with_input
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab06.drop import some_counts
from utils.checks.lab06.layers import (
    HINTS,
    NOT_A_MASK,
    PRECISE,
    SHAPES,
    as_layer_mask,
    drawn,
    exactly,
    random_layer,
    seen_layers,
)

TIES = "Equal scores: a threshold cannot tell them apart. Take positions: `topk(...).indices`."
PRODUCT = (
    "A taken place has a score here that beats a negative one, like 0 in scores * (1 - mask). "
    "Give taken places -inf."
)
COPY = "Connections that were there are gone. Start from a copy of the mask: growing only adds."


def everywhere(mask: Tensor) -> Tensor:
    return torch.ones_like(mask)


@steps
def grow_with(
    score=lambda scores, mask: scores,
    free=lambda mask: mask == 0,
    largest=True,
    number=lambda count, free: count,
    result=lambda new, mask, scores: ((mask != 0) | new).float(),
):
    """Ranks free places by score, and takes the highest: of equal ones the first."""

    def answer(scores: Tensor, mask: Tensor, count: int) -> Tensor:
        places = free(mask).flatten().nonzero().flatten()
        ranks = score(scores, mask).flatten()[places].argsort(descending=largest, stable=True)
        new = torch.zeros(mask.numel(), dtype=torch.bool)
        new[places[ranks[: number(count, len(places))]]] = True
        return result(new.view(mask.shape), mask, scores)

    return answer


right = grow_with()


def by_threshold(compare):
    def answer(scores, mask, count):
        ranked = scores[mask == 0].sort(descending=True).values
        return ((mask != 0) | compare(scores, ranked[count - 1])).float() if count else mask

    return answer


MISTAKES = [
    ("Rank the free places alone, those where the mask is 0.", grow_with(free=everywhere)),
    (PRODUCT, grow_with(score=lambda scores, mask: scores * (mask == 0), free=everywhere)),
    (
        PRODUCT,
        grow_with(score=lambda scores, mask: scores.masked_fill(mask != 0, -1), free=everywhere),
    ),
    (
        "mask + new has a 2 where a connection is there already. Rank the free places alone.",
        grow_with(free=everywhere, result=lambda new, mask, scores: mask.float() + new),
    ),
    (
        "Those are the new connections alone. Return the mask with them.",
        grow_with(result=lambda new, mask, scores: new.float()),
    ),
    (
        "-1000 is not less than every score. Give taken places -torch.inf.",
        grow_with(score=lambda scores, mask: scores.masked_fill(mask != 0, -1000), free=everywhere),
    ),
    (PRECISE, grow_with(score=lambda scores, mask: scores.float())),
    ("The lowest scores grew: that is the wrong way round.", grow_with(largest=False)),
    ("More connections grew than asked for.", grow_with(number=lambda count, free: count + 1)),
    ("Fewer connections grew than asked for.", grow_with(number=lambda count, free: count // 2)),
    (
        "The size of the scores decided. Scores are taken as they are, with their signs.",
        grow_with(score=lambda scores, mask: scores.abs()),
    ),
    (TIES, by_threshold(torch.ge)),
    (TIES, by_threshold(torch.gt)),
    (COPY, grow_with(result=lambda new, mask, scores: 1 - ((mask != 0) | new).float())),
    (NOT_A_MASK, grow_with(result=lambda new, mask, scores: ((mask != 0) | new) * scores)),
]


def cases(generator: torch.Generator) -> list[Case]:
    scores = torch.tensor([[9.0, 5.0, 1.0, 3.0], [8.0, 4.0, 7.0, 2.0]])
    mask = torch.tensor([[1.0, 0, 0, 0], [1, 0, 0, 1]])
    layers = [
        ("scores of a layer with free places", scores, mask, (2, 0, 5)),
        ("scores of which some are negative", scores - 5.75, mask, (3, 4)),
        ("scores that are all negative", scores - 10, mask, (2,)),
        ("equal scores", torch.zeros(2, 4), mask, (3, 1)),
        ("an empty layer", scores, torch.zeros(2, 4), (3,)),
    ]
    for shape in SHAPES:
        random = torch.randn(shape, generator=generator)
        layers += [(f"shape {shape}", random, random_layer(generator, shape)[1], (8,))]
    for words, scores, taken in seen_layers(generator):
        free = (taken == 0).to(taken.dtype)  # the hard numbers are where one can grow
        layers += [(words, scores, free, some_counts(taken))]
    return [
        case(f"count {count}, {words}", scores=scores, mask=mask, count=count)
        for words, scores, mask, counts in layers
        for count in counts
    ]


def read(outcome: Outcome, case: Case) -> tuple[int, Tensor]:
    """How many are still there, and the scores of the new ones: of equal ones any can grow."""
    scores, before = case.arguments["scores"], case.arguments["mask"] != 0
    after = as_layer_mask(outcome.returned, scores)
    return int((after & before).sum()), scores[after & ~before].sort().values


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    scores, mask = case.arguments["scores"], case.arguments["mask"]
    words = f"{with_input(case.words, scores.flatten(1))}\nThe mask:"
    (_, new), (there, other) = read(expected, case), read(got, case)
    return (
        drawn(words, expected.returned, got.returned.float()),
        f"{int((mask != 0).sum())} connections and {len(new)} new ones",
        f"{there} and {len(other)} new ones",
    )


check_grow = Exercise(
    name="grow",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="free places alone, the highest scores, negative and equal ones, none and all, "
    "arguments left alone",
    read=read,
    same=exactly,
    show=show,
    hints=HINTS,
)
