"""Networks with every kind of state for the checks of this lab, and what stands in for training."""

import copy

import torch
from torch import Tensor, nn


def networks(generator: torch.Generator) -> list[nn.Sequential]:
    """The smaller first. Both have layers and BatchNorm in a block; inputs (n, 1, 6, 6)."""
    block = nn.Sequential(nn.Linear(36, 24), nn.BatchNorm1d(24), nn.ReLU())
    small = nn.Sequential(nn.Flatten())
    small.add_module("block", block)
    small.add_module("fc", nn.Linear(24, 20))
    large = nn.Sequential()
    for name, layer in {
        "conv": nn.Conv2d(1, 12, 3),
        "bn": nn.BatchNorm2d(12),
        "flat": nn.Flatten(),
        "block": nn.Sequential(nn.Linear(12 * 16, 24), nn.BatchNorm1d(24), nn.ReLU()),
        "fc": nn.Linear(24, 20),
    }.items():
        large.add_module(name, layer)
    for model in (small, large):
        move(model, generator)
    return [small, large]


@torch.no_grad()
def move(model: nn.Module, generator: torch.Generator) -> None:
    """What training does: every number changes, no two of a size, and BatchNorm has counted."""
    state = model.state_dict()
    sizes = torch.randperm(sum(value.numel() for value in state.values()), generator=generator) + 1
    for value, part in zip(
        state.values(), sizes.split([value.numel() for value in state.values()])
    ):
        sign = torch.rand(part.shape, generator=generator).sub(0.5).sign()
        value.copy_(
            (part * sign / len(sizes)).view(value.shape) if value.is_floating_point() else value + 7
        )
    for name, value in state.items():
        if name.endswith("running_var"):
            value.abs_()


@torch.no_grad()
def zero_half(model: nn.Module, generator: torch.Generator) -> None:
    """About half of the weights become 0, as if they had been pruned."""
    for w in model.parameters():
        if w.dim() > 1:
            w.mul_(torch.rand(w.shape, generator=generator) < 0.5)


def state(model: nn.Module) -> dict[str, Tensor]:
    """An independent copy of everything that the model holds."""
    return copy.deepcopy(dict(model.state_dict()))
