"""What the checks of this lab share: a sparse layer, is what came a mask, and how a layer and a number are written."""

import math
from numbers import Real

import torch
from torch import Tensor

from utils.checks.drawn import side_by_side
from utils.checks.report import fail, kind_of, run

SHAPES = ((7, 5), (4, 12), (3, 2, 3, 3))
HINTS = {
    "bitwise": "`&`, `|` and `~` are for True and False, and these masks are numbers. Compare first: (mask != 0).",
    "selected number k out of range": "torch.kthvalue counts from 1: for a count of 0 there is no 0-th smallest value.",
}


def random_layer(
    generator: torch.Generator, shape: tuple[int, ...], density: float = 0.5
) -> tuple[Tensor, Tensor]:
    """A weight and its mask; the weight is 0 where the mask is."""
    mask = torch.zeros(math.prod(shape))
    mask[torch.randperm(len(mask), generator=generator)[: round(density * len(mask))]] = 1
    return torch.randn(shape, generator=generator) * mask.view(shape), mask.view(shape)


def call(check: str, tried: str, answer, *arguments, hints: dict[str, str] | None = None):
    """`run`, with what is usually meant by `&` between masks of floats."""
    return run(check, tried, answer, *arguments, hints=(hints or {}) | HINTS)


def mask_like(check: str, tried: str, returned, like: Tensor) -> Tensor:
    """`returned` as a boolean mask of the shape of `like`; fails when it is something else."""
    is_tensor(check, tried, returned, like.shape)
    if not ((returned == 0) | (returned == 1)).all():
        twice = (
            "mask + new has a 2 where a connection grows that was there already."
            if torch.isin(returned, torch.arange(3)).all()
            else ""
        )
        fail(
            check,
            tried,
            "a mask: only 0 and 1 (or False and True)",
            "other numbers too",
            twice or "A mask says where connections are. It does not hold the weights.",
        )
    return returned.detach().bool()


def is_tensor(check: str, tried: str, value, shape) -> None:
    """Fails unless it is a tensor of this shape."""
    if not isinstance(value, Tensor):
        fail(
            check,
            tried,
            f"a tensor of shape {tuple(shape)}",
            kind_of(value),
            "The function ends without a `return`." if value is None else "",
        )
    if value.shape != shape:
        fail(
            check,
            tried,
            f"a tensor of shape {tuple(shape)}",
            f"one of shape {tuple(value.shape)}",
            "One entry for each place of the layer.",
        )


def number(check: str, tried: str, value, expected: str) -> float:
    """One number, given as such or as a tensor; fails when it is something else."""
    if not isinstance(value, (Real, Tensor)) or isinstance(value, Tensor) and value.numel() != 1:
        fail(
            check,
            tried,
            expected,
            kind_of(value),
            "The function ends without a `return`."
            if value is None
            else "One number is asked for.",
        )
    return float(value)


def unchanged(check: str, tried: str, **pairs: tuple[Tensor, Tensor]) -> None:
    """Fails when an argument, given as name=(now, before), is not as it was."""
    for name, (now, before) in pairs.items():
        if not torch.equal(now, before):
            fail(
                check,
                tried,
                f"`{name}` left as it was",
                f"`{name}` changed",
                f"Work on a copy ({name}.clone()), or make new tensors.",
            )


def ranked(gone: Tensor, stays: Tensor) -> bool:
    """Whether nothing that went is larger than something that stays; of equal ones any may go."""
    return not gone.numel() or not stays.numel() or bool(gone.max() <= stays.min())


def drawn(what: str, expected: Tensor, got: Tensor) -> str:
    """The words, and both layers beside each other below."""
    return f"{what}\n{side_by_side(expected.flatten(1), got.flatten(1))}"


def drawn_weights(tried: str, weight: Tensor, right: Tensor, kept: Tensor) -> str:
    """The weights that stay, beside those that should; the masks when they differ in weights of 0 alone."""
    if torch.equal(weight * right, weight * kept):
        return drawn(f"{tried}: the mask", right.float(), kept.float())
    return drawn(f"{tried}: the weights that stay", weight * right, weight * kept)
