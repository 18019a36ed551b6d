"""Does `prune_by_rate(weights, masks, rate)` remove exactly round(rate * survivors), the smallest of all tensors together?"""

import math

import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.lab04.tensors import call, copied, flat, masks_like, unchanged, written
from utils.checks.report import fail, passed

CHECK = "check_prune_by_rate"
HINTS = {
    "selected number k out of range": "torch.kthvalue counts from 1: with nothing to remove there is no 0-th smallest value.",
}
GONE = "What is gone stays gone, whatever its weight is now: only survivors are ranked."
AGAIN = "Weights that were gone already were selected again: they are zero, so they are the smallest of all. Rank the survivors alone."
ZERO = "A survivor that happens to be 0 is still a survivor: ask the mask, not the weight."
TIES = "Equal sizes: a threshold cannot tell them apart. Take positions: `topk(..., largest=False).indices`."


def check_prune_by_rate(answer) -> None:
    """`answer(weights, masks, rate)` returns the next masks (dictionaries by name)."""
    weights = {"a": torch.tensor([[3.0, -1.0], [0.5, -4.0]]), "b": torch.tensor([0.3, -0.2])}
    _step(answer, weights, ones(weights), 0.34)
    level = {"a": torch.tensor([[1.0, 1.0], [0.0, 1.0]]), "b": torch.tensor([0.0, 0.0])}
    _step(answer, masked(weights, level), level, 0.34)
    _step(answer, {"a": weights["a"], "b": torch.tensor([9.0, -8.0])}, level, 0.34)
    _step(
        answer,
        {"a": torch.tensor([0.0, 0.0, 0.0, 2.0, 3.0, 1.0])},
        {"a": torch.tensor([1.0, 1.0, 0.0, 1.0, 1.0, 1.0])},
        0.2,
    )
    _step(
        answer,
        {"a": torch.tensor([1.0, -1.0, 1.0]), "b": torch.tensor([-1.0, 1.0, 5.0])},
        {"a": torch.ones(3), "b": torch.ones(3)},
        0.5,
    )
    ten = {
        "a": torch.tensor([0.5, -2.0, 1.5, -0.1, 3.0]),
        "b": torch.tensor([-1.0, 0.2, 2.5, -0.7, 4.0]),
    }
    for rate in (0.26, 0.24, 0.0, 0.04, 1.0):
        _step(answer, ten, ones(ten), rate)
    _step(answer, ten, {name: torch.zeros_like(w) for name, w in ten.items()}, 0.5)
    generator = fresh_generator()
    masks = ones(random_weights(generator))
    for rate in (0.2, 0.35, 0.5):
        masks = {
            name: mask.float()
            for name, mask in _step(answer, random_weights(generator), masks, rate).items()
        }
    passed(
        CHECK,
        "all tensors together, survivors alone, zeros and ties, rounding, three levels, arguments left alone",
    )


def random_weights(generator: torch.Generator) -> dict[str, Tensor]:
    """Tensors of three shapes and scales."""
    return {
        name: scale * torch.randn(shape, generator=generator)
        for name, shape, scale in (
            ("conv", (3, 2, 3, 3), 1.0),
            ("fc1", (7, 9), 0.3),
            ("fc2", (4, 7), 2.0),
        )
    }


