"""Two networks for the checks of this lab, the smaller first, and how much of each layer goes (in
another order)."""

import copy

import torch
from torch import Tensor, nn


def networks(generator: torch.Generator) -> list[tuple[nn.Sequential, dict[str, float]]]:
    """Fresh parameters, no two of a size; inputs (n, 1, 4, 4). The second has a block in it."""
    small = nn.Sequential(nn.Flatten())
    small.add_module("fc1", nn.Linear(16, 3))
    small.add_module("fc2", nn.Linear(3, 4))
    large = nn.Sequential()
    large.add_module("conv", nn.Conv2d(1, 2, 3))
    large.add_module("block", nn.Sequential(nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(8, 10)))
    large.add_module("fc2", nn.Linear(10, 4))
    for model in (small, large):
        sizes = (
            torch.randperm(sum(p.numel() for p in model.parameters()), generator=generator) + 1.0
        )
        sizes *= (torch.rand(sizes.shape, generator=generator) < 0.5) * 2 - 1
        parts = sizes.split([p.numel() for p in model.parameters()])
        for p, part in zip(model.parameters(), parts):
            p.data.copy_(part.view(p.shape) / len(sizes))
    return [
        (small, {"fc1.weight": 0.25, "fc2.weight": 0.5}),
        (large, {"fc2.weight": 0.5, "conv.weight": 0.25, "block.2.weight": 0.6}),
    ]


def parameters(model: nn.Module) -> dict[str, Tensor]:
    """An independent copy of all parameters."""
    return copy.deepcopy({name: p.detach() for name, p in model.named_parameters()})
