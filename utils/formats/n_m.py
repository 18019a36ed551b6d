"""N:M sparsity: of every M neighbouring weights, N are kept. 2:4 is what some processors
multiply at double speed.

Two values of each group of four are stored, each with its place in the group in 2 bits: 4 bits
for a group. The groups lie along the last dimension, the inputs of a linear layer, along which
a product sums. Mishra et al., "Accelerating sparse deep neural networks" (2021).
"""

import torch
from torch import Tensor


def prune_n_m(weight: Tensor, n: int = 2, m: int = 4) -> Tensor:
    """The mask that keeps the n entries of largest |w| in each group of m along the last
    dimension.

    `weight` (..., k) with k a multiple of m, else ValueError. Exactly n are kept in each group,
    also when some are equal. ValueError for NaN too, which cannot be ranked.
    """
    if weight.isnan().any():
        raise ValueError("the weights contain NaN: they cannot be ranked")
    if not 0 <= n <= m or m < 1 or weight.shape[-1] % m:
        raise ValueError(
            f"{n}:{m} needs 0 <= n <= m and a last dimension that is "
            f"a multiple of {m}; it is {weight.shape[-1]}"
        )
    groups = weight.abs().unflatten(-1, (-1, m))
    return torch.zeros_like(groups).scatter_(-1, groups.topk(n).indices, 1).flatten(-2)


def pack_2_4(weight: Tensor) -> tuple[Tensor, Tensor]:
    """(values, metadata) of a matrix (rows, k) with at most two entries in each group of four
    that are not zero.

    `values` (rows, k / 2), the two stored entries of each group in their order; `metadata`
    uint8 (rows, k / 8), two groups in a byte, the first in the low half: place of the first
    entry + 4 * place of the second. A group with fewer than two entries stores zeros at its
    lowest free places. ValueError if k is not a multiple of 8 or a group has three entries.
    """
    if weight.dim() != 2 or weight.shape[1] % 8:
        raise ValueError(
            "pack_2_4 takes a matrix whose columns are a multiple of 8; "
            f"got shape {tuple(weight.shape)}"
        )
    groups = weight.unflatten(1, (-1, 4))
    if ((groups != 0).sum(-1) > 2).any():
        raise ValueError("a group of four has more than two entries that are not zero: prune first")
    free_last = (groups == 0).int().argsort(dim=-1, stable=True)  # the entries' places first
    places = free_last[..., :2].sort(-1).values
    values = groups.gather(-1, places).flatten(1)
    codes = (places[..., 0] + 4 * places[..., 1]).unflatten(1, (-1, 2))
    return values, (codes[..., 0] + 16 * codes[..., 1]).to(torch.uint8)


def unpack_2_4(values: Tensor, metadata: Tensor) -> Tensor:
    """The matrix (rows, k) from `values` (rows, k / 2) and `metadata` (rows, k / 8)."""
    bits = torch.stack([(metadata >> shift) & 3 for shift in (0, 2, 4, 6)], dim=-1)  # four places
    places = bits.flatten(1).unflatten(1, (-1, 2)).long()
    groups = values.new_zeros(*places.shape[:2], 4)
    return groups.scatter_(-1, places, values.unflatten(1, (-1, 2))).flatten(1)
