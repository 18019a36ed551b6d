"""What the checks of this lab share: a sparse layer, hints, and how a layer is drawn."""

import math

import torch
from torch import Tensor

from utils.checks.compare import as_mask
from utils.checks.drawn import side_by_side

SHAPES = ((7, 5), (4, 12), (3, 2, 3, 3))
HINTS = {
    "bitwise": "`&`, `|` and `~` are for True and False, and these masks are numbers. "
    "Compare first: (mask != 0).",
    "selected number k out of range": "torch.kthvalue counts from 1: for a count of 0 there is "
    "no 0-th smallest value.",
}
NOT_A_MASK = "A mask says where connections are. It does not hold the weights."


def random_layer(
    generator: torch.Generator, shape: tuple[int, ...], density: float = 0.5
) -> tuple[Tensor, Tensor]:
    """A weight and its mask; the weight is 0 where the mask is."""
    mask = torch.zeros(math.prod(shape))
    mask[torch.randperm(len(mask), generator=generator)[: round(density * len(mask))]] = 1
    return torch.randn(shape, generator=generator) * mask.view(shape), mask.view(shape)


def as_layer_mask(value, like: Tensor) -> Tensor:
    return as_mask(value, like, "One entry for each place of the layer.")


def drawn(what: str, expected: Tensor, got: Tensor) -> str:
    """The words, and both layers next to each other below."""
    return f"{what}\n{side_by_side(expected.flatten(1), got.flatten(1))}"


def drawn_weights(tried: str, weight: Tensor, right: Tensor, kept: Tensor) -> str:
    """The weights that stay, next to those that should; the masks if only weights of 0 differ."""
    if torch.equal(weight * right, weight * kept):
        return drawn(f"{tried}: the mask", right.float(), kept.float())
    return drawn(f"{tried}: the weights that stay", weight * right, weight * kept)
