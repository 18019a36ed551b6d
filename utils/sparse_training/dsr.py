"""DSR, dynamic sparse reparameterization: connections also move from layer to layer.

    every P steps
    1. drop all |theta| < H, one threshold for all layers; K have gone
    2. K < (1 - delta) N_p:  H <- 2 H        K > (1 + delta) N_p:  H <- H / 2
    3. grow K at random places, layer l gets K R_l / sum of R, with R_l its survivors

Mostafa and Wang, "Parameter efficient training of deep convolutional neural networks by
dynamic sparse reparameterization" (2019), with H = 0.001 at the start and delta = 0.1.
The total is constant, the layers' numbers are not: a layer whose weights grow large
gets more of them.
"""

from collections.abc import Mapping
from math import floor

import torch
from torch import Tensor, nn

from utils.model.parameters import Tensors, num_zeros, prunable
from utils.sparse_training.topology import DynamicPruner, connections, drop_smallest, grow_at_random


def drop_below(weight: Tensor, mask: Tensor, threshold: float) -> Tensor:
    """The mask without the connections of |weight| < threshold; the largest one
    always stays, so that no layer is emptied.
    """
    alive = connections(mask)
    small = int(((weight.abs() < threshold) & (mask != 0)).sum())
    return drop_smallest(weight, mask, min(small, max(0, alive - 1)))


def next_threshold(threshold: float, dropped: int, target: int, tolerance: float = 0.1) -> float:
    """Twice the threshold when it dropped too few, half of it when it dropped too
    many.
    """
    if dropped < (1 - tolerance) * target:
        return 2 * threshold
    return threshold / 2 if dropped > (1 + tolerance) * target else threshold


def apportion(count: int, parts: Mapping[str, float], room: dict[str, int]) -> dict[str, int]:
    """`count` whole things shared in proportion to the parts, none more than its
    room; the largest remainders are rounded up. What is too much for one goes to
    the others. The sum is exact; ValueError if the room is not enough.
    """
    if count > sum(room.values()):
        raise ValueError(f"there is room for {sum(room.values())}, not for {count}")
    given, left, sharing = {}, count, {name for name in parts if parts[name] > 0 or room[name] == 0}
    while True:
        whole = sum(parts[name] for name in sharing)
        quota = {name: left * parts[name] / whole if whole else 0.0 for name in sharing}
        full = [name for name in sharing if quota[name] >= room[name]]
        if not full:
            break
        given |= {name: room[name] for name in full}
        left -= sum(room[name] for name in full)
        sharing -= set(full)
    given |= {name: floor(q) for name, q in quota.items()}
    largest_remainder_first = sorted(quota, key=lambda name: floor(quota[name]) - quota[name])
    for name in largest_remainder_first[: count - sum(given.values())]:
        given[name] += 1
    return {name: given[name] for name in parts}


def dsr_rewire(
    weights: Tensors, masks: Tensors, threshold: float, generator: torch.Generator | None = None
) -> tuple[Tensors, Tensors]:
    """What is kept and the new masks; all layers together have as many connections
    as before.
    """
    kept = {name: drop_below(weights[name], mask, threshold) for name, mask in masks.items()}
    survivors = {name: connections(mask) for name, mask in kept.items()}
    room = {name: mask.numel() - survivors[name] for name, mask in kept.items()}
    more = apportion(num_zeros(kept) - num_zeros(masks), survivors, room)
    return kept, {name: grow_at_random(mask, more[name], generator) for name, mask in kept.items()}


class DSR(DynamicPruner):
    """Call `rewire(model)` every P steps. `target` is the number of connections N_p
    that should move each time; `threshold` adapts to it.
    """

    def __init__(
        self,
        model: nn.Module,
        masks: Tensors,
        optimizer: torch.optim.Optimizer,
        target: int,
        threshold: float = 1e-3,
        generator: torch.Generator | None = None,
    ):
        super().__init__(model, masks, optimizer, generator)
        self.target, self.threshold = target, threshold

    def rewire(self, model: nn.Module, batch=None) -> None:
        """Move what is below the threshold, then adapt the threshold. `batch` is not
        looked at.
        """
        kept, masks = dsr_rewire(prunable(model), self.masks, self.threshold, self.generator)
        dropped = num_zeros(kept) - num_zeros(self.masks)
        self.threshold = next_threshold(self.threshold, dropped, self.target)
        self.become(model, kept, masks)
