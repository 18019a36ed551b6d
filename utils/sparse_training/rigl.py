"""RigL, the rigged lottery: grow where the loss would fall fastest.

    every delta_t steps, while t < t_end, in place of an optimizer step, in each layer:
    k = f(t) * connections,          f(t) = alpha / 2 (1 + cos(pi t / t_end))
    drop the k smallest |theta|, grow the k largest |dL/dtheta| among the places not kept

Evci, Gale, Menick, Castro and Elsen, "Rigging the lottery: making all tickets winners"
(2020), with alpha = 0.3, t_end = 75 % of the training, delta_t = 100 and Erdos-Renyi
densities. The gradient is the dense one, by all weights, also those that are not there.
"""

import torch
from torch import nn

from utils.model.data import Batch
from utils.model.derivatives import Criterion, cross_entropy, weight_gradients
from utils.model.parameters import Tensors, prunable
from utils.sparse_training.topology import (
    DynamicPruner,
    connections,
    cosine_drop,
    drop_smallest,
    grow,
)


def rigl_rewire(
    weights: Tensors, masks: Tensors, gradients: Tensors, fraction: float
) -> tuple[Tensors, Tensors]:
    """What is kept and the new masks; each layer has as many connections as before.

    `gradients` are dense: by all weights at m * theta. Of each layer round(fraction *
    connections) move, or as many as there are free places.
    """
    kept, grown = {}, {}
    for name, mask in masks.items():
        alive = connections(mask)
        count = min(round(fraction * alive), mask.numel() - alive)
        kept[name] = drop_smallest(weights[name], mask, count)
        grown[name] = grow(gradients[name].abs(), kept[name], count)
    return kept, grown


class RigL(DynamicPruner):
    """Call `rewire(model, batch)` every `delta_t` steps instead of an optimizer step.

    `end` is the first optimizer step at which nothing moves; `criterion(outputs, targets)` is the
    loss whose gradients decide where connections grow.
    """

    def __init__(
        self,
        model: nn.Module,
        masks: Tensors,
        optimizer: torch.optim.Optimizer,
        end: int,
        fraction: float = 0.3,
        criterion: Criterion = cross_entropy,
    ):
        super().__init__(model, masks, optimizer)
        self.criterion = criterion
        self.end, self.fraction, self.step = end, fraction, 0

    def apply(self, model: nn.Module) -> None:
        """An optimizer step has been made: put the zeros back."""
        self.step += 1
        super().apply(model)

    def rewire(self, model: nn.Module, batch: Batch) -> None:
        """Move the smallest weights to where the loss on the batch has its largest
        gradients. This is a step of training too.
        """
        gradients = weight_gradients(model, batch, self.criterion)
        fraction = cosine_drop(self.step, self.end, self.fraction)
        self.step += 1
        self.become(model, *rigl_rewire(prunable(model), self.masks, gradients, fraction))
