"""Does `brute_force_best_mask(loss, theta, kept)` find, of all masks that keep `kept` weights, the one with the least loss?"""

from itertools import combinations

import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.lab02.vectors import (
    described,
    instead,
    normal,
    positive,
    show,
    tensor,
    unchanged,
)

CHECK = "check_brute_force_best_mask"


def check_brute_force_best_mask(answer) -> None:
    """`answer(loss, theta, kept)` returns the mask (p,), 1 = kept."""
    theta = tensor([3.0, -2.0, 1.0])
    _best(answer, torch.diag(tensor([2.0, 0.1, 20.0, 0.5])), tensor([3.0, -2.0, 1.0, -4.0]), 2)
    dear_together = tensor([[0.25, 0.45, 0.0], [0.45, 1.0, 0.0], [0.0, 0.0, 1.0]])
    _best(answer, dear_together, tensor([2.0, 1.1, 1.2]), 1)
    cheap_together = tensor([[1.0, -0.9, 0.0], [-0.9, 1.0, 0.0], [0.0, 0.0, 0.05]])
    _best(answer, cheap_together, tensor([1.0, 1.1, 3.0]), 1)
    for offset in (-1000.0, 1e6):
        _best(answer, torch.eye(3).double(), theta, 2, offset)
    for kept in (0, 3):
        _best(answer, torch.eye(3).double(), theta, kept)
    generator = fresh_generator()
    for p, kept in ((4, 1), (5, 2), (6, 3), (6, 5)):
        _best(answer, positive(generator, p), normal(generator, p), kept)
    passed(CHECK, "small cases, coupled weights, negative and large losses, none and all kept")


def _best(answer, h: Tensor, theta: Tensor, kept: int, offset: float = 0.0) -> None:
    p, seen, given = len(theta), [], theta.clone()
    rises = {
        chosen: _rise(h, theta, _mask(p, chosen) * theta) for chosen in combinations(range(p), kept)
    }
    best = _mask(p, min(rises, key=rises.get))

    def loss(weights):
        seen.append(weights.detach().double().clone())
        return offset + _rise(h, theta, seen[-1])

    tried = (
        f"the loss 1/2 d^T H d{f' {offset:+g}' if offset else ''}, d = theta_new - theta, "
        f"H = {show(h)}, theta = {show(theta)}, kept = {kept}"
    )
    mask = run(CHECK, tried, answer, loss, given, kept)
    unchanged(CHECK, tried, theta=(given, theta))
    if not isinstance(mask, Tensor) or mask.shape != theta.shape:
        fail(
            CHECK,
            tried,
            f"the mask alone, a tensor of shape ({p},)",
            described(mask),
            "No mask was ever chosen: start the search from float('inf'), or from the first mask."
            if mask is None and seen
            else instead(mask),
        )
    mask = mask.detach().double()
    if not ((mask == 0) | (mask == 1)).all():
        fail(
            CHECK,
            tried,
            "a mask of 0 and 1",
            show(mask),
            "That is the pruned theta. Return its mask." if torch.equal(mask * best, mask) else "",
        )
    if int(mask.sum()) == kept and _rise(h, theta, mask * theta) <= min(rises.values()) + 1e-9:
        return
    fail(
        CHECK,
        tried,
        f"{show(best)}, loss {offset + min(rises.values()):.6g}",
        f"{show(mask)}, loss {offset + _rise(h, theta, mask * theta):.6g}",
        _mistake(h, theta, kept, mask, rises, seen),
    )


def _mistake(h, theta, kept, mask, rises, seen) -> str:
    p, others = len(theta), 1 - torch.eye(len(theta)).double()
    by_itself = torch.stack([_rise(h, theta, theta * others[q]) for q in range(p)])
    one_by_one = torch.ones(p).double()
    while int(one_by_one.sum()) > kept:
        left = one_by_one.nonzero().flatten().tolist()
        one_by_one[min(left, key=lambda q: _rise(h, theta, theta * one_by_one * others[q]))] = 0
    if seen and all(((weights == 0) | (weights == 1)).all() for weights in seen):
        return "The loss was asked about the mask. Ask it about the pruned weights: loss(mask * theta)."
    if int(mask.sum()) != kept:
        return (
            f"It keeps {int(mask.sum())} weights instead of {kept}: a mask is 1 where a weight is kept."
            + " Is a new mask made each time?" * bool(mask.all())
        )
    if len(seen) >= len(rises) and torch.equal(mask, (seen[-1] != 0).double()):
        return "That is the last mask that was tried. Make a new mask each time, or keep a copy of the best one."
    for words, value in {
        "It keeps the largest weights. Let the loss decide, not the size.": _mask(
            p, theta.abs().topk(kept).indices.tolist()
        ),
        "One weight after the other is a greedy search: it never takes a step back. Try all masks.": one_by_one,
        "Weights that are cheap to delete alone can be dear together: try masks, not single weights.": _mask(
            p, by_itself.topk(kept).indices.tolist()
        ),
        "That is the mask with the largest loss. The least is wanted, and 1 = kept.": _mask(
            p, max(rises, key=rises.get)
        ),
    }.items():
        if torch.equal(mask, value):
            return words
    return "Is every mask tried that keeps so many?"


def _mask(p: int, kept) -> Tensor:
    mask = torch.zeros(p).double()
    mask[list(kept)] = 1
    return mask


def _rise(h: Tensor, theta: Tensor, pruned: Tensor) -> Tensor:
    return (pruned - theta) @ h @ (pruned - theta) / 2
