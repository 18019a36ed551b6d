"""Brute force: try every mask. The ground truth that every criterion is compared with, for a
dozen weights.

    minimize L(m * theta)  subject to  m in {0, 1}^p with `kept` ones
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import torch
from torch import Tensor

MOST = 24


def best_mask(
    loss: Callable[[Tensor], Tensor | float], theta: Tensor, kept: int
) -> tuple[Tensor, float]:
    """The mask (p,) that keeps `kept` weights of theta (p,) with the least loss, and that loss;
    the others stay as they are.

    Of several equally good masks the first one is taken. ValueError for more than 24 weights,
    or kept outside 0 ... p.
    """
    p = len(theta)
    if p > MOST or not 0 <= kept <= p:
        raise ValueError(
            f"brute force is for at most {MOST} weights and keeps 0 to p of them; "
            f"got p = {p}, kept = {kept}"
        )

    def masks() -> Iterator[Tensor]:
        for positions in combinations(range(p), kept):
            mask = torch.zeros_like(theta)
            mask[list(positions)] = 1
            yield mask

    return min(((mask, float(loss(mask * theta))) for mask in masks()), key=lambda pair: pair[1])
