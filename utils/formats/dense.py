"""A dense matrix: every entry is stored, one after the other, in the order of the rows or of
the columns.

    row-major (C):          offset(i, j) = i * columns + j
    column-major (Fortran): offset(i, j) = i + j * rows

A matrix in memory is one long row of numbers and a rule that finds an entry in it.
"""

from collections.abc import Sequence

from torch import Tensor


def strides(shape: Sequence[int], order: str = "C") -> tuple[int, ...]:
    """How many numbers lie between an entry and the next one along each axis.

    `order` "C" (row-major, the last axis lies together) or "F" (column-major, the first one
    does). Counted in numbers, as torch does; numpy counts bytes. ValueError for another order.
    """
    if order not in ("C", "F"):
        raise ValueError(f'order must be "C" (row-major) or "F" (column-major); got {order!r}')
    steps, step = [], 1
    for size in reversed(shape) if order == "C" else shape:
        steps.append(step)
        step *= size
    return tuple(reversed(steps) if order == "C" else steps)


def linear_offset(index: Sequence[int], shape: Sequence[int], order: str = "C") -> int:
    """The position in memory, from 0, of the entry at `index` of an array of this shape.

    IndexError for an index outside the shape (negative ones too), ValueError when the lengths
    differ.
    """
    if len(index) != len(shape):
        raise ValueError(f"{len(index)} indices for {len(shape)} axes")
    for axis, (i, size) in enumerate(zip(index, shape)):
        if not 0 <= i < size:
            raise IndexError(f"index {i} is out of range: axis {axis} has {size} entries")
    return sum(i * step for i, step in zip(index, strides(shape, order)))


def matmul_ops(m: int, k: int, n: int) -> tuple[int, int]:
    """(multiplications, additions) of the product of an (m, k) and a (k, n) matrix from its
    definition.

    Each of the m n entries is a sum of k products: k multiplications and k - 1 additions (none
    when k is 0). ValueError for a negative size.
    """
    if min(m, k, n) < 0:
        raise ValueError(f"sizes cannot be negative; got {m}, {k} and {n}")
    return m * k * n, m * max(k - 1, 0) * n


def sparse_matmul_ops(a: Tensor, b: Tensor) -> tuple[int, int]:
    """(multiplications, additions) of a @ b when products with a zero are skipped; a (m, k),
    b (k, n).
    """
    products = (a != 0).long() @ (b != 0).long()  # what is left of each entry's k products
    return int(products.sum()), int((products - 1).clamp(min=0).sum())
