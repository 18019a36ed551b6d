"""Does `to_coo(matrix)` return the row, the column and the value of every entry that is not zero?"""

import torch
from torch import Tensor

from utils.checks.drawn import side_by_side, with_input
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.lab01.matrices import matrices
from utils.checks.lab01.returned import CUT, array, equal, indices, parts

CHECK = "check_to_coo"


def check_to_coo(answer) -> None:
    """`answer(matrix)` returns (row, col, data), in any order, one of each for every entry that is not zero."""
    for name, matrix in matrices(fresh_generator()):
        tried = with_input(name, matrix)
        came = parts(
            CHECK, tried, run(CHECK, tried, answer, matrix.clone()), ("row", "col", "data")
        )
        row, col = indices(CHECK, tried, "row", came[0]), indices(CHECK, tried, "col", came[1])
        _check(name, matrix, row, col, array(CHECK, tried, "data", came[2]))
    passed(
        CHECK,
        "empty rows, one row, one column, no zeros, only zeros, no entry at all, random matrices",
    )


def _check(name: str, matrix: Tensor, row: Tensor, col: Tensor, data: Tensor) -> None:
    tried = with_input(name, matrix)
    _check_lengths(tried, matrix, row, col, data)
    if not _inside(row, col, matrix.shape):
        fail(
            CHECK,
            tried,
            f"rows from 0 to {matrix.shape[0] - 1}, columns from 0 to {matrix.shape[1] - 1}",
            f"row {row.tolist()}, col {col.tolist()}",
            _misplaced(matrix, row, col, data),
        )
    read = _read(row, col, data, matrix.shape)
    if not equal(read, matrix):
        fail(
            CHECK,
            f"{name}, and the matrix that your arrays say\n{side_by_side(matrix, read)}",
            mistake=_misplaced(matrix, row, col, data),
        )


def _check_lengths(tried: str, matrix: Tensor, row: Tensor, col: Tensor, data: Tensor) -> None:
    stored, lengths = int((matrix != 0).sum()), (len(row), len(col), len(data))
    if lengths == (stored,) * 3:
        return
    if lengths == (matrix.numel(),) * 3:
        mistake = "Zeros were stored too."
    elif len(data) == int((matrix > 0).sum()) and not (data < 0).any():
        mistake = "Negative entries are missing: not zero is `!= 0`, not `> 0`."
    elif len(row) == int((matrix != 0).any(1).sum()) and len(data) == stored:
        mistake = (
            "Each row is named once. In COO every entry brings its own row and its own column."
        )
    else:
        mistake = "Each entry that is not zero has one place in row, in col and in data."
    fail(
        CHECK,
        tried,
        f"{stored} entries: row, col and data have length {stored}",
        "lengths {}, {} and {}".format(*lengths),
        mistake,
    )


def _misplaced(matrix: Tensor, row: Tensor, col: Tensor, data: Tensor) -> str:
    def says(row, col):
        return _inside(row, col, matrix.shape) and equal(
            _read(row, col, data, matrix.shape), matrix
        )

    if says(col, row):
        return "Rows and columns are exchanged."
    if says(row - 1, col - 1):
        return "Rows and columns are counted from 0."
    if len(row) and says(row // matrix.shape[1], col):
        return "`row` has positions in the flattened matrix: divide by the number of columns."
    if _inside(row, col, matrix.shape) and equal(
        _read(row, col, data, matrix.shape), matrix.trunc()
    ):
        return CUT
    if _inside(row, col, matrix.shape) and equal(
        _read(row, col, torch.ones(len(row)), matrix.shape), (matrix != 0).float()
    ):
        return "The places are right. `data` has other values, or these in another order than `row` and `col`."
    return ""


def _inside(row: Tensor, col: Tensor, shape) -> bool:
    return all(
        bool(((place >= 0) & (place < size)).all()) for place, size in zip((row, col), shape)
    )


def _read(row: Tensor, col: Tensor, data: Tensor, shape) -> Tensor:
    matrix = torch.zeros(shape, dtype=torch.float64)
    for i, j, value in zip(row.tolist(), col.tolist(), data.tolist()):
        matrix[i, j] += value
    return matrix
