"""What the checks of this lab share: is it the right vector, and which mistake gives the one that came?"""
import torch
from torch import Tensor

from utils.checks.report import fail

ROUNDING = 1e-8         # relative; float64 leaves 1e-12 or less


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
    return got.shape == expected.shape and bool(((got - expected).abs() <= rounding * expected.abs().max()).all())


def compare(check: str, tried: str, got, expected: Tensor, mistakes: dict[str, Tensor], shape_mistake: str = "") -> None:
    """Fail unless `got` is the tensor `expected`. `mistakes`: what each mistake, in words, would have given."""
    wanted = f"a tensor of shape {tuple(expected.shape)}"
    if not isinstance(got, Tensor):
        fail(check, tried, wanted, shortened(got), "The function ends without a `return`." if got is None else "")
    if got.shape != expected.shape:
        fail(check, tried, wanted, f"a tensor of shape {tuple(got.shape)}", shape_mistake)
    got = got.detach().to(expected.dtype)
    if same(got, expected):
        return
    fail(check, tried, show(expected), show(got), named(got, expected, mistakes))


def named(got: Tensor, expected: Tensor, mistakes: dict[str, Tensor]) -> str:
    """Which of the mistakes gave `got`, in words; empty when none is recognised."""
    if same(got, expected, 1e-3):
        return (f"It is off by {(got - expected).abs().max().item():.1g}, which is more than rounding in float64: was something turned "
                "into float32, or taken as a difference quotient?")
    return next((words for words, value in mistakes.items() if same(got, value)), "")


def unchanged(check: str, tried: str, **pairs: tuple[Tensor, Tensor]) -> None:
    """Fail unless each argument, given as name=(now, before), is as it was."""
    for name, (now, before) in pairs.items():
        if not torch.equal(now, before):
            fail(check, tried, f"{name} left as it was", f"{name} = {show(now)}, which was {show(before)}",
                 f"The answer must leave its arguments alone: work on a copy ({name}.clone()), or make new tensors.")


def show(tensor: Tensor) -> str:
    """A small vector or matrix, written out; of a larger one only its shape."""
    if tensor.numel() > 16:
        return f"numbers of shape {tuple(tensor.shape)}, the first {tensor.flatten()[0].item():.4g}"
    if tensor.dim() == 2:
        return "[" + ", ".join(show(row) for row in tensor) + "]"
    return "[" + ", ".join(f"{value:.4g}" for value in tensor.tolist()) + "]"


def shortened(value) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def plain(value):
    """What a probe may return of what an answer returned: a tensor without its graph, or a number, or how it is written."""
    if isinstance(value, Tensor):
        return value.detach()
    return value if value is None or type(value) in (int, float) else shortened(value)
