"""Arrays as a student may return them: tensors, numpy arrays or lists, of any type of number."""

import torch
from torch import Tensor

from utils.checks.report import fail, kind_of

CUT = "The values were cut to whole numbers: keep the type of the matrix."


def parts(check: str, tried: str, value, names: tuple[str, ...]) -> tuple:
    """What an answer returned, once it is seen to be as many things as `names` says."""
    wanted = f"{len(names)} things: {', '.join(names)}"
    if value is None:
        fail(check, tried, wanted, "None", "The function ends without `return`.")
    if not isinstance(value, (tuple, list)):
        fail(
            check,
            tried,
            wanted,
            f"a {type(value).__name__}",
            f"Return them with commas between: `return {', '.join(names)}`.",
        )
    if len(value) != len(names):
        fail(check, tried, wanted, f"{len(value)} things")
    return tuple(value)


def array(
    check: str, tried: str, name: str, value, dims: int = 1, empty: tuple[int, ...] = ()
) -> Tensor:
    """`value` as a tensor of `dims` dimensions. An empty list, which has no width, gets the shape `empty` if that has no entry."""
    wanted = f"{name}: " + ("a number", "a tensor of 1 dimension", "a tensor of 2 dimensions")[dims]
    try:
        if isinstance(value, (tuple, list)) and any(isinstance(item, Tensor) for item in value):
            value = torch.stack([torch.as_tensor(item) for item in value])
        tensor = torch.as_tensor(value).detach()
    except (TypeError, ValueError, RuntimeError):
        fail(check, tried, wanted, kind_of(value))
    if tensor.layout != torch.strided:
        fail(check, tried, wanted, "a sparse tensor", "Make the arrays yourself, as dense tensors.")
    if tensor.numel() == 0 and tensor.dim() < dims:
        tensor = tensor.reshape(empty if 0 in empty else (0,) * dims)
    if tensor.dim() != dims:
        fail(check, tried, wanted, f"a tensor of shape {tuple(tensor.shape)}")
    return tensor


def counts(check: str, tried: str, name: str, value, dims: int = 1) -> Tensor:
    """`value` as int64, once it is seen to be whole numbers of any type."""
    tensor = array(check, tried, name, value, dims)
    if not torch.equal(tensor.double(), tensor.double().round()):
        fail(check, tried, f"{name}: whole numbers", str(tensor.tolist()))
    return tensor.long()


def indices(
    check: str, tried: str, name: str, value, dims: int = 1, empty: tuple[int, ...] = ()
) -> Tensor:
    """`value` as int64, once it is seen to have a type of whole numbers. An empty list has none, and is right."""
    tensor = array(check, tried, name, value, dims, empty)
    if tensor.numel() and (tensor.dtype.is_floating_point or tensor.dtype == torch.bool):
        fail(
            check,
            tried,
            f"{name}: a type of whole numbers, such as int64",
            type_of(tensor),
            "These are places and numbers of entries: only whole numbers can count them. `.long()` converts.",
        )
    return tensor.long()


def type_of(tensor: Tensor) -> str:
    """The name of its type, as students write it: float32."""
    return str(tensor.dtype).removeprefix("torch.")


def equal(a: Tensor, b: Tensor) -> bool:
    """The same shape and the same numbers, whatever their types."""
    return a.shape == b.shape and torch.equal(a.double(), b.double())
