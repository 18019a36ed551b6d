"""Does `to_csr(matrix)` store the entries row by row, and say where each row begins?"""

import torch
from torch import Tensor

from utils.checks.drawn import aligned, side_by_side, with_input
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.lab01.matrices import matrices
from utils.checks.lab01.returned import CUT, array, equal, indices, parts

CHECK = "check_to_csr"


def check_to_csr(answer) -> None:
    """`answer(matrix)` returns (indptr, indices, data); inside a row the entries may come in any order."""
    for name, matrix in matrices(fresh_generator()):
        tried = with_input(name, matrix)
        came = parts(
            CHECK, tried, run(CHECK, tried, answer, matrix.clone()), ("indptr", "indices", "data")
        )
        check_indptr(CHECK, tried, indices(CHECK, tried, "indptr", came[0]), matrix != 0)
        _check_entries(
            name,
            matrix,
            indices(CHECK, tried, "indices", came[1]),
            array(CHECK, tried, "data", came[2]),
        )
    passed(
        CHECK,
        "empty rows, one row, one column, no zeros, only zeros, no entry at all, random matrices",
    )


def row_starts(kept: Tensor) -> list[int]:
    """`indptr` of a mask, by its definition: how many entries lie in the rows before each row, and in all."""
    return [int(kept[:i].sum()) for i in range(len(kept) + 1)]


def check_indptr(check: str, tried: str, indptr: Tensor, kept: Tensor) -> None:
    """`indptr` is that of the mask `kept`; otherwise the mistake is named."""
    expected, got = row_starts(kept), indptr.tolist()
    if got == expected:
        return
    counts = kept.sum(1).tolist()
    wrong = [
        (
            counts,
            "These are the numbers of entries in each row. `indptr` is their running sum, with a 0 before it.",
        ),
        (
            expected[1:],
            "It begins with 0, where the first row begins: one number more than there are rows.",
        ),
        (
            expected[:-1],
            "It has one number more than there are rows: the last one says where the last row ends.",
        ),
        (
            kept.nonzero()[:, 0].tolist(),
            "That is the row of each entry, as in COO. `indptr` says where each row begins.",
        ),
        (row_starts(kept.T), "The columns were compressed: that is CSC, the CSR of the transpose."),
        (sorted(set(expected)), "An empty row has its number too: it repeats the one before it."),
        ([place + 1 for place in expected], "Places are counted from 0."),
    ]
    usual = f"indptr[i + 1] - indptr[i] is the number of entries in row i: {counts}."
    fail(
        check,
        f"indptr of {tried}",
        *aligned(expected, got),
        next((text for numbers, text in wrong if numbers == got), usual),
    )


def _check_entries(name: str, matrix: Tensor, columns: Tensor, data: Tensor) -> None:
    tried, stored = with_input(name, matrix), int((matrix != 0).sum())
    if (len(columns), len(data)) != (stored, stored):
        fail(
            CHECK,
            tried,
            f"{stored} entries: indices and data have length {stored}",
            f"lengths {len(columns)} and {len(data)}",
        )
    if stored and not 0 <= columns.min() <= columns.max() < matrix.shape[1]:
        fail(
            CHECK,
            f"indices of {tried}",
            f"columns from 0 to {matrix.shape[1] - 1}",
            str(columns.tolist()),
            "`indices` are the columns of the entries, counted from 0 in each row.",
        )
    read = torch.zeros(matrix.shape, dtype=torch.float64)
    starts = row_starts(matrix != 0)
    for i, (begin, end) in enumerate(zip(starts, starts[1:])):
        for j, value in zip(columns[begin:end].tolist(), data[begin:end].tolist()):
            read[i, j] += value
    if not equal(read, matrix):
        by_column = matrix.T[matrix.T != 0]
        mistake = (
            CUT
            if equal(read, matrix.trunc())
            else "`data` goes down the columns. The entries are stored row by row."
            if equal(data, by_column)
            else "`indices` has the column of each entry and `data` its value, both row by row."
        )
        fail(
            CHECK,
            f"{name}, and the matrix that your arrays say\n{side_by_side(matrix, read)}",
            mistake=mistake,
        )
