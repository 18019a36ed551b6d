"""Does `drop(weight, mask, count)` take away the `count` connections of least |weight|?

| the statement says | the case that asks it |
|---|---|
| the connections of least |w| | a layer with free places; numbers of 1e9; hidden: of 1e-25 |
| exactly `count`, also of one size, 0 or all | equal sizes; counts 0 and 8 |
| a connection can have weight 0 | two of weight 0; before and after free places; hidden: -0.0 |
| the weight at a free place does not matter | old numbers, NaN and infinity there |
| any shape, type and layout | four dimensions, transposed, float64; hidden: float16, empty |
| a mask of numbers, or of True and False | a mask of True and False |
| nothing is changed | every case |
"""

import math

import torch
from torch import Tensor

from utils.checks.compare import as_mask
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab06.layers import (
    HINTS,
    PRECISE,
    SHAPES,
    drawn_weights,
    exactly,
    random_layer,
    seen_layers,
)

ZERO = "A connection whose weight is 0 is a connection too: ask the mask, not the weight."
MILLION = "A million is not more than every weight. Give free places the size torch.inf."
PRODUCT = (
    "In |w| * mask a free place and a connection of weight 0 look the same. Give free places the "
    "size torch.inf."
)
TIES = (
    "Equal sizes: a threshold cannot tell them apart. Take positions: "
    "`topk(..., largest=False).indices`."
)


@steps
def drop_with(
    there=lambda weight, mask: mask != 0,
    size=torch.abs,
    largest=False,
    number=lambda count, there: count,
    result=lambda kept, weight, mask: kept,
):
    """Ranks connections by size, and takes the places of the smallest: of equal ones the first."""

    def answer(weight: Tensor, mask: Tensor, count: int) -> Tensor:
        places = there(weight, mask).flatten().nonzero().flatten()
        order = size(weight).flatten()[places].argsort(descending=largest, stable=True)
        kept = mask.flatten().clone()
        kept[places[order[: number(count, len(places))]]] = 0
        return result(kept.view(mask.shape), weight, mask)

    return answer


right = drop_with()


def by_threshold(compare):
    def answer(weight, mask, count):
        sizes = weight.abs()[mask != 0].sort().values
        return mask * compare(weight.abs(), sizes[count - 1]) if count else mask

    return answer


def keeps_the_largest_of_all(weight, mask, count):
    kept = torch.zeros(mask.numel())
    kept[weight.abs().flatten().topk(int(mask.sum()) - count).indices] = 1
    return kept.view(mask.shape)


def by_places_among_connections(weight, mask, count):
    kept = mask.flatten().clone()
    kept[weight.abs()[mask != 0].topk(count, largest=False).indices] = 0
    return kept.view(mask.shape)


def infinite_and_largest(weight, mask, count):
    kept = mask.flatten().clone()
    sizes = weight.abs().masked_fill(mask == 0, math.inf).flatten()
    kept[sizes.topk(count).indices] = 0
    return kept.view(mask.shape)


def a_million(at_free_places):
    def answer(weight, mask, count):
        kept = mask.flatten().clone()
        sizes = at_free_places(weight.abs(), mask == 0).flatten()
        kept[sizes.topk(count, largest=False).indices] = 0
        return kept.view(mask.shape)

    return answer


