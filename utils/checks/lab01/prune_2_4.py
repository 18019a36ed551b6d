"""Does `prune_2_4(weight)` keep the two largest of every four neighbours of a row?"""

import torch
from torch import Tensor

from utils.checks.drawn import side_by_side
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, must_raise, passed, run
from utils.checks.lab01.matrices import halves
from utils.checks.lab01.returned import array

CHECK = "check_prune_2_4"
HINTS = {
    "reshape": "With no row at all, -1 cannot be guessed: write the number, or use unflatten(1, (-1, 4))."
}


def check_prune_2_4(answer) -> None:
    """`answer(weight)` returns a mask of 0 and 1; of equal sizes any may be kept, but exactly two of four."""
    _check(answer, "one group", torch.tensor([[3.0, -1, 2, -4]]))
    _check(
        answer,
        "two rows of two groups",
        torch.tensor([[7.0, 8, 9, 6, 1, 2, 3, -4], [5.0, -6, 1, 2, -9, 8, 7, 6]]),
    )
    _check(answer, "equal sizes", torch.tensor([[2.0, -2, 2, 2], [1.0, 5, -1, 1]]))
    _check(
        answer,
        "a group of zeros, and one with a single entry",
        torch.tensor([[0.0, 0, 0, 0, 0, 0, -3, 0]]),
    )
    generator = fresh_generator()
    for m, k in [(1, 8), (4, 4), (5, 8), (8, 4), (3, 0), (0, 8)]:
        _check(answer, f"a random {m} x {k} matrix", halves((m, k), generator))
    for k in (6, 7):
        must_raise(
            CHECK,
            f"a row of {k}",
            ValueError,
            answer,
            torch.ones(2, k),
            why=f"{k} is no multiple of four: say so.",
        )
    passed(
        CHECK,
        "two of every four, by size, along the rows; equal sizes, zeros, no entry at all, a row that does not fit",
    )


def _check(answer, tried: str, weight: Tensor) -> None:
    before = weight.clone()
    mask = array(
        CHECK,
        tried,
        "the mask",
        run(CHECK, tried, answer, weight, hints=HINTS),
        dims=2,
        empty=tuple(weight.shape),
    )
    if not torch.equal(weight, before):
        fail(
            CHECK,
            tried,
            "the weight as it was",
            "a changed weight",
            "Only the mask is asked for: work on new tensors, such as weight.abs().",
        )
    if mask.shape != weight.shape:
        fail(
            CHECK,
            tried,
            f"a mask of the shape of the weight, {tuple(weight.shape)}",
            f"shape {tuple(mask.shape)}",
        )
    if not ((mask == 0) | (mask == 1)).all():
        mistake = (
            "That is the pruned weight. Return the mask."
            if torch.equal(mask != 0, mask == before)
            else ""
        )
        fail(
            CHECK,
            tried,
            "a mask of 0 and 1 (or False and True)",
            str(mask.flatten().tolist()[:8]),
            mistake,
        )
    mask, best = mask.bool(), _two_largest(before)
    if _is_right(before, mask):
        return
    drawing = side_by_side(before * best, before * mask)
    if torch.equal(before * best, before * mask):  # only zeros are kept or not
        drawing = side_by_side(best, mask)
    fail(CHECK, f"{tried}: what the mask keeps\n{drawing}", mistake=_mistake(before, mask))


def _mistake(weight: Tensor, mask: Tensor) -> str:
    groups, kept = weight.reshape(-1, 4), mask.reshape(-1, 4)
    counts = kept.sum(1)
    if (counts == 2).all():
        if _is_right(weight, ~mask):
            return (
                "The mask is the wrong way round: 1 keeps, 0 prunes. (Or the smallest were kept.)"
            )
        if torch.equal(groups[kept].reshape(-1, 2).sort(1).values, groups.sort(1).values[:, 2:]):
            return "A large negative weight went: rank by size |w|, not by value."
        return "Two of every four stay, but not the two largest."
    if (mask.T.reshape(-1, 4).sum(1) == 2).all():
        return "The groups go down the columns. They lie along a row: the inputs of one output."
    if int(mask.sum()) * 2 == mask.numel():
        return "Half of all weights stay, but not two of every four."
    others = " or ".join(str(count) for count in sorted(set(counts.tolist()) - {2}))
    return (
        f"There are groups that keep {others}. Each must keep exactly two, also when sizes are equal or zero: choose positions (topk), "
        "not a threshold."
    )


def _is_right(weight: Tensor, mask: Tensor) -> bool:
    """Two of every four are kept, and none that went is larger than one that stayed."""
    for sizes, kept in zip(weight.abs().reshape(-1, 4).tolist(), mask.reshape(-1, 4).tolist()):
        stayed, went = (
            [size for size, keep in zip(sizes, kept) if keep == which] for which in (True, False)
        )
        if len(stayed) != 2 or max(went) > min(stayed):
            return False
    return True


def _two_largest(weight: Tensor) -> Tensor:
    mask = torch.zeros(weight.numel() // 4, 4)
    for group, sizes in enumerate(weight.abs().reshape(-1, 4).tolist()):
        mask[group, sorted(range(4), key=sizes.__getitem__)[2:]] = 1
    return mask.reshape(weight.shape)
