"""Losses of a vector theta (p,): a tuple of a maker and its tensors.

Autograd's graph does not cross into the box of the grader, so an answer that differentiates a loss
needs the loss next to it: the makers go there by source, and `right` makes the same one here.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from utils.checks.in_student import in_student
from utils.checks.lab02.vectors import normal, positive, tensor

Loss = tuple[Any, ...]  # (maker, *its arguments)


@in_student
def quadratic(h, b):
    """1/2 theta^T H theta + b^T theta + 1."""
    return lambda theta: theta @ h @ theta / 2 + b @ theta + 1


@in_student
def bowl(h, centre, least):
    """least + 1/2 d^T H d with d = theta - centre."""
    return lambda theta: least + (theta - centre) @ h @ (theta - centre) / 2


@in_student
def quartic(a, u):
    """sum of a theta^4, and (u^T theta)^3: H = diag(12 a theta^2) + 6 (u^T theta) u u^T."""
    return lambda theta: (a * theta**4).sum() + (u @ theta) ** 3


@in_student
def tilted(a, u, slope):
    """The quartic, and slope^T theta: another gradient, the same H."""
    return lambda theta: (a * theta**4).sum() + (u @ theta) ** 3 + slope @ theta


@in_student
def network(x, y):
    """The cross-entropy of a tanh network with three hidden units and no biases.

    It has as many classes as theta has room for.
    """
    import torch

    first = 3 * x.shape[1]

    def loss(theta):
        hidden = torch.tanh(x @ theta[:first].view(-1, 3))
        return torch.nn.functional.cross_entropy(hidden @ theta[first:].view(3, -1), y)

    return loss


def made(loss: Loss) -> Callable[[Tensor], Tensor]:
    make, *arguments = loss
    return make(*arguments)


@in_student
def with_loss(answer, loss, *arguments):
    """Calls an answer with the loss made next to it."""
    make, *parts = loss
    return answer(make(*parts), *arguments)


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
