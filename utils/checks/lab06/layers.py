"""What the checks of this lab share: layers, hints, and how a layer is drawn."""

import math
from functools import partial

import torch
from torch import Tensor

from utils.checks import inputs
from utils.checks.compare import alike, as_mask
from utils.checks.drawn import side_by_side

SHAPES = ((7, 5), (4, 12), (3, 2, 3, 3))
HINTS = {
    "bitwise": "`&`, `|` and `~` are for True and False, and these masks are numbers. "
    "Compare first: (mask != 0).",
    "selected number k out of range": "torch.kthvalue counts from 1: for a count of 0 there is "
    "no 0-th smallest value.",
    "view size is not compatible": "A transposed tensor has no view(-1). flatten() works for every "
    "layout: work on mask.flatten().clone(), and give the result its shape at the end.",
    "with a bool tensor": "`1 - mask` is for numbers, and a mask can hold True and False: ask "
    "(mask == 0).",
}
exactly = partial(alike, rtol=0, atol=0)
SEEN = 6  # so many kinds of inputs.layers are for the visible checks, the others for hidden cells
PRECISE = "float32 cannot tell these numbers apart: rank them in the type they have."
NOT_A_MASK = "A mask says where connections are. It does not hold the weights."


def random_layer(
    generator: torch.Generator, shape: tuple[int, ...], density: float = 0.5
) -> tuple[Tensor, Tensor]:
    """A weight and its mask; the weight is 0 where the mask is."""
    mask = torch.zeros(math.prod(shape))
    mask[torch.randperm(len(mask), generator=generator)[: round(density * len(mask))]] = 1
    return torch.randn(shape, generator=generator) * mask.view(shape), mask.view(shape)


def seen_layers(generator: torch.Generator) -> list[tuple[str, Tensor, Tensor]]:
    return inputs.layers(generator)[:SEEN]


def unseen_layers(generator: torch.Generator) -> list[tuple[str, Tensor, Tensor]]:
    return inputs.layers(generator)[SEEN:]


def as_layer_mask(value, like: Tensor) -> Tensor:
    return as_mask(value, like, "One entry for each place of the layer.")


def drawn(what: str, expected: Tensor, got: Tensor) -> str:
    """The words, and both layers next to each other below."""
    return f"{what}\n{side_by_side(expected.flatten(1), got.flatten(1))}"


def drawn_weights(tried: str, weight: Tensor, right: Tensor, kept: Tensor) -> str:
    """The weights that stay, next to those that should; the masks if only weights of 0 differ."""
    stay, came = weight.where(right, 0), weight.where(kept, 0)
    if torch.equal(stay, came):
        return drawn(f"{tried}: the mask", right.float(), kept.float())
    return drawn(f"{tried}: the weights that stay", stay, came)
