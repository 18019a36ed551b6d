"""Random importance: the control that every criterion has to beat."""

import torch
from torch import nn

from utils.model.parameters import Tensors, prunable


def chance(seed: int) -> torch.Generator:
    """A generator for masks and directions at random, unrelated to the network `mlp(..., seed=seed)`.

    torch draws initial weights and `torch.rand` from the same stream: a generator with the seed of the
    network repeats its initial weights, and a "random" mask then keeps the largest of them.
    """
    return torch.Generator().manual_seed(1_000_003 * (seed + 1))


def random(model: nn.Module, batch=None, generator: torch.Generator | None = None) -> Tensors:
    """Independent uniform numbers in [0, 1), one for every prunable weight. `batch` is not looked at."""
    return {
        name: torch.rand(weight.shape, generator=generator)
        for name, weight in prunable(model).items()
    }
