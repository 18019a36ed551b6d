"""Small networks in float64 for the checks of this lab, a batch for each, and gradients.

Batches have even sizes, so that half of one is half for everyone.
"""

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call

from utils.checks import inputs
from utils.model import Tensors, mlp, prunable

Batch = tuple[Tensor, Tensor]
SEEN = ("layers in blocks in blocks", "layers without biases")  # the others are for hidden cells
BY_HAND = (
    "x = [[1, 0], [1, -1]], y = [0, 1], one linear layer, weight [[1, -2], [0.5, 1]], "
    "bias [0.5, -0.5]"
)


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


def batch(generator: torch.Generator, model: nn.Sequential, n: int) -> Batch:
    """n random examples with random labels."""
    first = next(model.parameters())
    shape = (n, first.shape[1]) if first.dim() == 2 else (n, 1, 4, 4)
    x = torch.randn(shape, generator=generator, dtype=torch.float64)
    y = torch.randint(0, len(list(model.parameters())[-1]), (n,), generator=generator)
    return x.round(decimals=1), y


def seen_kinds(generator: torch.Generator) -> list[tuple[str, nn.Sequential, Batch]]:
    """Networks of other kinds than `network`, in eval mode, for the visible checks."""
    return [
        (f"{words}, in eval mode", model.eval(), examples)
        for words, model, examples in _kinds(generator)
        if words in SEEN
    ]


def unseen_kinds(generator: torch.Generator) -> list[tuple[str, nn.Sequential, Batch]]:
    """More kinds, for the hidden cells."""
    return [kind for kind in _kinds(generator) if kind[0] not in SEEN]


def by_hand() -> tuple[nn.Sequential, Batch]:
    """One linear layer of 2 x 2 and two examples: numbers that one can follow."""
    model = nn.Sequential(OrderedDict(fc=nn.Linear(2, 2))).double()
    with torch.no_grad():
        model.get_parameter("fc.weight").copy_(torch.tensor([[1.0, -2.0], [0.5, 1.0]]))
        model.get_parameter("fc.bias").copy_(torch.tensor([0.5, -0.5]))
    return model, (
        torch.tensor([[1.0, 0.0], [1.0, -1.0]], dtype=torch.float64),
        torch.tensor([0, 1]),
    )


def weights_of(model: nn.Module) -> Tensors:
    """A copy of the prunable weights."""
    return {name: w.clone() for name, w in prunable(model).items()}


def parameters_of(model: nn.Module, biases: bool = True) -> dict[str, nn.Parameter]:
    return {name: p for name, p in model.named_parameters() if biases or p.dim() > 1}


def mean_loss(outputs: Tensor, y: Tensor) -> Tensor:
    return nn.functional.cross_entropy(outputs, y)


def gradients(
    model: nn.Module,
    parameters: Tensors,
    batch: Batch,
    loss: Callable[[Tensor, Tensor], Tensor] = mean_loss,
) -> Tensors:
    """The gradient of the loss by these parameters, put in place of the model's."""
    parameters = {name: p.detach().clone().requires_grad_() for name, p in parameters.items()}
    x, y = batch
    value = loss(functional_call(model, parameters, (x,)), y)
    return dict(zip(parameters, torch.autograd.grad(value, list(parameters.values()))))


def _kinds(generator: torch.Generator) -> list[tuple[str, nn.Sequential, Batch]]:
    """Of inputs.networks those that are trained as a whole, in float64. BatchNorm is in eval mode:
    a run in train mode would change its statistics."""
    found = []
    for words, model, x in inputs.networks(generator):
        if not all(p.requires_grad for p in model.parameters()):
            continue
        for part in model.modules():
            if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
                part.eval()
        examples = x.double(), torch.randint(0, 3, (len(x),), generator=generator)
        while not any(
            g.any() for g in gradients(model.double(), weights_of(model), examples).values()
        ):
            inputs.draw(model, generator)  # all ReLUs were off
        found.append((words, model, examples))
    return found


@torch.no_grad()
def _drawn(model: nn.Sequential, generator: torch.Generator) -> nn.Sequential:
    for p in model.parameters():
        p.copy_(torch.randn(p.shape, generator=generator, dtype=torch.float64))
    return model
