"""COO, the coordinate format: for every entry that is not zero its row, its column and its
value.

Any order is allowed; entries with the same coordinates are added. `data`, `row`, `col` as in
scipy.sparse.
"""

from typing import NamedTuple

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
    """The dense matrix; entries with the same coordinates are added.

    ValueError for coordinates outside the shape.
    """
    row, col, data, shape = checked(matrix)
    return data.new_zeros(shape).index_put_((row, col), data, accumulate=True)


def coalesce(matrix: COO) -> COO:
    """The same matrix with its entries sorted by row, then column, and those with the same
    coordinates added.

    An entry whose sum is zero stays: an explicit zero. ValueError for coordinates outside the
    shape.
    """
    row, col, data, shape = checked(matrix)
    columns = shape[1]
    places, where = (row * columns + col).unique(return_inverse=True)  # sorted
    data = data.new_zeros(len(places)).index_add_(0, where, data)
    return COO(places // max(columns, 1), places % max(columns, 1), data, shape)


def checked(matrix: COO) -> COO:
    """The same matrix with int64 coordinates; ValueError for one outside the shape.

    With 32-bit coordinates, as scipy makes them, row * columns + col would overflow.
    """
    row, col = matrix.row.long(), matrix.col.long()
    for name, places, size in (("row", row, matrix.shape[0]), ("column", col, matrix.shape[1])):
        outside = places[(places < 0) | (places >= size)]
        if len(outside):
            raise ValueError(
                f"{name} {int(outside[0])} is outside a matrix of shape {tuple(matrix.shape)}"
            )
    return COO(row, col, matrix.data, matrix.shape)


def check_length(x: Tensor, shape: tuple[int, int]) -> None:
    """ValueError unless x is a vector that a matrix of this shape can multiply."""
    if x.shape != (shape[1],):
        raise ValueError(
            f"a matrix of shape {tuple(shape)} multiplies a vector of {shape[1]} numbers; "
            f"got shape {tuple(x.shape)}"
        )


def coo_matvec(matrix: COO, x: Tensor) -> Tensor:
    """The product with a vector x (n,): each entry adds data * x[col] to y[row].

    ValueError for another length of x, or coordinates outside the shape.
    """
    check_length(x, matrix.shape)
    row, col, data, shape = checked(matrix)
    return data.new_zeros(shape[0]).index_add_(0, row, data * x[col])
