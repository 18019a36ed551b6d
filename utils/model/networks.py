"""The networks of the course: small enough to train in seconds on one core, with names one can
read.
"""

from collections import OrderedDict
from collections.abc import Callable

import torch
from torch import nn

from utils.model.parameters import Model
from utils.model.randomness import seeded


def mlp(
    *widths: int,
    batchnorm: bool = False,
    activation: type[nn.Module] = nn.ReLU,
    seed: int | None = None,
) -> nn.Sequential:
    """A fully connected network: `mlp(64, 100, 100, 10)` has layers fc1, relu1, fc2, relu2, fc3.

    `widths` are the sizes of input, hidden layers and output. With `batchnorm`, bn1, bn2, ...
    follow the hidden layers. `activation=nn.Tanh` makes it smooth, which derivatives of second
    order need. With `seed` the initial weights depend on nothing else, and torch's global random
    state is left as it was.
    """
    if len(widths) < 2:
        raise ValueError(
            f"mlp needs an input and an output width, such as mlp(64, 10); got {widths}"
        )
    with seeded(seed):
        layers = OrderedDict()
        for i, (fan_in, fan_out) in enumerate(zip(widths, widths[1:]), start=1):
            layers[f"fc{i}"] = nn.Linear(fan_in, fan_out)
            if i < len(widths) - 1:
                if batchnorm:
                    layers[f"bn{i}"] = nn.BatchNorm1d(fan_out)
                layers[f"{activation.__name__.lower()}{i}"] = activation()
        return nn.Sequential(layers)


def convnet(channels: tuple[int, int] = (16, 32), seed: int | None = None) -> nn.Sequential:
    """Two 3x3 convolutions with BatchNorm and pooling, then one linear layer; for the 8x8 digits,
    given flat.

    Input (batch, 64), output (batch, 10). `seed` as in `mlp`.
    """
    first, second = channels
    with seeded(seed):
        return nn.Sequential(
            OrderedDict(
                image=nn.Unflatten(1, (1, 8, 8)),
                conv1=nn.Conv2d(1, first, 3, padding=1, bias=False),
                bn1=nn.BatchNorm2d(first),
                relu1=nn.ReLU(),
                pool1=nn.MaxPool2d(2),
                conv2=nn.Conv2d(first, second, 3, padding=1, bias=False),
                bn2=nn.BatchNorm2d(second),
                relu2=nn.ReLU(),
                pool2=nn.MaxPool2d(2),
                flat=nn.Flatten(),
                fc=nn.Linear(second * 4, 10),
            )
        )


@torch.no_grad()
def initialize(model: Model, init: Callable[[nn.Parameter], object], seed: int) -> Model:
    """Draw new weights with a function of `torch.nn.init`, biases 0, in place; returns the
    model.

    `initialize(mlp(64, 100, 10), nn.init.kaiming_normal_, seed=0)` is He's initialization (2015),
    which keeps the size of the signal in a deep ReLU network; torch's own lets it shrink. Only
    parameters with `dim() > 1` and biases are touched; torch's global random state is left as it
    was.
    """
    with seeded(seed):
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                init(parameter)
            elif name.endswith("bias"):
                parameter.zero_()
    return model
