"""Does `csr_matvec(indptr, indices, data, x)` multiply, and touch nothing but the stored entries?"""
import math

import torch
from torch import Tensor

from utils.checks.drawn import aligned
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.storage.matrices import matrices, sparse_matrix
from utils.checks.storage.returned import array
from utils.checks.storage.to_csr import row_starts

CHECK = "check_csr_matvec"
PRIMES = torch.tensor([11.0, 13, 17, 19, 23, 29, 31, 37])          # two different mistakes seldom give the same sums of these
HINTS = {"out of": "`indptr` has one number more than there are rows: the last one is an end and no beginning."}


def check_csr_matvec(answer) -> None:
    """`answer(indptr, indices, data, x)` returns y = A x, with one number for each row."""
    generator = fresh_generator()
    for tried, matrix in matrices(generator):
        _check_product(answer, tried, matrix, PRIMES[torch.randperm(8, generator=generator)[:matrix.shape[1]]])
    matrix = sparse_matrix((5, 6), 0.5, generator)
    matrix[:, 2] = 0
    matrix[1, :2] = torch.tensor([3.0, 4.0])
    x = torch.arange(1.0, 7)
    x[2] = math.inf
    _check_product(answer, "a 5 x 6 matrix without an entry in column 2, and x[2] infinite", matrix, x)
    passed(CHECK, "empty rows, one row, one column, no zeros, only zeros, no entry at all, only stored entries touched")


def _check_product(answer, tried: str, matrix: Tensor, x: Tensor) -> None:
    row, col = matrix.nonzero(as_tuple=True)
    data, indptr = matrix[row, col], row_starts(matrix != 0)
    expected = _sums(len(matrix), row, data * x[col])
    came = run(CHECK, tried, answer, torch.tensor(indptr), col.clone(), data.clone(), x.clone(), hints=HINTS)
    got = array(CHECK, tried, "y", came)
    if got.shape == expected.shape and torch.allclose(got.double(), expected):
        return
    fail(CHECK, f"{tried}: y", *aligned(expected, got), _mistake(matrix, indptr, col, data, x, got.double()))


def _mistake(matrix: Tensor, indptr: list[int], col: Tensor, data: Tensor, x: Tensor, got: Tensor) -> str:
    m, n = matrix.shape
    if got.isnan().any() and x.isinf().any():
        return "0 times infinity is not a number: zeros that are not stored were multiplied. Walk over the stored entries only."
    if len(got) != m:
        return HINTS["out of"] if len(got) == m + 1 else f"y has one number for each of the {m} rows, an empty row too."
    row, filled = (matrix != 0).nonzero()[:, 0], (matrix != 0).any(1)
    products, rows = data.double() * x[col], list(zip(indptr, indptr[1:]))
    if torch.equal(got[filled], _sums(m, row, products)[filled]):
        return "An empty row has the sum of no numbers: 0."
    wrong = [
        ([products[begin:end][-1:].sum() for begin, end in rows], "Only the last product of each row is left: add them up (`+=`)."),
        ([products[begin:end][:1].sum() for begin, end in rows], "Only the first product of each row arrived: add all of them up."),
        ([products[begin:end][:-1].sum() for begin, end in rows], "The last entry of each row is missing: `begin:end` ends before `end`."),
        ([products[begin:end + 1].sum() for begin, end in rows], "One entry too many: row i stops before indptr[i + 1]."),
        (_sums(m, row, data), "The entries were added up without x."),
        (_sums(m, row, data * x[torch.arange(len(data)) % max(n, 1)]), "data[k] belongs to x[indices[k]], not to x[k]."),
        (_sums(m, row, data * x[row % max(n, 1)]), "data[k] belongs to x[indices[k]]: its column, not its row."),
    ]
    usual = "y[i] is the sum of data[k] * x[indices[k]] over the k from indptr[i] to indptr[i + 1] - 1."
    return next((text for numbers, text in wrong if got.tolist() == [float(number) for number in numbers]), usual)


def _sums(rows: int, row: Tensor, products: Tensor) -> Tensor:
    sums = torch.zeros(rows, dtype=torch.float64)
    for i, product in zip(row.tolist(), products.tolist()):
        sums[i] += product
    return sums
