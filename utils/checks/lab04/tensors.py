"""Dictionaries of tensors as one vector, and how a few numbers are written."""

from collections.abc import Iterable

import torch
from torch import Tensor

FEW = 24  # as many numbers are written out
BITWISE = {
    "bitwise": "`&` and `|` are for True and False, and these masks are numbers. Compare first: "
    "(mask != 0)."
}


def flat(tensors: dict[str, Tensor], names: Iterable[str] | None = None) -> Tensor:
    """All entries in one vector, in the order of the names."""
    return torch.cat([tensors[name].flatten() for name in names or tensors])


def split_like(tensors: dict[str, Tensor], vector: Tensor) -> dict[str, Tensor]:
    """The parts of the vector, with the names and shapes of these tensors."""
    parts = vector.split([tensor.numel() for tensor in tensors.values()])
    return {name: part.view(tensors[name].shape) for name, part in zip(tensors, parts)}


def numbers(vector: Tensor) -> str:
    """[1, -0.5, 2], or how many there are."""
    if vector.numel() > FEW:
        return f"{vector.numel()} entries"
    return "[" + ", ".join(f"{float(value):z.4g}" for value in vector.flatten()) + "]"


def written(tensors: dict[str, Tensor]) -> str:
    """Every entry when there are few, otherwise how many there are."""
    return "  ".join(f"{name} = {numbers(tensor)}" for name, tensor in tensors.items())