MISTAKES = [
    (
        "Free places were dropped: their weight is 0, so they are the smallest of all. Rank the "
        "connections alone, the places where the mask is not 0.",
        drop_with(there=lambda weight, mask: torch.ones_like(mask)),
    ),
    (
        "Free places got the size inf, and topk took the largest: largest=False.",
        infinite_and_largest,
    ),
    (MILLION, a_million(lambda sizes, free: sizes.masked_fill(free, 1e6))),
    (MILLION, a_million(lambda sizes, free: sizes + 1e6 * free)),
    (PRECISE, drop_with(size=lambda weight: weight.float().abs())),
    (ZERO, drop_with(there=lambda weight, mask: weight != 0)),
    (ZERO, drop_with(there=lambda weight, mask: weight * mask != 0)),
    (ZERO, drop_with(result=lambda kept, weight, mask: kept * (weight != 0))),
    (
        "Places without a connection are in the mask. Start from a copy of the mask, and set to 0 "
        "what goes.",
        keeps_the_largest_of_all,
    ),
    (
        "Those places count the connections alone. `kept` needs places in the layer: give free "
        "places the size inf, and rank all.",
        by_places_among_connections,
    ),
    (
        "It looks as if weights were ranked by their value, not by their size |w|.",
        drop_with(size=lambda weight: weight),
    ),
    ("The largest went: that is the wrong way round.", drop_with(largest=True)),
    (
        "Those that go are returned: return what is left.",
        drop_with(result=lambda kept, weight, mask: mask.float() - kept.float()),
    ),
    (
        "`count` is the number to drop. It looks as if it were the number to keep.",
        drop_with(number=lambda count, there: there - count),
    ),
    (
        "More connections went than asked for.",
        drop_with(number=lambda count, there: count + 1),
    ),
    (TIES, by_threshold(torch.gt)),
    ("The one at the threshold goes too.", by_threshold(torch.ge)),
    (
        "That is the complement. Start from a copy of the mask, and set to 0 what goes.",
        drop_with(result=lambda kept, weight, mask: (kept == 0).float()),
    ),
    (
        "A mask says where connections are. It does not hold the weights.",
        drop_with(result=lambda kept, weight, mask: weight * kept),
    ),
]


def some_counts(mask: Tensor) -> tuple[int, int]:
    """Half of the connections, and all but one."""
    there = int((mask != 0).sum())
    return there // 2, max(there - 1, 0)


def cases(generator: torch.Generator) -> list[Case]:
    free = torch.tensor([[0.9, -0.2, 0.0, 0.5], [0.0, -0.8, 0.3, 0.0], [0.1, 0.0, -0.4, 0.7]])
    born = torch.tensor([[1.0, 1, 1, 1], [0, 1, 1, 0], [1, 1, 1, 1]])
    stale = torch.tensor([[0.5, -3.0, 0.01], [1.0, 4.0, 2.0]])
    layers = [
        ("a layer with free places", free, (free != 0).float(), (3, 0, 8)),
        ("equal sizes", torch.tensor([[2.0, -2, 2], [2, 5, -2]]), torch.ones(2, 3), (2, 3)),
        ("two connections of weight 0", free, born, (1, 0, 2, 3)),
        ("old numbers at free places", stale, torch.tensor([[1.0, 1, 0], [1, 0, 1]]), (2, 1)),
    ]
    layers += [(f"shape {shape}", *random_layer(generator, shape), (9,)) for shape in SHAPES]
    layers += [(*layer, some_counts(layer[-1])) for layer in seen_layers(generator)]
    return [
        case(f"count {count}, {words}", weight=weight, mask=mask, count=count)
        for words, weight, mask, counts in layers
        for count in counts
    ]


def read(outcome: Outcome, case: Case) -> tuple[int, Tensor]:
    """Free places taken, and the sizes kept: of equal sizes any may go."""
    weight, mask = case.arguments["weight"], case.arguments["mask"] != 0
    kept = as_mask(outcome.returned, weight, "One entry for each place of the layer.")
    return int((kept & ~mask).sum()), weight[kept].abs().sort().values


def as_product(case: Case, expected: Outcome, got: Outcome) -> bool:
    """Another number of connections, where some have the weight 0: which of them, chance says."""
    weight, mask = case.arguments["weight"], case.arguments["mask"] != 0
    (free, kept), (_, right) = read(got, case), read(expected, case)
    return bool((mask & (weight == 0)).any()) and (free > 0 or len(kept) != len(right))


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    weight, mask, count = case.arguments.values()
    kept = got.returned.bool()
    words = drawn_weights(case.words, weight, expected.returned.bool(), kept)
    there = int((mask != 0).sum())
    return words, f"{there - count} of {there} connections kept", f"{int(kept.sum())} kept"


check_drop = Exercise(
    name="drop",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="connections alone, by size, zeros among them, ties, none and all, arguments left alone",
    read=read,
    same=exactly,
    show=show,
    hints=HINTS,
    symptoms=[(PRODUCT, as_product)],
)