def ones(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Masks that keep everything."""
    return {name: torch.ones_like(w) for name, w in weights.items()}


def masked(weights: dict[str, Tensor], masks: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights as training under these masks leaves them: zero where they are gone."""
    return {name: w * masks[name] for name, w in weights.items()}


def next_masks(
    weights: dict[str, Tensor], masks: dict[str, Tensor], rate: float
) -> dict[str, Tensor]:
    """The right answer where no two survivors have the same size."""
    sizes = torch.cat(
        [w.abs().flatten()[masks[name].flatten() != 0] for name, w in weights.items()]
    )
    cut = sizes.sort().values[round(rate * len(sizes)) :]
    least = cut[0] if len(cut) else math.inf
    return {name: (masks[name] != 0) & (w.abs() >= least) for name, w in weights.items()}


def _step(
    answer, weights: dict[str, Tensor], masks: dict[str, Tensor], rate: float
) -> dict[str, Tensor]:
    """One call of the answer, looked at; its masks as booleans."""
    tried = f"rate {rate} of {written(weights)}"
    if not all(mask.all() for mask in masks.values()):
        tried += f"\n  with the masks {written(masks)}"
    given = copied(weights), copied(masks)
    after = masks_like(CHECK, tried, call(CHECK, tried, answer, *given, rate, hints=HINTS), weights)
    unchanged(CHECK, tried, "the weights", given[0], weights)
    unchanged(CHECK, tried, "the masks", given[1], masks)
    before = {name: mask != 0 for name, mask in masks.items()}
    if any((after[name] & ~before[name]).any() for name in after):
        fail(
            CHECK,
            tried,
            "masks that keep nothing that was gone",
            "a weight that was gone is kept again",
            GONE,
        )
    survivors, left = (int(flat(each).sum()) for each in (before, after))
    if survivors - left != round(rate * survivors):
        fail(
            CHECK,
            tried,
            f"{round(rate * survivors)} of {survivors} survivors removed",
            f"{survivors - left} removed",
            _miscounted(weights, before, after, rate),
        )
    sizes, stay, go = flat(weights).abs(), flat(after), flat(before) & ~flat(after)
    if stay.any() and go.any() and sizes[stay].min() < sizes[go].max():
        fail(
            CHECK,
            tried,
            "the smallest |w| of all survivors removed",
            f"{_value(weights, go, largest=True)} removed, {_value(weights, stay, largest=False)} kept",
            _misranked(weights, before, after),
        )
    return after


def _miscounted(weights, before, after, rate: float) -> str:
    survivors, removed = int(flat(before).sum()), int(flat(before).sum() - flat(after).sum())
    right, total = round(rate * survivors), len(flat(before))
    edge = flat(weights).abs()[flat(before)].sort().values
    equal = 0 < right < survivors and edge[right - 1] == edge[right]
    zeros = int((edge == 0).sum())
    if zeros and removed == round(rate * (survivors - zeros)) + zeros:
        return ZERO
    if equal:
        return TIES
    if total > survivors and removed == min(survivors, round(rate * total)):
        return "That is the rate of all weights. It is the rate of the survivors."
    if total > survivors and removed < right:
        return AGAIN
    if survivors - removed == right:
        return "The rate is the fraction that goes. It looks as if it were kept."
    if removed in (math.floor(rate * survivors), math.ceil(rate * survivors)):
        return "The number is rounded: use round(), not int(), floor or ceil."
    return ""


def _misranked(weights, before, after) -> str:
    if any((after[name] != before[name]).any() for name in after) and all(
        _sorted_apart(w.abs(), before[name], after[name]) for name, w in weights.items()
    ):
        return "It looks as if each tensor were pruned by itself: rank the survivors of all tensors together."
    if _sorted_apart(flat(weights), flat(before), flat(after)):
        return "It looks as if weights were ranked by their value, not by their size |w|."
    if _sorted_apart(-flat(weights).abs(), flat(before), flat(after)):
        return "The largest went: that is the wrong way round."
    return ""


def _sorted_apart(size: Tensor, before: Tensor, after: Tensor) -> bool:
    """Whether nothing that went is larger than something that stayed."""
    go = before & ~after
    return not (go.any() and after.any()) or bool(size[after].min() >= size[go].max())


def _value(weights: dict[str, Tensor], among: Tensor, largest: bool) -> str:
    return (
        f"{max(flat(weights)[among].tolist(), key=abs):.3g}"
        if largest
        else f"{min(flat(weights)[among].tolist(), key=abs):.3g}"
    )
