"""Vectors and blocks: neighbouring entries are kept or dropped together, with one index for all
of them.

A block is stored when any of its entries is not zero. Inside a block the arithmetic is dense,
and the zeros in it are wasted: the price of fewer indices. For independent zeros, a block of V
entries is stored with probability 1 - s^V, and (1 - s) / (1 - s^V) of what is stored is of use.
"""

from typing import NamedTuple

import torch
from torch import Tensor


class Blocks(NamedTuple):
    """Block rows as in CSR: `indptr` (block rows + 1,), `indices` (stored,) in blocks,
    `data` (stored, height, width).
    """

    indptr: Tensor
    indices: Tensor
    data: Tensor
    shape: tuple[int, int]


def to_blocks(matrix: Tensor, height: int, width: int) -> Blocks:
    """The blocks of a dense matrix (m, n) that are not all zero; at the right and lower edge
    they are filled with zeros.

    `height` 1 gives vectors of `width` entries along a row. `shape` stays (m, n). ValueError
    for a size below 1.
    """
    if height < 1 or width < 1:
        raise ValueError(f"a block has at least one row and one column; got {height} x {width}")
    m, n = matrix.shape
    padded = torch.nn.functional.pad(matrix, (0, -n % width, 0, -m % height))
    grid = padded.unflatten(1, (-1, width)).unflatten(0, (-1, height)).transpose(1, 2)
    kept = (grid != 0).any(-1).any(-1)
    counts = kept.sum(1)
    indptr = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
    return Blocks(indptr, kept.nonzero()[:, 1], grid[kept], (m, n))


def blocks_to_dense(blocks: Blocks) -> Tensor:
    """The dense matrix (m, n)."""
    m, n = blocks.shape
    height, width = blocks.data.shape[1:]
    grid = blocks.data.new_zeros(-(-m // height), -(-n // width), height, width)
    counts = blocks.indptr.diff()
    block_rows = torch.arange(len(grid), device=counts.device).repeat_interleave(counts)
    grid[block_rows, blocks.indices] = blocks.data
    return grid.transpose(1, 2).flatten(2, 3).flatten(0, 1)[:m, :n]


def stored_fraction(sparsity: float, size: int) -> float:
    """The expected fraction of entries that are stored in blocks of `size` entries, for
    independent zeros: 1 - s^V. ValueError for a sparsity outside [0, 1] or a size below 1.
    """
    if not 0 <= sparsity <= 1 or size < 1:
        raise ValueError(
            f"a sparsity from 0 to 1 and a block of at least one entry are needed; "
            f"got {sparsity} and {size}"
        )
    return 1 - sparsity**size


def useful_fraction(sparsity: float, size: int) -> float:
    """The expected fraction of the stored entries that are not zero, for independent zeros;
    1 at sparsity 1. ValueError as for `stored_fraction`.
    """
    stored = stored_fraction(sparsity, size)
    return (1 - sparsity) / stored if stored else 1.0
