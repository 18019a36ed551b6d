"""A network with every kind of state for the checks of this lab, and what stands in for its training."""

import copy

import torch
from torch import Tensor, nn

from utils.checks.report import fail


def network(generator: torch.Generator) -> nn.Sequential:
    """A convolution, linear layers and two kinds of BatchNorm, some inside a block; input (n, 1, 6, 6), output (n, 20)."""
    model = nn.Sequential()
    block = nn.Sequential(nn.Linear(12 * 16, 24), nn.BatchNorm1d(24), nn.ReLU())
    for name, layer in dict(
        conv=nn.Conv2d(1, 12, 3),
        bn=nn.BatchNorm2d(12),
        relu=nn.ReLU(),
        flat=nn.Flatten(),
        block=block,
        fc=nn.Linear(24, 20),
    ).items():
        model.add_module(name, layer)
    move(model, generator)
    return model


@torch.no_grad()
def move(model: nn.Module, generator: torch.Generator) -> None:
    """What training does, in no time: every number of the model becomes another one, zeros come back, BatchNorm has counted."""
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            value.copy_(torch.randn(value.shape, generator=generator))
            if name.endswith("running_var"):
                value.abs_().add_(0.1)
        else:
            value.add_(7)


@torch.no_grad()
def zero_half(model: nn.Module, generator: torch.Generator) -> None:
    """About half of the weights become 0, as if they had been pruned."""
    for w in model.parameters():
        if w.dim() > 1:
            w.mul_(torch.rand(w.shape, generator=generator) < 0.5)


def state(model: nn.Module) -> dict[str, Tensor]:
    """An independent copy of everything that the model holds."""
    return copy.deepcopy(dict(model.state_dict()))


def same_parameters(
    check: str, tried: str, model: nn.Module, parameters: dict[str, nn.Parameter]
) -> None:
    """Fails when the model holds other parameters than those, which an optimizer would know."""
    if any(now is not parameters.get(name) for name, now in model.named_parameters()):
        fail(
            check,
            tried,
            "the same parameters, with other values",
            "new parameters in the model",
            "Change the values in place (`p.copy_(...)` for one): an optimizer holds the old parameters.",
        )


def differing(now: dict[str, Tensor], expected: dict[str, Tensor]) -> list[str]:
    """The names of what is missing or not bit-equal."""
    return [
        name for name in expected if name not in now or not torch.equal(now[name], expected[name])
    ]


def buffers(names: list[str]) -> list[str]:
    """Of these names, those of BatchNorm's statistics."""
    return [
        name
        for name in names
        if name.rpartition(".")[2] in ("running_mean", "running_var", "num_batches_tracked")
    ]
