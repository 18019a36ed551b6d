"""Random importance: the control that every criterion has to beat."""

import torch
from torch import nn

from utils.model.parameters import Tensors, prunable


def random(model: nn.Module, batch=None, generator: torch.Generator | None = None) -> Tensors:
    """Independent uniform numbers in [0, 1), one for every prunable weight. `batch` is not looked
    at. Drawn on the CPU, so that a generator gives the same numbers for every device.
    """
    return {
        name: torch.rand(weight.shape, generator=generator).to(weight.device)
        for name, weight in prunable(model).items()
    }
