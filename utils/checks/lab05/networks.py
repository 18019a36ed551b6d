"""Small networks in float64 for the checks of this lab, a batch for each, and the loss as a function of some parameters."""

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.func import functional_call

from utils.model import Tensors, mlp


def network(
    generator: torch.Generator, *widths: int, activation: type[nn.Module] = nn.ReLU
) -> nn.Sequential:
    """Linear layers with random weights and biases."""
    return _drawn(mlp(*widths, activation=activation).double(), generator)


def convolutional(
    generator: torch.Generator, activation: type[nn.Module] = nn.ReLU
) -> nn.Sequential:
    """A convolution and a linear layer; input (n, 1, 4, 4), three outputs."""
    layers = OrderedDict(
        conv=nn.Conv2d(1, 2, 3), act=activation(), flat=nn.Flatten(), fc=nn.Linear(8, 3)
    )
    return _drawn(nn.Sequential(layers).double(), generator)


def batch(generator: torch.Generator, model: nn.Module, n: int) -> tuple[Tensor, Tensor]:
    """n random examples with random labels."""
    first = next(model.parameters())
    x = torch.randn(
        (n, first.shape[1]) if first.dim() == 2 else (n, 1, 4, 4),
        generator=generator,
        dtype=torch.float64,
    )
    return x.round(decimals=1), torch.randint(0, model[-1].out_features, (n,), generator=generator)


def by_hand() -> tuple[nn.Sequential, tuple[Tensor, Tensor]]:
    """One linear layer of 2 x 2 and two examples: numbers that one can follow."""
    model = nn.Sequential(OrderedDict(fc=nn.Linear(2, 2))).double()
    with torch.no_grad():
        model.fc.weight.copy_(torch.tensor([[1.0, -2.0], [0.5, 1.0]]))
        model.fc.bias.copy_(torch.tensor([0.5, -0.5]))
    return model, (
        torch.tensor([[1.0, 0.0], [1.0, -1.0]], dtype=torch.float64),
        torch.tensor([0, 1]),
    )


BY_HAND = "x = [[1, 0], [1, -1]], y = [0, 1], one linear layer, weight [[1, -2], [0.5, 1]], bias [0.5, -0.5]"


def loss_of(
    model: nn.Module, parameters: Tensors, batch: tuple[Tensor, Tensor], temperature: float = 1.0
) -> Tensor:
    """The mean cross-entropy of outputs / temperature with these parameters in place of the model's own."""
    x, y = batch
    return nn.functional.cross_entropy(functional_call(model, parameters, (x,)) / temperature, y)


def gradients(
    model: nn.Module, parameters: Tensors, batch: tuple[Tensor, Tensor], temperature: float = 1.0
) -> Tensors:
    """The gradient of that loss by these parameters."""
    parameters = {name: p.detach().clone().requires_grad_() for name, p in parameters.items()}
    found = torch.autograd.grad(
        loss_of(model, parameters, batch, temperature), list(parameters.values())
    )
    return dict(zip(parameters, found))


@torch.no_grad()
def _drawn(model: nn.Module, generator: torch.Generator) -> nn.Module:
    for p in model.parameters():
        p.copy_(torch.randn(p.shape, generator=generator, dtype=torch.float64))
    return model
