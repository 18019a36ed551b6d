"""Arrays as a student may return them: tensors, numpy arrays or lists, of any type of number."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from utils.checks.compare import NO_RETURN, Unfit
from utils.checks.report import kind_of

CUT = "The values were cut to whole numbers: keep the type of the matrix."
ROUNDED = "float64 was rounded to float32: keep the type of the matrix."
NEGATIVE = "Negative entries are missing: not zero is `!= 0`, not `> 0`."
TINY = "Tiny entries are entries too: only 0 is zero."
WHOLE = "Only whole numbers can count places and entries: `.long()` converts."
DENSE = "Make the arrays yourself, as dense tensors."
SHAPES = ("a number", "a tensor of 1 dimension", "a tensor of 2 dimensions")


def commas(*names: str) -> str:
    return f"Return them with commas between: `return {', '.join(names)}`."


def parts(value: Any, *names: str) -> tuple:
    """What came, once it is as many things as there are names."""
    wanted = f"{len(names)} things: {', '.join(names)}"
    if not isinstance(value, (tuple, list)):
        raise Unfit(wanted, kind_of(value), NO_RETURN if value is None else commas(*names))
    if len(value) != len(names):
        raise Unfit(wanted, f"{len(value)} things")
    return tuple(value)


def array(name: str, value: Any, dims: int = 1, like: tuple[int, ...] = ()) -> Tensor:
    """A dense tensor of `dims` dimensions. An empty list gets the shape `like` if that is empty."""
    wanted = f"{name}: {SHAPES[dims]}"
    try:
        tensor = torch.as_tensor(joined(value)).detach()
    except (TypeError, ValueError, RuntimeError):
        raise Unfit(wanted, kind_of(value), NO_RETURN if value is None else "") from None
    if tensor.layout != torch.strided:
        raise Unfit(wanted, "a sparse tensor", DENSE)
    if tensor.is_complex() or tensor.is_meta:
        raise Unfit(
            wanted, "complex numbers" if tensor.is_complex() else "a tensor without numbers"
        )
    if tensor.numel() == 0 and tensor.dim() < dims:
        tensor = tensor.reshape(like if 0 in like else (0,) * dims)
    if tensor.dim() != dims:
        raise Unfit(wanted, f"a tensor of shape {tuple(tensor.shape)}")
    return tensor


def joined(value: Any) -> Any:
    """A list as one array, with Python's floats in full; everything else as it is."""
    if not isinstance(value, (tuple, list)):
        return value
    if any(isinstance(item, Tensor) for item in value):
        return torch.stack([torch.as_tensor(item) for item in value])
    return np.asarray([joined(item) for item in value])


def indices(name: str, value: Any) -> Tensor:
    """int64, if the type is one of whole numbers. An empty list has no such type, and is right."""
    tensor = array(name, value)
    if tensor.numel() and (tensor.dtype.is_floating_point or tensor.dtype == torch.bool):
        raise Unfit(f"{name}: a type of whole numbers, such as int64", type_of(tensor), WHOLE)
    return tensor.long()


def type_of(tensor: Tensor) -> str:
    """The name of its type, as students write it: float32."""
    return str(tensor.dtype).removeprefix("torch.")


def exactly(a: Any, b: Any) -> bool:
    """Whether tensors, or tuples of them, have the same shapes and the same numbers."""
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(exactly, a, b))
    return a.shape == b.shape and torch.equal(a.double(), b.double())
