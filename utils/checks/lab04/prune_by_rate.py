"""Does `prune_by_rate(weights, masks, rate)` remove the smallest survivors of all tensors?

| the statement | the case that asks it |
|---|---|
| exactly round(rate * survivors) | ten weights, several rates; hidden: HALVES |
| all tensors counted and ranked together | six weights, three tensors |
| many of the same size; 0 or all of them | equal sizes, rates 0 and 1, no survivor |
| the smallest, by size | all; sizes near 1e-7, float64 |
| what is gone stays gone, whatever its weight | large, small and 0; between survivors of 0 |
| a survivor of 0 is still a survivor | zeros among both |
| the arguments are not changed | all |

The hard inputs of `inputs.masked` are asked in turn here and in the hidden cell.
"""

import math
from functools import partial

import torch
from torch import Tensor

from utils.checks.compare import alike, as_masks
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.inputs import masked
from utils.checks.lab04.tensors import BITWISE, flat, split_like, written

GONE = "What is gone stays gone, whatever its weight is now: only survivors are ranked."
ZERO = "A survivor that happens to be 0 is still a survivor: ask the mask, not the weight."
TIES = (
    "Equal sizes: a threshold cannot tell them apart. Take positions: "
    "`topk(..., largest=False).indices`."
)
ROUND = "The number is rounded: use round(), not int(), floor or ceil."
BY_NAME = "The masks and the weights were paired by place. They belong together by name."
KTHVALUE = "torch.kthvalue counts from 1: with nothing to remove there is no 0-th smallest value."


@steps
def prune_with(
    ranked=lambda w, mask: mask != 0,
    size=lambda w, mask: w.abs(),
    number=lambda rate, n, mask: round(rate * n),
    smallest=lambda sizes, count: sizes.argsort(stable=True)[:count],
    start=lambda mask, ranked: ranked,
    result=lambda kept, w: kept,
):
    """All tensors in one vector, and of those that are ranked the smallest go."""

    def answer(weights: dict, masks: dict, rate: float) -> dict:
        w, mask = flat(weights), flat(masks, weights)
        among = ranked(w, mask)
        places, kept = among.nonzero().flatten(), start(mask, among).float()
        count = number(rate, len(places), mask)
        kept[places[smallest(size(w, mask)[places], count)]] = 0
        return split_like(weights, result(kept, w))

    return answer


right = prune_with()


def all_ranked(w: Tensor, mask: Tensor) -> Tensor:
    return torch.ones_like(mask) != 0


def to_the_count(rate: float, n: int, mask: Tensor) -> int:
    """As many of all n that the right number is left."""
    survivors = int(mask.sum())
    return n - survivors + round(rate * survivors)


def kthvalue(sizes: Tensor, count: int) -> Tensor:
    return (sizes <= sizes.kthvalue(count).values).nonzero().flatten()


def each_by_itself(weights, masks, rate):
    return {n: right({n: w}, {n: masks[n]}, rate)[n] for n, w in weights.items()}


def by_place(weights, masks, rate):
    """Where a mask has another shape than the weight in its place, by name."""
    placed = dict(zip(weights, masks.values()))
    fits = all(placed[name].shape == w.shape for name, w in weights.items())
    return right(weights, placed if fits else masks, rate)


