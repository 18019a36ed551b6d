"""COO: the row, the column and the value of every entry that is not zero, in any order.

| the statement | asked by |
|---|---|
| three tensors, row, col, data | tables, lists, a sparse tensor are other things |
| all that is not zero, and no zeros | negative, tiny and equal entries; empty rows, -0.0 |
| in any order | all three are sorted before they are compared |
| whole numbers from 0 | row and col of floats or booleans; rows of 400 entries (hidden) |
| the type of the matrix | float64; float16, int64 (hidden) |
| no row, no column, zeros alone | 0 x 3, 3 x 0, a 2 x 4 matrix of zeros |
"""

import numpy as np
import torch
from torch import Tensor

from utils.checks.drawn import side_by_side, with_input
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab01.arrays import (
    CUT,
    DENSE,
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

TABLE = "`nonzero()` returns a table: its column 0 has the rows, its column 1 the columns."
FLAT = "`row` has positions in the flattened matrix: divide by the number of columns."
ORDER = "`data` goes down the columns: keep the order of `row` and `col`."
ONE_EACH = "Each entry that is not zero brings its own row, its own column and its own value."
VALUES = "The places are right. `data` has other values, or these in another order."


@steps
def coo_with(
    kept=lambda matrix: matrix != 0,
    places=lambda row, col, matrix: (row, col),
    data=lambda data, matrix: data,
    result=lambda row, col, data: (row, col, data),
):
    def answer(matrix):
        row, col = kept(matrix).nonzero(as_tuple=True)
        return result(*places(row, col, matrix), data(matrix[row, col], matrix))

    return answer


MISTAKES = [
    ("Rows and columns are exchanged.", coo_with(places=lambda row, col, m: (col, row))),
    (
        "Rows and columns are counted from 0.",
        coo_with(places=lambda row, col, m: (row + 1, col + 1)),
    ),
    ("Zeros were stored too.", coo_with(kept=torch.ones_like)),
    (NEGATIVE, coo_with(kept=torch.relu)),
    (TINY, coo_with(kept=lambda matrix: matrix.abs() > 1e-6)),
    (TINY, coo_with(kept=lambda matrix: ~torch.isclose(matrix, torch.zeros_like(matrix)))),
    (FLAT, coo_with(places=lambda row, col, matrix: (row * matrix.shape[1] + col, col))),
    (ONE_EACH, coo_with(places=lambda row, col, matrix: (row.unique(), col))),
    (ONE_EACH, coo_with(result=lambda row, col, data: (row[:-1], col[:-1], data[:-1]))),
    (ORDER, coo_with(data=lambda data, matrix: matrix.T[matrix.T != 0])),
    ("`data` holds the values, not ones.", coo_with(data=lambda data, m: torch.ones_like(data))),
    (CUT, coo_with(data=lambda data, matrix: data.trunc())),
    (TYPE, coo_with(data=lambda data, matrix: data.float())),
    (ROUNDED, coo_with(data=lambda data, matrix: data.float().to(matrix.dtype))),
    (WHOLE, coo_with(places=lambda row, col, matrix: (row.float(), col.float()))),
    (WHOLE, coo_with(places=lambda row, col, matrix: (row, col > 0))),
    (TABLE, lambda matrix: (matrix.nonzero(), matrix[matrix != 0])),
    (TABLE, coo_with(places=lambda row, col, matrix: (matrix.nonzero(), matrix.nonzero()))),
    (DENSE, coo_with(data=lambda data, matrix: matrix.to_sparse())),
    (commas("row", "col", "data"), lambda matrix: matrix.to_sparse()),
]


def cases(generator: torch.Generator) -> list[Case]:
    return [case(with_input(name, m), matrix=m) for name, m in matrices(generator)]


def read(outcome: Outcome, case: Case) -> tuple[Tensor, Tensor, Tensor]:
    """row, col and data, sorted by rows and columns when they are equally long."""
    row, col, data = parts(outcome.returned, "row", "col", "data")
    row, col = indices("row", row), indices("col", col)
    data = array("data", data, dtype=case.arguments["matrix"].dtype)
    if not len(row) == len(col) == len(data):
        return row, col, data
    order = np.lexsort((data.double(), col, row))
    return row[order], col[order], data[order]


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    (matrix,) = case.arguments.values()
    m, n = matrix.shape
    right, (row, col, data) = read(expected, case), read(got, case)
    lengths = [len(part) for part in (row, col, data)]
    if lengths != [len(part) for part in right]:
        came = "lengths {}, {} and {}".format(*lengths)
        return case.words, f"row, col and data of length {len(right[0])}", came
    if not ((row >= 0) & (row < m) & (col >= 0) & (col < n)).all():
        inside = f"rows from 0 to {m - 1}, columns from 0 to {n - 1}"
        return case.words, inside, f"row {row.tolist()}, col {col.tolist()}"
    said = torch.zeros(m, n, dtype=torch.float64)
    drawing = side_by_side(matrix, said.index_put((row, col), data.double(), accumulate=True))
    title = case.words.splitlines()[0]
    return f"{title}, and the matrix that your arrays say\n{drawing}", "", ""


def places_are_right(case: Case, expected: Outcome, got: Outcome) -> bool:
    return exactly(read(got, case)[:2], read(expected, case)[:2])


def lengths_differ(case: Case, expected: Outcome, got: Outcome) -> bool:
    return len({len(part) for part in read(got, case) + read(expected, case)}) > 1


check_to_coo = Exercise(
    name="to_coo",
    right=coo_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="empty rows, one row, one column, no zeros, only zeros, no entry at all, tiny entries",
    read=read,
    same=exactly,
    show=show,
    symptoms=[(ONE_EACH, lengths_differ), (VALUES, places_are_right)],
)
