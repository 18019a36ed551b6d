"""CSR, compressed sparse rows: the entries row by row, and where each row begins.

Row i has the columns `indices[indptr[i]:indptr[i + 1]]` and the values `data[indptr[i]:indptr[i
+ 1]]`. `indptr` has one entry more than there are rows; an empty row repeats the number before
it. CSC is the same with columns in place of rows: the CSR of the transpose. Names as in
scipy.sparse.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from utils.formats.coo import COO, check_length, coalesce, to_coo


class CSR(NamedTuple):
    """`indptr`: int64 (m + 1,); `indices`: int64 (nnz,); `data`: (nnz,); `shape`: (m, n)."""

    indptr: Tensor
    indices: Tensor
    data: Tensor
    shape: tuple[int, int]


def coo_to_csr(matrix: COO) -> CSR:
    """Sort the entries by row, add duplicates, and count the rows: `indptr` is the running
    sum of the counts. ValueError for coordinates outside the shape.
    """
    matrix = coalesce(matrix)
    counts = matrix.row.bincount(minlength=matrix.shape[0])
    indptr = torch.cat([counts.new_zeros(1), counts.cumsum(0)])
    return CSR(indptr, matrix.col, matrix.data, matrix.shape)


def to_csr(matrix: Tensor) -> CSR:
    """The entries of a dense matrix (m, n) that are not zero, row by row."""
    return coo_to_csr(to_coo(matrix))


def to_csc(matrix: Tensor) -> CSR:
    """The CSR of the transpose, which is the CSC of the matrix: `shape` is (n, m)."""
    return to_csr(matrix.T)


def csr_to_dense(matrix: CSR) -> Tensor:
    """The dense matrix (m, n)."""
    dense = matrix.data.new_zeros(matrix.shape)
    return dense.index_put_((rows_of(matrix), matrix.indices), matrix.data, accumulate=True)


def rows_of(matrix: CSR) -> Tensor:
    """The row of every stored entry: what COO writes out and CSR does not."""
    counts = matrix.indptr.diff()
    return torch.arange(matrix.shape[0], device=counts.device).repeat_interleave(counts)


def csr_matvec(matrix: CSR, x: Tensor) -> Tensor:
    """The product with a vector x (n,), row by row; fast programs do the same, compiled.

    ValueError for another length of x.
    """
    check_length(x, matrix.shape)
    y = matrix.data.new_zeros(matrix.shape[0])
    for i, (begin, end) in enumerate(zip(matrix.indptr[:-1], matrix.indptr[1:])):
        y[i] = matrix.data[begin:end] @ x[matrix.indices[begin:end]]
    return y
