"""Losses of a vector theta (p,): a tuple of a maker and its tensors.

Autograd's graph does not cross into the box of the grader, so an answer that differentiates a loss
needs the loss next to it: the scenes below make it there, and `right` makes the same one here.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from utils.checks.in_student import in_student
from utils.checks.lab02.vectors import normal, positive, tensor

Loss = tuple[Any, ...]  # (maker, *its arguments)


def quadratic(h: Tensor, b: Tensor) -> Callable[[Tensor], Tensor]:
    """1/2 theta^T H theta + b^T theta + 1."""
    return lambda theta: theta @ h @ theta / 2 + b @ theta + 1


def bowl(h: Tensor, centre: Tensor, least: float) -> Callable[[Tensor], Tensor]:
    """least + 1/2 d^T H d with d = theta - centre."""
    return lambda theta: least + (theta - centre) @ h @ (theta - centre) / 2


def quartic(a: Tensor, u: Tensor) -> Callable[[Tensor], Tensor]:
    """sum of a theta^4, and (u^T theta)^3: H = diag(12 a theta^2) + 6 (u^T theta) u u^T."""
    return lambda theta: (a * theta**4).sum() + (u @ theta) ** 3


def tilted(a: Tensor, u: Tensor, slope: Tensor) -> Callable[[Tensor], Tensor]:
    """The quartic, and slope^T theta: another gradient, the same H."""
    loss = quartic(a, u)
    return lambda theta: loss(theta) + slope @ theta


def network(x: Tensor, y: Tensor) -> Callable[[Tensor], Tensor]:
    """The cross-entropy of a tanh network with three hidden units and no biases.

    It has as many classes as theta has room for.
    """
    first = 3 * x.shape[1]

    def loss(theta: Tensor) -> Tensor:
        hidden = torch.tanh(x @ theta[:first].view(-1, 3))
        return nn.functional.cross_entropy(hidden @ theta[first:].view(3, -1), y)

    return loss


def made(loss: Loss) -> Callable[[Tensor], Tensor]:
    make, *arguments = loss
    return make(*arguments)


@in_student
def with_loss(answer, loss: Loss, *arguments):
    """Calls an answer with the loss made next to it."""
    return answer(made(loss), *arguments)


def small() -> tuple[str, Loss, Tensor]:
    """Numbers that one can follow by hand: words, loss and theta."""
    loss = quadratic, tensor([[2.0, 1.0], [1.0, 4.0]]), tensor([1.0, -1.0])
    words = "1/2 theta^T H theta + b^T theta + 1, H = [[2, 1], [1, 4]], b = [1, -1], theta = [1, 2]"
    return words, loss, tensor([1.0, 2.0])


def some(generator: torch.Generator, p: int = 7) -> list[tuple[str, Loss, Tensor]]:
    """A quadratic and a quartic of p parameters, and a network: words, loss and theta."""
    data = normal(generator, 20, 4), torch.randint(0, 3, (20,), generator=generator)
    h, (b, a, u, *thetas) = positive(generator, p), normal(generator, 5, p)
    return [
        (f"a quadratic loss of {p} parameters", (quadratic, h, b), thetas[0]),
        (f"a quartic loss of {p} parameters", (quartic, a, u), thetas[1]),
        ("a tanh network of 21 parameters", (network, *data), normal(generator, 21)),
    ]
