"""Are two things the same? Copies, and readers that say what kind of thing was asked for."""

import copy
import math
from collections.abc import Iterable, Mapping
from numbers import Integral, Number, Real
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from utils.checks.report import kind_of, short

NO_RETURN = "The function ends without a `return`."


class Unfit(Exception):
    """An answer returned something of another kind, shape or size than was asked for."""

    def __init__(self, expected: str, got: str, mistake: str = ""):
        super().__init__(f"{expected}, not {got}")
        self.expected, self.got, self.mistake = expected, got, mistake


def alike(a: Any, b: Any, *, rtol: float = 1e-5, atol: float = 1e-8, nan: bool = False) -> bool:
    """Whether two values agree: tensors, numbers, texts, containers of them, networks, errors.

    A list is like a tuple, True like 1, and the type of a tensor's numbers does not matter; of a
    network everything in `held_by` does. Fails closed: NaN is like nothing unless `nan`, and things
    of kinds not named here are only like themselves.
    """

    def again(x: Any, y: Any) -> bool:
        return alike(x, y, rtol=rtol, atol=atol, nan=nan)

    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return a.shape == b.shape and bool(
            torch.isclose(dense(a), dense(b), rtol, atol, equal_nan=nan).all()
        )
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        tensor, other = (a, b) if isinstance(a, Tensor) else (b, a)
        return isinstance(other, Number) and tensor.dim() == 0 and again(tensor.item(), other)
    if isinstance(a, Number) and isinstance(b, Number):
        if isinstance(a, Integral) and isinstance(b, Integral) and rtol == atol == 0:
            return a == b  # a float has no room for their last digits
        x, y = complex(a), complex(b)  # type: ignore[arg-type]
        if x != x or y != y:
            return nan and x != x and y != y
        return x == y or math.isclose(abs(x - y), 0, abs_tol=max(rtol * abs(y), atol))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(again(a[key], b[key]) for key in b)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(again, a, b))
    if isinstance(a, nn.Module) and isinstance(b, nn.Module):
        return again(held_by(a), held_by(b))
    if isinstance(a, BaseException) and isinstance(b, BaseException):
        return type(a).__name__ == type(b).__name__ and str(a) == str(b)
    if a is None or isinstance(a, (str, type)):
        return type(a) is type(b) and a == b
    return a is b


def held_by(model: nn.Module) -> dict[str, Any]:
    """What a network is and holds: its layers, the settings, mode and hooks of each; of each
    parameter and buffer the value, the type, whether it is trained, its gradient and hooks."""
    parts = dict(model.named_modules())
    tensors = dict(model.named_parameters()) | dict(model.named_buffers())
    return {
        "layers": {name: type(part) for name, part in parts.items()},
        "settings": {name: part.extra_repr() for name, part in parts.items()},
        "train or eval mode": {name: part.training for name, part in parts.items()},
        "hooks": {name: hooks_of(part) for name, part in (parts | tensors).items()},
        "values": tensors,
        "dtype": {name: str(tensor.dtype) for name, tensor in tensors.items()},
        "requires_grad": {name: tensor.requires_grad for name, tensor in tensors.items()},
        ".grad": {name: tensor.grad for name, tensor in tensors.items() if tensor.is_leaf},
    }


def what_changed(before: nn.Module, now: nn.Module) -> list[str]:
    """The words of `held_by` for what is not exactly as it was."""
    old, new = held_by(before), held_by(now)
    return [what for what in old if not alike(new[what], old[what], rtol=0, atol=0, nan=True)]


def hooks_of(thing: nn.Module | Tensor) -> dict[str, int]:
    """How many hooks of each kind a layer or a tensor has."""
    of_tensors = ("_backward_hooks", "_post_accumulate_grad_hooks")
    kinds = of_tensors if isinstance(thing, Tensor) else vars(thing)
    held = {kind: getattr(thing, kind) for kind in kinds if kind.endswith("_hooks")}
    return {kind: len(hooks) for kind, hooks in held.items() if hooks}


