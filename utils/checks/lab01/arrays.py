"""What a student returns, as tensors and whole numbers: of other kinds is said what they are."""

from math import isfinite
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from utils.checks.compare import INSTEAD, NO_RETURN, Unfit, described
from utils.checks.report import kind_of

CUT = "The values were cut to whole numbers: keep the type of the matrix."
ROUNDED = "Digits were lost on the way through float32: keep the type of the matrix."
TYPE = "The values keep the type of the matrix: torch.zeros and torch.tensor take a `dtype`."
NEGATIVE = "Negative entries are missing: not zero is `!= 0`, not `> 0`."
TINY = "Tiny entries are entries too: only 0 is zero."
WHOLE = "Only whole numbers can count places and entries: `.long()` converts."
OVERFLOW = "int8 holds numbers up to 127 only, uint8 up to 255: count in int64."
EXACT = "Count in whole numbers: a float has about 16 digits, and rounds what is longer."
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


def whole(name: str, value: Any) -> int:
    """One whole number: an int, or any other number without a fraction, also as a tensor."""
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, Real) and isfinite(value):
        count = int(value)  # type: ignore[arg-type]
        if count == value:
            return count
    raise Unfit(f"{name}: a whole number", described(value), NO_RETURN if value is None else "")


def array(
    name: str,
    value: Any,
    dims: int = 1,
    dtype: torch.dtype | None = None,
    like: tuple[int, ...] = (),
) -> Tensor:
    """A dense tensor of `dims` dimensions, of this type if it holds anything. An empty one may have
    fewer dimensions than `like`."""
    wanted = f"{name}: {SHAPES[dims]}"
    if not isinstance(value, Tensor):
        raise Unfit(wanted, described(value), INSTEAD.get(type(value), ""))
    if value.layout != torch.strided:
        raise Unfit(wanted, "a sparse tensor", DENSE)
    if value.is_meta:
        raise Unfit(wanted, "a tensor without numbers")
    tensor = value.detach()
    if tensor.numel() == 0 and tensor.dim() < dims:
        tensor = tensor.reshape(like if 0 in like else (0,) * dims)
    if tensor.dim() != dims:
        raise Unfit(wanted, f"a tensor of shape {tuple(tensor.shape)}")
    if dtype and tensor.numel() and tensor.dtype != dtype:
        raise Unfit(f"{name}: numbers of type {type_of(dtype)}", type_of(tensor.dtype), TYPE)
    return tensor


def indices(name: str, value: Any) -> Tensor:
    """int64, if the type is one of whole numbers. An empty tensor may have any type."""
    tensor = array(name, value)
    if tensor.numel() and (tensor.dtype.is_floating_point or tensor.dtype == torch.bool):
        wanted = f"{name}: a type of whole numbers, such as int64"
        raise Unfit(wanted, type_of(tensor.dtype), WHOLE)
    return tensor.long()


def type_of(dtype: torch.dtype) -> str:
    """The name of a type, as students write it: float32."""
    return str(dtype).removeprefix("torch.")


def exactly(a: Any, b: Any) -> bool:
    """Whether tensors, or tuples of them, have the same shapes and the same numbers: of the same
    type to the last digit."""
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(exactly, a, b))
    same = torch.equal(a, b) if a.dtype == b.dtype else torch.equal(a.double(), b.double())
    return a.shape == b.shape and same
