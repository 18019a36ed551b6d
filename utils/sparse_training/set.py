"""SET, sparse evolutionary training: what is nearly zero goes, what is random comes.

    start            each layer an Erdos-Renyi graph:
                     P(m_ij = 1) = min(1, epsilon (n_in + n_out) / (n_in n_out))
    after an epoch   in each layer drop the fraction zeta of the positive weights that are smallest
                     and the fraction zeta of the negative weights that are largest (nearest to 0);
                     grow as many at random places, except after the last epoch

Mocanu, Mocanu, Stone, Nguyen, Gibescu and Liotta, "Scalable training of artificial
neural networks with adaptive sparse connectivity inspired by network science" (2018),
with zeta = 0.3.
"""

import torch
from torch import Tensor, nn

from utils.model.parameters import Tensors, prunable
from utils.sparse_training.topology import DynamicPruner, connections, drop_smallest, grow_at_random


def drop_near_zero(weight: Tensor, mask: Tensor, fraction: float) -> Tensor:
    """The mask without round(fraction * n) of its n positive weights, the smallest, and
    as many in proportion of its negative ones, the largest.

    A connection whose weight is exactly 0 (its gradient was always 0) goes before all
    others, and counts. If such ones stayed, they would fill the layer: nothing else
    would be dropped in time.
    """
    alive, zeros = mask != 0, (mask != 0) & (weight == 0)
    budget = fraction * int(alive.sum())
    kept = zeros.to(mask.dtype)
    kept[tuple(zeros.nonzero()[: round(budget)].T)] = 0
    # what is left of the budget; without zeros it is the fraction
    rest = max(0.0, budget - int(zeros.sum())) / max(1, int((alive & ~zeros).sum()))
    for side in (mask * (weight > 0), mask * (weight < 0)):
        kept = kept + drop_smallest(weight, side, round(rest * connections(side)))
    return kept


def set_rewire(
    weights: Tensors,
    masks: Tensors,
    fraction: float = 0.3,
    generator: torch.Generator | None = None,
) -> tuple[Tensors, Tensors]:
    """What is kept and the new masks; each layer has as many connections as before."""
    kept, new = {}, {}
    for name, mask in masks.items():
        kept[name] = drop_near_zero(weights[name], mask, fraction)
        new[name] = grow_at_random(
            kept[name], connections(mask) - connections(kept[name]), generator
        )
    return kept, new


class SET(DynamicPruner):
    """Call `rewire(model)` after every epoch but the last. `fraction` is zeta."""

    def __init__(
        self,
        model: nn.Module,
        masks: Tensors,
        optimizer: torch.optim.Optimizer,
        fraction: float = 0.3,
        generator: torch.Generator | None = None,
    ):
        super().__init__(model, masks, optimizer, generator)
        self.fraction = fraction

    def rewire(self, model: nn.Module, batch=None) -> None:
        """Move the fraction of the connections nearest to 0 to random places.
        `batch` is not looked at.
        """
        self.become(model, *set_rewire(prunable(model), self.masks, self.fraction, self.generator))
