"""CSR: the entries that are not zero row by row, and where each row begins.

| the statement | asked by |
|---|---|
| indptr: m + 1 numbers, the last one is the number of entries | seven mistakes about `indptr` |
| an empty row begins where it ends | empty rows first, last and between; zeros alone |
| in any order within a row | each row is sorted before it is compared |
| zeros are not stored, all else is | negative, tiny, -0.0; entries that add up to 0 (hidden) |
| whole numbers | floats; rows of 400 entries (hidden) |
| the type of the matrix | float64; float16, int64 (hidden) |
| three tensors; no row, no column | lists, a sparse tensor; 0 x 3, 3 x 0 |
"""

import torch
from torch import Tensor

from utils.checks.drawn import with_input
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab01.arrays import (
    CUT,
    NEGATIVE,
    ROUNDED,
    TINY,
    TYPE,
    WHOLE,
    array,
    commas,
    exactly,
    indices,
    parts,
)
from utils.checks.lab01.matrices import matrices
from utils.checks.lab01.rows import INDPTR, in_order, row_starts, show_rows

NAMES = ("indptr", "indices", "data")
COLUMNS = "`indices` has the columns of the entries, counted from 0 in each row."
NO_ROW = "A matrix can have no row: then there is nothing to stack."
ORDER = "Return indptr, indices, data, in this order."


@steps
def csr_with(
    view=lambda matrix: matrix,
    kept=lambda matrix: matrix != 0,
    starts=lambda indptr, kept: indptr,
    columns=lambda columns, kept: columns,
    data=lambda data, matrix: data,
    result=lambda indptr, indices, data: (indptr, indices, data),
):
    def answer(matrix):
        matrix = view(matrix)
        there = kept(matrix).bool()
        return result(
            starts(row_starts(there), there),
            columns(there.nonzero()[:, 1], there),
            data(matrix[there], matrix),
        )

    return answer


def needs_a_row(matrix):
    counts = torch.stack([(row != 0).sum() for row in matrix])
    return torch.cat([counts.new_zeros(1), counts.cumsum(0)]), *csr_with()(matrix)[1:]


MISTAKES = [(words, csr_with(starts=step)) for words, step in INDPTR] + [
    ("The columns were compressed: that is CSC.", csr_with(view=lambda matrix: matrix.T)),
    ("Zeros were stored too.", csr_with(kept=torch.ones_like)),
    (NEGATIVE, csr_with(kept=torch.relu)),
    (TINY, csr_with(kept=lambda matrix: matrix.abs() > 1e-6)),
    (TINY, csr_with(kept=lambda matrix: ~torch.isclose(matrix, torch.zeros_like(matrix)))),
    (COLUMNS, csr_with(columns=lambda columns, kept: columns + 1)),
    (COLUMNS, csr_with(columns=lambda columns, kept: kept.flatten().nonzero()[:, 0])),
    ("`data` goes down the columns.", csr_with(data=lambda data, m: m.T[m.T != 0])),
    ("`data` is in reverse order.", csr_with(data=lambda data, matrix: data.flip(0))),
    (CUT, csr_with(data=lambda data, matrix: data.trunc())),
    (TYPE, csr_with(data=lambda data, matrix: data.float())),
    (ROUNDED, csr_with(data=lambda data, matrix: data.float().to(matrix.dtype))),
    (WHOLE, csr_with(starts=lambda indptr, kept: indptr.float())),
    (WHOLE, csr_with(columns=lambda columns, kept: columns.float())),
    (ORDER, csr_with(result=lambda p, i, d: (p, d, i))),
    (ORDER, csr_with(result=lambda p, i, d: (i, p, d))),
    (ORDER, csr_with(result=lambda p, i, d: (d, i, p))),
    ("The last entry is missing.", csr_with(result=lambda p, i, d: (p, i[:-1], d[:-1]))),
    (commas(*NAMES), lambda matrix: matrix.to_sparse_csr()),
    (NO_ROW, needs_a_row),
]


def cases(generator: torch.Generator) -> list[Case]:
    return [case(with_input(name, m), matrix=m) for name, m in matrices(generator)]


def read(outcome: Outcome, case: Case) -> tuple[Tensor, ...]:
    """indptr, and indices and data in the order of the columns in each row."""
    starts, columns, data = parts(outcome.returned, *NAMES)
    starts, columns = indices("indptr", starts), indices("indices", columns)
    matrix = case.arguments["matrix"]
    return starts, *in_order(matrix != 0, columns, array("data", data, dtype=matrix.dtype))


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    kept = case.arguments["matrix"] != 0
    return show_rows(case, kept, read(expected, case), read(got, case))


def starts_differ(case: Case, expected: Outcome, got: Outcome) -> bool:
    return not exactly(read(got, case)[0], read(expected, case)[0])


check_to_csr = Exercise(
    name="to_csr",
    right=csr_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="empty rows, one row, one column, no zeros, only zeros, no entry at all, tiny entries",
    read=read,
    same=exactly,
    show=show,
    hints={"non-empty TensorList": NO_ROW},
    symptoms=[
        ("indptr[i + 1] - indptr[i] is the number of entries in row i.", starts_differ),
        ("`indices` and `data` go row by row, in the same order.", lambda *_: True),
    ],
)
