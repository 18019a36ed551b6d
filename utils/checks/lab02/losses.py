"""Losses of a vector theta (p,), each made from plain tensors.

Autograd's graph does not cross into the box of the grader, so an answer that differentiates a loss needs the loss beside it. A
probe is given the maker and its numbers, makes the loss there, and the check makes the same one here for its oracle.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from utils.checks.lab02.vectors import normal, positive, tensor


def quadratic(h: Tensor, b: Tensor) -> Callable[[Tensor], Tensor]:
    """1/2 theta^T H theta + b^T theta + 1."""
    return lambda theta: theta @ h @ theta / 2 + b @ theta + 1


def quartic(a: Tensor, u: Tensor) -> Callable[[Tensor], Tensor]:
    """sum of a theta^4, and (u^T theta)^3: H = diag(12 a theta^2) + 6 (u^T theta) u u^T."""
    return lambda theta: (a * theta**4).sum() + (u @ theta) ** 3


def tilted(a: Tensor, u: Tensor, slope: Tensor) -> Callable[[Tensor], Tensor]:
    """The quartic, and slope^T theta: another gradient, the same H."""
    loss = quartic(a, u)
    return lambda theta: loss(theta) + slope @ theta


def network(x: Tensor, y: Tensor) -> Callable[[Tensor], Tensor]:
    """The cross-entropy of a tanh network with three hidden units and no biases; as many classes as theta has room for."""
    first = 3 * x.shape[1]

    def loss(theta: Tensor) -> Tensor:
        hidden = torch.tanh(x @ theta[:first].view(-1, 3))
        return nn.functional.cross_entropy(hidden @ theta[first:].view(3, -1), y)

    return loss


class Case(NamedTuple):
    """A loss in words, its maker and the maker's tensors, and a point."""

    words: str
    make: Callable
    numbers: tuple[Tensor, ...]
    theta: Tensor

    def derivatives(self) -> tuple[Tensor, Tensor, Tensor]:
        """Value, gradient and Hessian, by torch."""
        loss = self.make(*self.numbers)
        return (
            loss(self.theta),
            torch.func.grad(loss)(self.theta),
            torch.func.hessian(loss)(self.theta),
        )


def small() -> Case:
    """Numbers that one can follow by hand."""
    h, b = tensor([[2.0, 1.0], [1.0, 4.0]]), tensor([1.0, -1.0])
    return Case(
        "1/2 theta^T H theta + b^T theta + 1, H = [[2, 1], [1, 4]], b = [1, -1], theta = [1, 2]",
        quadratic,
        (h, b),
        tensor([1.0, 2.0]),
    )


def some(generator: torch.Generator, p: int = 7) -> list[Case]:
    """A quadratic and a quartic of p parameters, and a network."""
    x, y = normal(generator, 20, 4), torch.randint(0, 3, (20,), generator=generator)
    bowl = positive(generator, p), normal(generator, p)
    steps = normal(generator, p), normal(generator, p)
    return [
        Case(f"a quadratic loss of {p} parameters", quadratic, bowl, normal(generator, p)),
        Case(f"a quartic loss of {p} parameters", quartic, steps, normal(generator, p)),
        Case("a tanh network of 21 parameters", network, (x, y), normal(generator, 21)),
    ]
