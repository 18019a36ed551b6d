"""What the checks of this lab share: is it the right vector, and which mistake gives the one that came?"""

import torch
from torch import Tensor

from utils.checks.report import fail

ROUNDING = 1e-8  # relative; float64 leaves 1e-12 or less
SMALL = 16  # as many numbers are written out


def tensor(values) -> Tensor:
    """As torch.tensor, in float64."""
    return torch.tensor(values, dtype=torch.float64)


def normal(generator: torch.Generator, *shape: int) -> Tensor:
    """Normal random numbers in float64."""
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def positive(generator: torch.Generator, p: int) -> Tensor:
    """A random positive definite matrix (p, p) whose entries all matter."""
    root = normal(generator, p, 2 * p)
    return root @ root.T / (2 * p)


def same(got: Tensor, expected: Tensor, rounding: float = ROUNDING) -> bool:
    """Equal up to rounding, measured by the largest entry. NaN is equal to nothing."""
    return got.shape == expected.shape and bool(
        ((got - expected).abs() <= rounding * expected.abs().max()).all()
    )


def compare(
    check: str,
    tried: str,
    got,
    expected: Tensor,
    mistakes: dict[str, Tensor],
    shape_mistake: str = "",
) -> None:
    """Fail unless `got` is the tensor `expected`. `mistakes`: what each mistake, in words, would have given."""
    if not isinstance(got, Tensor) or got.shape != expected.shape:
        fail(
            check,
            tried,
            described(expected),
            described(got),
            shape_mistake if isinstance(got, Tensor) else instead(got),
        )
    got = got.detach().to(expected.dtype)
    if same(got, expected):
        return
    fail(check, tried, *differing(expected, got), named(got, expected, mistakes))


def differing(expected: Tensor, got: Tensor) -> tuple[str, str]:
    """Both written out when they are small; of larger ones the first entry that differs."""
    if expected.numel() <= SMALL:
        return show(expected), show(got)
    wrong = ((got - expected).abs() <= ROUNDING * expected.abs().max()).logical_not()
    place = wrong.nonzero()[0].tolist()
    return tuple(f"at {place}: {each[tuple(place)].item():.6g}" for each in (expected, got))


def named(got: Tensor, expected: Tensor, mistakes: dict[str, Tensor]) -> str:
    """Which of the mistakes gave `got`, in words; empty when none is recognised."""
    if same(got, expected, 1e-3):
        return (
            f"It is off by {(got - expected).abs().max().item():.1g}, which is more than rounding in float64: "
            "was something turned into float32, or taken as a difference quotient?"
        )
    return next((words for words, value in mistakes.items() if same(got, value)), "")


def unchanged(check: str, tried: str, **pairs: tuple[Tensor, Tensor]) -> None:
    """Fail unless each argument, given as name=(now, before), is as it was."""
    for name, (now, before) in pairs.items():
        if not torch.equal(now, before):
            fail(
                check,
                tried,
                f"{name} left as it was",
                f"{name} = {show(now)}, which was {show(before)}",
                f"The answer must leave its arguments alone: work on a copy ({name}.clone()), or make new tensors.",
            )


def show(tensor: Tensor) -> str:
    """A small vector or matrix, written out; of a larger one only its shape."""
    if tensor.numel() > SMALL:
        return f"numbers of shape {tuple(tensor.shape)}"
    if tensor.dim() == 2:
        return "[" + ", ".join(show(row) for row in tensor) + "]"
    return "[" + ", ".join(f"{value:z.4g}" for value in tensor.tolist()) + "]"


def described(value) -> str:
    """What kind of thing it is: a tensor with its shape, a tuple or list with what is in it, or how it is written."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, (tuple, list)):
        entries = [described(entry) for entry in value[:3]] + ["..."] * (len(value) > 3)
        return f"a {'tuple' if isinstance(value, tuple) else 'list'} of {len(value)}: {', '.join(entries)}"
    return shortened(value)


def instead(value) -> str:
    """What to do when this came in place of one tensor."""
    if value is None:
        return "The function ends without a `return`."
    if isinstance(value, tuple):
        return "Return the tensor alone." + " It is the entry [0] of your tuple." * (
            len(value) == 1
        )
    return (
        "A list is no tensor: torch.tensor makes one of numbers." if isinstance(value, list) else ""
    )


def shortened(value) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def plain(value):
    """What a probe may return of what an answer returned: tensors without their graph, numbers, or how it is written."""
    if isinstance(value, Tensor):
        return value.detach()
    if type(value) in (tuple, list):
        return type(value)(plain(entry) for entry in value)
    return value if value is None or type(value) in (int, float) else shortened(value)