MISTAKES = [
    (
        "Weights that were gone already were selected again: they are 0, the smallest of all. Rank "
        "the survivors alone.",
        prune_with(
            ranked=all_ranked,
            size=lambda w, mask: (w * mask).abs(),
            number=lambda rate, n, mask: round(rate * int(mask.sum())),
            start=lambda mask, ranked: mask,
        ),
    ),
    (GONE, prune_with(ranked=all_ranked, number=to_the_count)),
    (
        "Gone weights and survivors of size 0 look the same: rank the survivors alone.",
        prune_with(ranked=all_ranked, number=to_the_count, size=lambda w, mask: (w * mask).abs()),
    ),
    (GONE, prune_with(ranked=lambda w, mask: w != 0)),
    (ZERO, prune_with(ranked=lambda w, mask: w * mask != 0)),
    (ZERO, prune_with(result=lambda kept, w: kept * (w != 0))),
    (
        "That is the rate of all weights. It is the rate of the survivors.",
        prune_with(number=lambda rate, n, mask: round(rate * len(mask))),
    ),
    (
        "The rate is the fraction that goes. It was taken for the fraction that is kept.",
        prune_with(number=lambda rate, n, mask: n - round(rate * n)),
    ),
    (ROUND, prune_with(number=lambda rate, n, mask: math.floor(rate * n))),
    (ROUND, prune_with(number=lambda rate, n, mask: math.ceil(rate * n))),
    (
        "int(x + 0.5) takes 2.5 to 3. round() takes it to 2, the even one.",
        prune_with(number=lambda rate, n, mask: int(rate * n + 0.5)),
    ),
    (TIES, prune_with(smallest=lambda sizes, n: kthvalue(sizes, n) if n else [])),
    (KTHVALUE, prune_with(smallest=lambda sizes, n: (sizes.kthvalue(n), sizes.argsort()[:n])[1])),
    (
        "The one at the threshold goes too.",
        prune_with(smallest=lambda sizes, n: kthvalue(sizes, n - 1) if n > 1 else []),
    ),
    (
        "Each tensor was pruned by itself: rank the survivors of all tensors together.",
        each_by_itself,
    ),
    (
        "Weights were ranked by their value, not by their size |w|.",
        prune_with(size=lambda w, mask: w),
    ),
    (
        "The largest went: that is the wrong way round.",
        prune_with(smallest=lambda sizes, n: sizes.argsort(descending=True)[:n]),
    ),
    (
        "float32 cannot tell these sizes apart: rank the weights in their own type.",
        prune_with(size=lambda w, mask: w.abs().float()),
    ),
    (BY_NAME, by_place),
    (
        "Those that go are returned: return what is left.",
        prune_with(result=lambda kept, w: 1 - kept),
    ),
    (
        "A mask says which weights are there. It does not hold the weights.",
        prune_with(result=lambda kept, w: kept * w),
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    six = {"a": torch.tensor([[3.0, -1.0], [0.5, -4.0]]), "b": torch.tensor([0.3, -0.2])}
    level = {"b": torch.tensor([0.0, 0.0]), "a": torch.tensor([[1.0, 1.0], [0.0, 1.0]])}
    zeros = {"a": torch.tensor([0.0, 0.0, 0.0, 2.0]), "b": torch.tensor([3.0, 0.0, 1.0])}
    some = {"a": torch.tensor([1.0, 1.0, 0.0, 1.0]), "b": torch.tensor([1.0, 0.0, 1.0])}
    ties = {"a": torch.tensor([1.0, -1.0, 1.0]), "b": torch.tensor([-1.0, 1.0, 5.0])}
    ten = {
        "a": torch.tensor([0.5, -2.0, 1.5, -0.1, 3.0]),
        "b": torch.tensor([-1.0, 0.2, 2.5, -0.7, 4.0]),
    }
    none = {name: torch.zeros_like(w) for name, w in ten.items()}
    asked = [
        (six, ones(six), (0.34,)),
        ({name: w * level[name] for name, w in six.items()}, level, (0.34, 0.7)),
        ({"a": six["a"], "b": torch.tensor([9.0, -8.0])}, level, (0.34, 0.7)),
        (zeros, some, (0.2, 0.0, 0.4)),
        (ties, ones(ties), (0.5, 0.3)),
        (ten, ones(ten), (0.26, 0.37, 0.24, 0.14, 0.25, 0.45, 0.0, 0.04, 1.0)),
        ({name: w * 1e-8 for name, w in ten.items()}, ones(ten), (0.4,)),
        (ten, none, (0.5,)),
    ]
    masks = {"fc2": torch.ones(4, 7), "fc1": torch.ones(7, 9), "conv": torch.ones(3, 2, 3, 3)}
    for rate in (0.2, 0.35, 0.5):
        weights = {
            "conv": torch.randn(3, 2, 3, 3, generator=generator),
            "fc1": 0.3 * torch.randn(7, 9, generator=generator),
            "fc2": 2 * torch.randn(4, 7, generator=generator),
        }
        asked.append((weights, masks, (rate,)))
        masks = dict(reversed(right(weights, masks, rate).items()))
    hard = masked(generator)
    return [
        *(
            case(f"rate {rate} of {written(w)}{under(masks)}", weights=w, masks=masks, rate=rate)
            for w, masks, rates in asked
            for rate in rates
        ),
        *(
            case(f"{words}: rate {rate}", weights=w, masks=masks, rate=rate)
            for words, w, masks in [*hard[::2], hard[3]]
            for rate in (0.3, 0.6)
        ),
    ]


def ones(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Masks that keep everything."""
    return {name: torch.ones_like(w) for name, w in weights.items()}


def under(masks: dict[str, Tensor]) -> str:
    return "" if flat(masks).all() else f"\n  with the masks {written(masks)}"


def vectors(outcome: Outcome, case: Case) -> tuple[Tensor, Tensor, Tensor]:
    """The sizes, who was there, and who is kept."""
    weights, masks, _ = case.arguments.values()
    kept = as_masks(outcome.returned, weights)
    return flat(weights).abs(), flat(masks, weights) != 0, flat(kept)


def read(outcome: Outcome, case: Case) -> tuple[int, Tensor]:
    """How many came back, and the sizes that are kept: of equal ones any may go."""
    sizes, before, kept = vectors(outcome, case)
    return int((kept & ~before).sum()), sizes[kept].sort().values


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    sizes, before, kept = vectors(got, case)
    survivors, rate = int(before.sum()), case.arguments["rate"]
    went, count = before & ~kept, round(rate * survivors)
    if (kept & ~before).any():
        return case.words, "what was gone stays gone", "a weight that was gone is kept again"
    if went.sum() != count:
        return case.words, f"{count} of {survivors} survivors go", f"{int(went.sum())} go"
    largest, smallest = float(sizes[went].max()), float(sizes[kept].min())
    came = f"{largest:.3g} goes, {smallest:.3g} stays"
    return case.words, "the smallest |w| of all survivors go", came


check_prune_by_rate = Exercise(
    name="prune_by_rate",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="all tensors together, survivors alone, zeros, ties, types, rounding, three levels",
    read=read,
    same=partial(alike, rtol=0, atol=0),
    show=show,
    hints=BITWISE
    | {
        "selected number k out of range": KTHVALUE,
        "too many indices": BY_NAME,
        "shape of the mask": BY_NAME,
    },
)
