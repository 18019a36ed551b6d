"""Does `csr_matvec(indptr, indices, data, x)` multiply, and touch nothing but the stored entries?"""

import math
from functools import partial

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from utils.checks.drawn import FEW, aligned, with_input
from utils.checks.fresh import fresh_generator
from utils.checks.in_student import in_student
from utils.checks.report import fail, passed, run
from utils.checks.lab01.matrices import halves, matrices, sparse_matrix
from utils.checks.lab01.returned import array
from utils.checks.lab01.to_csr import row_starts

CHECK = "check_csr_matvec"
PRIMES = torch.tensor(
    [11.0, 13, 17, 19, 23, 29, 31, 37]
)  # two different mistakes seldom give the same sums of these
HINTS = {
    "out of": "`indptr` has one number more than there are rows: the last one is an end and no beginning.",
    "as the whole matrix has": "That is the work of a dense matrix. Walk over the stored entries only.",
}


def check_csr_matvec(answer) -> None:
    """`answer(indptr, indices, data, x)` returns y = A x, with one number for each row."""
    generator = fresh_generator()
    for name, matrix in matrices(generator):
        _check_product(
            answer, name, matrix, PRIMES[torch.randperm(8, generator=generator)[: matrix.shape[1]]]
        )
    matrix = sparse_matrix((5, 6), 0.5, generator)
    matrix[:, 2] = 0
    matrix[1, :2] = torch.tensor([3.0, 4.0])
    x = torch.arange(1.0, 7)
    x[2] = math.inf
    _check_product(
        answer, "a 5 x 6 matrix without an entry in column 2, and x[2] infinite", matrix, x
    )
    wide = torch.zeros(100, 120)
    wide[
        torch.randperm(100, generator=generator)[:5], torch.randperm(120, generator=generator)[:5]
    ] = halves((5,), generator)
    _check_product(
        partial(watched, answer),
        "a 100 x 120 matrix with five entries",
        wide,
        torch.arange(1.0, 121),
    )
    passed(
        CHECK,
        "empty rows, one row, one column, no zeros, only zeros, no entry at all, only stored entries touched",
    )


@in_student
def watched(answer, indptr: Tensor, indices: Tensor, data: Tensor, x: Tensor):
    """What the answer returns. It is stopped when it makes as many numbers as the matrix has, zeros and all."""
    with Watch((len(indptr) - 1) * len(x)):
        return answer(indptr, indices, data, x)


class Watch(TorchDispatchMode):
    """Counts the numbers that torch makes: a RuntimeError when there are `most`. A sparse tensor holds no zeros and is not counted."""

    def __init__(self, most: int):
        super().__init__()
        self.most, self.made = most, 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        self.made += sum(
            part.numel()
            for part in tree_leaves(result)
            if isinstance(part, Tensor) and part.layout == torch.strided
        )
        if self.made >= self.most:
            raise RuntimeError(f"{self.made:,} numbers were made, as many as the whole matrix has")
        return result


def _check_product(answer, name: str, matrix: Tensor, x: Tensor) -> None:
    tried = with_input(name, matrix)
    if matrix.numel() <= FEW:
        tried += f"\n  x = {x.tolist()}"
    row, col = matrix.nonzero(as_tuple=True)
    data, indptr = matrix[row, col], row_starts(matrix != 0)
    expected = _sums(len(matrix), row, data * x[col])
    came = run(
        CHECK,
        tried,
        answer,
        torch.tensor(indptr),
        col.clone(),
        data.clone(),
        x.clone(),
        hints=HINTS,
    )
    got = array(CHECK, tried, "y", came)
    if got.shape == expected.shape and torch.allclose(got.double(), expected):
        return
    fail(
        CHECK, f"y of {tried}", *aligned(expected, got), _mistake(matrix, indptr, col, data, x, got)
    )


def _mistake(
    matrix: Tensor, indptr: list[int], col: Tensor, data: Tensor, x: Tensor, got: Tensor
) -> str:
    m, n = matrix.shape
    whole, got = not got.is_floating_point(), got.double()
    if got.isnan().any() and x.isinf().any():
        return "0 times infinity is not a number: zeros that are not stored were multiplied. Walk over the stored entries only."
    if len(got) != m:
        return (
            HINTS["out of"]
            if len(got) == m + 1
            else f"y has one number for each of the {m} rows, an empty row too."
        )
    if whole:
        return "The products or their sums were cut to whole numbers: y has the type of `data`."
    row, filled = (matrix != 0).nonzero()[:, 0], (matrix != 0).any(1)
    products, rows = data.double() * x[col], list(zip(indptr, indptr[1:]))
    if torch.equal(got[filled], _sums(m, row, products)[filled]):
        return "An empty row has the sum of no numbers: 0."
    wrong = [
        (
            [products[begin:end][-1:].sum() for begin, end in rows],
            "Only the last product of each row is left: add them up (`+=`).",
        ),
        (
            [products[begin:end][:1].sum() for begin, end in rows],
            "Only the first product of each row arrived: add all of them up.",
        ),
        (
            [products[begin:end][:-1].sum() for begin, end in rows],
            "The last entry of each row is missing: `begin:end` ends before `end`.",
        ),
        (
            [products[begin : end + 1].sum() for begin, end in rows],
            "One entry too many: row i stops before indptr[i + 1].",
        ),
        (_sums(m, row, products.trunc()), "The products were cut to whole numbers."),
        (_sums(m, row, products).trunc(), "The sums were cut to whole numbers."),
        (_sums(m, row, data), "The entries were added up without x."),
        (
            _sums(m, row, data * x[torch.arange(len(data)) % max(n, 1)]),
            "data[k] belongs to x[indices[k]], not to x[k].",
        ),
        (
            _sums(m, row, data * x[row % max(n, 1)]),
            "data[k] belongs to x[indices[k]]: its column, not its row.",
        ),
    ]
    usual = (
        "y[i] is the sum of data[k] * x[indices[k]] over the k from indptr[i] to indptr[i + 1] - 1."
    )
    return next(
        (text for numbers, text in wrong if got.tolist() == [float(number) for number in numbers]),
        usual,
    )


def _sums(rows: int, row: Tensor, products: Tensor) -> Tensor:
    sums = torch.zeros(rows, dtype=torch.float64)
    for i, product in zip(row.tolist(), products.tolist()):
        sums[i] += product
    return sums
