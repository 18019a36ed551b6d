"""How many bits a matrix needs in each format, and the sparsity above which that is fewer than
dense.

    dense    b m n                              every entry
    bitmask  b nnz + m n                        one bit for every entry, then the values
    COO      (b + 2 i) nnz                      value, row, column
    CSR      (b + i) nnz + i (m + 1)            value, column; where each row begins
    2:4      b m n / 2 + m n                    half of the entries, each with 2 bits

b bits a value, i bits an index.
"""

from math import ceil

FORMATS = ("dense", "bitmask", "coo", "csr", "2:4")


def storage_bits(
    form: str, shape: tuple[int, int], nnz: int, value_bits: int = 32, index_bits: int = 32
) -> int:
    """The bits of a matrix of this shape with `nnz` stored entries. `form` is one of FORMATS,
    else ValueError, as for more entries than the matrix has.

    2:4 always stores two of four, whatever `nnz` is; its last group of a row can be incomplete.
    """
    m, n = shape
    if not 0 <= nnz <= m * n:
        raise ValueError(f"a matrix of shape {m} x {n} cannot store {nnz} entries")
    if form == "dense":
        return value_bits * m * n
    if form == "bitmask":
        return value_bits * nnz + m * n
    if form == "coo":
        return (value_bits + 2 * index_bits) * nnz
    if form == "csr":
        return (value_bits + index_bits) * nnz + index_bits * (m + 1)
    if form == "2:4":
        return m * ceil(n / 4) * 2 * (value_bits + 2)
    raise ValueError(f"unknown format {form!r}; known are {', '.join(FORMATS)}")


def break_even(
    form: str, shape: tuple[int, int], value_bits: int = 32, index_bits: int = 32
) -> float:
    """The sparsity above which the format needs fewer bits than dense; negative where it
    always does, above 1 never.

    Only for the formats whose size grows with the entries: bitmask, coo, csr. ValueError for
    another, and for a matrix without entries.
    """
    m, n = shape
    if m * n == 0:
        raise ValueError(f"a matrix of shape {m} x {n} has no entries, so no sparsity")
    empty = storage_bits(form, shape, 0, value_bits, index_bits)
    one = storage_bits(form, shape, 1, value_bits, index_bits) - empty
    if one == 0:
        raise ValueError(f"the size of {form} does not depend on the number of entries")
    return 1 - (storage_bits("dense", shape, 0, value_bits) - empty) / (one * m * n)
