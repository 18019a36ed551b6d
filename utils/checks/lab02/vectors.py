"""What the checks of this lab share: inputs in float64, what is close, how numbers are shown."""

from typing import Any

import torch
from torch import Tensor

from utils.checks.compare import as_tensor, dense
from utils.checks.exercise import Case, Exercise, Outcome

ROUNDING = 1e-8  # relative; float64 leaves 1e-12 or less
SMALL = 16  # as many numbers are written out
INEXACT = "That is more than float64's rounding: is there a float32, or a difference quotient?"

NO_EPSILON = "Nothing is added to be safe: in other units, 1e-8 is a large number."


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


def given(words: str = "", /, **arguments: Any) -> Case:
    """A case that says what its arguments are, and first what else there is to say."""
    values = [f"{name} = {shown(value)}" for name, value in arguments.items()]
    return Case(", ".join([words] * bool(words) + values), arguments)


def of_vectors(*, one: str = "One entry for each weight.", **table: Any) -> Exercise:
    """An exercise whose answer returns a tensor of the shape of `theta`, unless it has a `read`."""

    def read(outcome: Outcome, case: Case) -> Tensor:
        return as_tensor(outcome.returned, case.arguments["theta"].shape, one)

    usual = {"read": read, "same": close, "show": differing, "symptoms": [(INEXACT, inexact)]}
    return Exercise(**usual | table)


def close(got: Any, expected: Any, rounding: float = ROUNDING) -> bool:
    """Equal up to rounding, measured by the largest entry. NaN is equal to nothing."""
    got, expected = flat(got), flat(expected)
    return bool(((got - expected).abs() <= rounding * expected.abs().max()).all())


def inexact(case: Case, expected: Outcome, got: Outcome) -> bool:
    """The symptom of float32 and of difference quotients: nearly right."""
    return close(got.returned, expected.returned, 1e-3)


def flat(numbers: Any) -> Tensor:
    """The numbers of a tensor, or of several, as one vector in float64."""
    if isinstance(numbers, (list, tuple)):
        return torch.cat([flat(part) for part in numbers])
    return dense(numbers if isinstance(numbers, Tensor) else tensor(numbers)).flatten()


def differing(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    """Both written out when they are small; of larger ones the first entry that differs."""
    return case.words, *both(expected.returned, got.returned)


def both(expected: Tensor, got: Tensor) -> tuple[str, str]:
    if expected.numel() <= SMALL:
        return shown(expected), shown(got)
    near = (dense(got) - expected).abs() <= ROUNDING * expected.abs().max()
    place = (~near).nonzero()[0].tolist()
    wanted, came = (f"at {place}: {each[tuple(place)].item():.6g}" for each in (expected, got))
    return wanted, came


def shown(value: Any) -> str:
    """A number, or a small vector or matrix, written out; of a larger one only its shape."""
    if not isinstance(value, Tensor):
        return f"{value}"
    if value.numel() > SMALL:
        return f"numbers of shape {tuple(value.shape)}"
    if value.dim() == 2:
        return "[" + ", ".join(map(shown, value)) + "]"
    return "[" + ", ".join(f"{number:z.4g}" for number in value.tolist()) + "]"
