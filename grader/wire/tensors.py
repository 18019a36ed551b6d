"""Tensors and arrays as trees and bytes, and back."""

import math
from typing import Any

import numpy
import torch
from torch import nn
from torch._C._functorch import is_functorch_wrapped_tensor  # type: ignore[import]

from grader.wire.frames import LARGEST_RAW
from grader.wire.plain import LONGEST, BadValue, Came, Raw, Tree

NUMBERS = "biufc"  # kinds of numpy arrays

DTYPES: dict[str, torch.dtype] = {
    str(kind).removeprefix("torch."): kind
    for kind in (
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.complex64,
        torch.complex128,
        torch.bool,
        torch.int64,
        torch.int32,
        torch.int16,
        torch.int8,
        torch.uint8,
    )
}


def crosses(tensor: torch.Tensor) -> bool:
    with torch._C.DisableTorchFunctionSubclass():
        return (
            tensor.layout == torch.strided
            and tensor.device.type == "cpu"
            and tensor.dtype in DTYPES.values()
        )


def bytes_of(tensor: torch.Tensor) -> bytes:
    """The bytes of a tensor's elements in their order."""
    if (
        type(tensor) in (torch.Tensor, nn.Parameter)
        and tensor.dtype is not torch.bfloat16
        and not (tensor.is_conj() or tensor.is_neg())
        and tensor.numel() * tensor.itemsize <= LARGEST_RAW
    ):
        return tensor.detach().numpy().tobytes()  # the shortest way, which nearly all go
    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        if tensor.numel() * tensor.itemsize > LARGEST_RAW:
            raise BadValue(f"a tensor of {tensor.numel():,} elements, which is too large")
        flat = (
            tensor.detach()
            .as_subclass(torch.Tensor)
            .resolve_conj()
            .resolve_neg()
            .contiguous()
            .reshape(-1)
        )
        return flat.view(torch.uint8).numpy().tobytes()


def gradient(tensor: torch.Tensor) -> torch.Tensor | None:
    """A tensor's .grad when there is one that can cross."""
    grad = tensor.grad if tensor.is_leaf else None
    return grad if grad is not None and crosses(grad) else None


def tensor_state(tensor: torch.Tensor) -> tuple[Any, ...]:
    with torch._C.DisableTorchFunctionSubclass():
        grad = gradient(tensor)
        return (
            tensor.dtype,
            tensor.shape,
            tensor.requires_grad,
            bytes_of(tensor),
            None if grad is None else bytes_of(grad),
        )


def tensor_tree(tensor: torch.Tensor, raw: Raw) -> Tree:
    if is_functorch_wrapped_tensor(tensor):
        raise BadValue(
            "a tensor inside torch.vmap, torch.func.grad or another transform holds no numbers "
            "yet: call this function outside of it, once for each input"
        )
    with torch._C.DisableTorchFunctionSubclass():
        grad = gradient(tensor)
        return {
            "t": "tensor",
            "d": str(tensor.dtype).removeprefix("torch."),
            "s": [int(n) for n in tensor.shape],
            "g": bool(tensor.requires_grad),
            "p": isinstance(tensor, nn.Parameter),
            "b": raw.add(bytes_of(tensor)),
            **({} if grad is None else {"q": tensor_tree(grad, raw)}),
        }


def array_tree(array: numpy.ndarray, raw: Raw) -> Tree:
    if array.nbytes > LARGEST_RAW:
        raise BadValue(f"an array of {array.size:,} elements, which is too large")
    return {
        "t": "array",
        "d": array.dtype.str,
        "s": [int(n) for n in array.shape],
        "b": raw.add(numpy.ascontiguousarray(array).tobytes()),
    }


def shape_of(tree: Tree, size: int, data: bytearray) -> tuple[int, ...]:
    """The shape a tree claims, once its bytes are seen to fill it."""
    shape = tuple(tree["s"])
    if (
        len(shape) > 32
        or any(type(n) is not int or n < 0 for n in shape)
        or math.prod(shape) * size != len(data)
    ):
        raise BadValue("a shape that its bytes do not fill")
    if not data and math.prod(n for n in shape if n) > LONGEST:
        raise BadValue("too large a shape for no elements")
    return shape


def new_tensor(tree: Tree, raw: Came) -> torch.Tensor:
    kind = DTYPES[tree["d"]]
    data = raw.piece(tree["b"])
    shape = shape_of(tree, kind.itemsize, data)
    if not data:
        tensor = torch.empty(shape, dtype=kind)
    elif kind is torch.bool:
        tensor = torch.frombuffer(data, dtype=torch.uint8).ne(0).reshape(shape)
    else:
        tensor = torch.frombuffer(data, dtype=kind).clone().reshape(shape)
    wanted = bool(tree["g"]) and (kind.is_floating_point or kind.is_complex)
    tensor = (
        nn.Parameter(tensor, requires_grad=wanted) if tree["p"] else tensor.requires_grad_(wanted)
    )
    if "q" in tree:
        tensor.grad = new_tensor(tree["q"], raw).requires_grad_(False)
    return tensor


def new_array(tree: Tree, raw: Came) -> Any:
    kind = numpy.dtype(tree["d"]) if type(tree["d"]) is str and len(tree["d"]) < 6 else None
    if kind is None or kind.kind not in NUMBERS:
        raise BadValue("an array of something else than numbers")
    data = raw.piece(tree["b"])
    shape = shape_of(tree, kind.itemsize, data)
    if kind.kind == "b":
        return (numpy.frombuffer(data, dtype="u1") != 0).reshape(shape)
    return numpy.frombuffer(data, dtype=kind).reshape(shape).copy()


def put_tensor(old: torch.Tensor, new: torch.Tensor) -> None:
    with torch.no_grad():
        if old.shape == new.shape and old.dtype == new.dtype:
            old.copy_(new)
        else:
            old.data = new.data
    if old.is_leaf and (old.is_floating_point() or old.is_complex()):
        old.requires_grad_(new.requires_grad)
        if old.grad is None or new.grad is None:
            old.grad = new.grad
        else:
            old.grad.copy_(new.grad)