def replaced(before: Mapping[str, nn.Parameter], model: nn.Module) -> list[str]:
    """Which parameters are not the ones that were there before, whatever they hold: an optimizer
    made before would not move them."""
    now = dict(model.named_parameters())
    return [name for name, parameter in before.items() if now.get(name) is not parameter]


def dense(values: Tensor) -> Tensor:
    """The numbers of a tensor of any layout and type, as float64 (complex128)."""
    values = values.detach().to_dense() if values.layout != torch.strided else values.detach()
    return values.to(torch.complex128 if values.is_complex() else torch.float64)


def copied(value: Any) -> Any:
    """An independent copy of an argument: of tensors, networks and containers. Functions stay as
    they are."""
    if isinstance(value, Tensor) and value.grad_fn is not None:
        return value.detach().clone()
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(copied, value))
    if isinstance(value, nn.Module):
        other = copy.deepcopy(value)
        for mine, its in zip(value.parameters(), other.parameters()):
            its.grad = copied(mine.grad)  # deepcopy leaves it out
        return other
    return copy.deepcopy(value) if isinstance(value, (Tensor, set)) else value


def as_number(value: Any, expected: str = "a number") -> float:
    """One number, given as such or as a tensor with one entry."""
    if not isinstance(value, (Real, Tensor)) or isinstance(value, Tensor) and value.numel() != 1:
        mistake = NO_RETURN if value is None else "One number is asked for."
        raise Unfit(expected, kind_of(value), mistake)
    return float(value.detach() if isinstance(value, Tensor) else value)


def as_tensor(value: Any, shape: Iterable[int], mistake: str = "") -> Tensor:
    """A tensor of this shape."""
    shape = tuple(shape)
    if not isinstance(value, Tensor):
        raise Unfit(f"a tensor of shape {shape}", described(value), INSTEAD.get(type(value), ""))
    if value.shape != shape:
        raise Unfit(f"a tensor of shape {shape}", f"one of shape {tuple(value.shape)}", mistake)
    return value.detach()


INSTEAD = {
    type(None): NO_RETURN,
    tuple: "Return the tensor alone, not a tuple.",
    list: "A list is not a tensor: torch.tensor makes one from numbers, torch.stack from tensors.",
    np.ndarray: "A NumPy array is not a tensor: torch.from_numpy makes one.",
}


def described(value: Any) -> str:
    """What kind of thing it is; of a tuple or list, also what is in it."""
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, (tuple, list)):
        parts = [described(part) for part in value[:3]] + ["..."] * (len(value) > 3)
        return f"{kind_of(value)} of {len(value)}: {', '.join(parts)}"
    return short(value) if isinstance(value, (Number, str)) else kind_of(value)


def as_mask(value: Any, like: Tensor, mistake: str = "One entry for each weight.") -> Tensor:
    """A mask of the shape of `like`, as booleans; it may come as bool or as numbers 0 and 1."""
    mask = as_tensor(value, like.shape, mistake)
    if not ((mask == 0) | (mask == 1)).all():
        mistake = "A mask says which weights are there. It does not hold the weights."
        raise Unfit("a mask: only 0 and 1 (or False and True)", "other numbers too", mistake)
    return mask.bool()


def as_dict(value: Any, names: Iterable[str], mistake: str = "") -> dict[str, Any]:
    """A dictionary with exactly these names, in their order."""
    names = list(names)
    if not isinstance(value, Mapping):
        mistake = NO_RETURN if value is None else ""
        raise Unfit(f"a dictionary: {', '.join(names)}", kind_of(value), mistake)
    if set(value) != set(names):
        raise Unfit(f"the names {', '.join(names)}", ", ".join(map(str, value)) or "none", mistake)
    return {name: value[name] for name in names}


def as_masks(value: Any, like: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Masks with the names and shapes of `like`, as booleans."""
    masks = as_dict(value, like, "One mask for each tensor, under its name.")
    shape = "Each mask has the shape of its tensor."
    return {name: as_mask(mask, like[name], shape) for name, mask in masks.items()}
