"""Does `drop(weight, mask, count)` take away the `count` connections of least |weight|, and no other?"""

import torch
from torch import Tensor

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

CHECK = "check_drop"
FREE = (
    "Free places were dropped: their weight is 0, so they are the smallest of all. Rank the connections alone, the places where the "
    "mask is not 0. (Or you gave free places the size inf, and topk takes the largest: largest=False.)"
)
ZERO = "A connection whose weight happens to be 0 is a connection: ask the mask, not the weight."
TIES = "Equal sizes: a threshold cannot tell them apart. Take positions: `topk(..., largest=False).indices`."


def check_drop(answer) -> None:
    """`answer(weight, mask, count)` returns the mask without `count` of its connections."""
    weight = torch.tensor([[0.9, -0.2, 0.0, 0.5], [0.0, -0.8, 0.3, 0.0], [0.1, 0.0, -0.4, 0.7]])
    _drops(answer, "a layer with free places", weight, (weight != 0).float(), 3)
    _drops(answer, "the same layer", weight, (weight != 0).float(), 0)
    _drops(answer, "the same layer", weight, (weight != 0).float(), 8)
    _drops(
        answer,
        "a layer with equal sizes",
        torch.tensor([[2.0, -2, 2], [2, 5, -2]]),
        torch.ones(2, 3),
        2,
    )
    born = torch.tensor([[1.0, 1, 1, 1], [0, 1, 1, 0], [1, 1, 1, 1]])
    _drops(answer, "a layer with two connections of weight 0", weight, born, 1)
    _drops(answer, "a layer with two connections of weight 0", weight, born, 2)
    stale = torch.tensor([[0.5, -3.0, 0.01], [1.0, 4.0, 2.0]])
    _drops(
        answer,
        "a layer whose free places hold old numbers",
        stale,
        torch.tensor([[1.0, 1, 0], [1, 0, 1]]),
        2,
    )
    generator = fresh_generator()
    for shape in SHAPES:
        _drops(answer, f"a random layer of shape {shape}", *random_layer(generator, shape), 9)
    passed(
        CHECK,
        "connections alone, by size, zeros among them, ties, none and all, arguments left alone",
    )


def _drops(answer, what: str, weight: Tensor, mask: Tensor, count: int) -> None:
    tried, given = f"count {count} in {what}", (weight.clone(), mask.clone())
    kept = mask_like(CHECK, tried, call(CHECK, tried, answer, *given, count), weight)
    unchanged(CHECK, tried, weight=(given[0], weight), mask=(given[1], mask))
    before, sizes = mask != 0, weight.abs()
    gone = before & ~kept
    if not (kept & ~before).any() and int(gone.sum()) == count and ranked(sizes[gone], sizes[kept]):
        return
    right = smallest_dropped(weight, mask, count)
    fail(
        CHECK,
        drawn_weights(tried, weight, right, kept),
        f"{int(before.sum()) - count} of {int(before.sum())} connections kept",
        f"{int(kept.sum())} kept",
        _mistake(weight, before, kept, count),
    )


def smallest_dropped(weight: Tensor, mask: Tensor, count: int) -> Tensor:
    """A right answer; of equal sizes the first ones go."""
    places = sorted(
        mask.flatten().nonzero().flatten().tolist(),
        key=lambda place: abs(float(weight.flatten()[place])),
    )
    kept = mask.flatten().clone()
    kept[places[:count]] = 0
    return kept.view(mask.shape)


def _mistake(weight: Tensor, before: Tensor, kept: Tensor, count: int) -> str:
    gone, born = before & ~kept, before & (weight == 0)
    stays = before & kept
    if (kept & ~before).any():
        return "Places without a connection are in the mask. Start from a copy of the mask, and set to 0 what goes."
    if int(gone.sum()) == int(before.sum()) - count:
        if ranked(weight.abs()[stays], weight.abs()[gone]):
            return "Those that go and those that stay are exchanged: return what is left. (Or `count` is the number to keep.)"
        return "`count` is the number to drop. It looks as if it were the number to keep."
    if int(gone.sum()) != count:
        sizes = weight.abs()[before].sort().values
        if born.any():
            return ZERO
        if 0 < count < len(sizes) and sizes[count - 1] == sizes[count]:
            return TIES
        if int(gone.sum()) == max(0, count - int((~before).sum())):
            return FREE
        if torch.equal(kept, _by_places_among_connections(weight, before, count)):
            return "Those places count the connections alone. `kept` needs places in the layer: give free places the size inf, and rank all."
        return (
            "The one at the threshold goes too."
            if int(gone.sum()) == count - 1 and ranked(weight.abs()[gone], weight.abs()[stays])
            else ""
        )
    if (
        born.any()
        and (born & kept).any()
        and ranked(weight.abs()[gone], weight.abs()[stays & ~born])
    ):
        return ZERO
    if ranked(weight[gone], weight[stays]):
        return "It looks as if weights were ranked by their value, not by their size |w|."
    if ranked(-weight.abs()[gone], -weight.abs()[stays]):
        return "The largest went: that is the wrong way round."
    return ""


def _by_places_among_connections(weight: Tensor, before: Tensor, count: int) -> Tensor:
    """What stays when places in the list of connections are taken for places in the layer."""
    kept = before.flatten().clone()
    kept[weight.abs()[before].argsort()[:count]] = False
    return kept.view(before.shape)
