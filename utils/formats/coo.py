"""COO, the coordinate format: for every entry that is not zero its row, its column and its
value.

Any order is allowed; entries with the same coordinates are added. `data`, `row`, `col` as in
scipy.sparse.
"""

from typing import NamedTuple

import torch
from torch import Tensor


class COO(NamedTuple):
    """`row`, `col`: int64 (nnz,); `data`: (nnz,); `shape`: (rows, columns)."""

    row: Tensor
    col: Tensor
    data: Tensor
    shape: tuple[int, int]


def to_coo(matrix: Tensor) -> COO:
    """The entries of a dense matrix (m, n) that are not zero, row by row."""
    m, n = matrix.shape
    row, col = matrix.nonzero(as_tuple=True)
    return COO(row, col, matrix[row, col], (m, n))


def coo_to_dense(matrix: COO) -> Tensor:
    """The dense matrix; entries with the same coordinates are added."""
    dense = torch.zeros(matrix.shape, dtype=matrix.data.dtype)
    return dense.index_put_((matrix.row, matrix.col), matrix.data, accumulate=True)


def coalesce(matrix: COO) -> COO:
    """The same matrix with its entries sorted by row, then column, and those with the same
    coordinates added.

    An entry whose sum is zero stays: an explicit zero.
    """
    columns = matrix.shape[1]
    places, where = (matrix.row * columns + matrix.col).unique(return_inverse=True)  # sorted
    data = torch.zeros(len(places), dtype=matrix.data.dtype).index_add_(0, where, matrix.data)
    return COO(places // max(columns, 1), places % max(columns, 1), data, matrix.shape)


def coo_matvec(matrix: COO, x: Tensor) -> Tensor:
    """The product with a vector x (n,): each entry adds data * x[col] to y[row]."""
    y = torch.zeros(matrix.shape[0], dtype=matrix.data.dtype)
    return y.index_add_(0, matrix.row, matrix.data * x[matrix.col])
