"""y = A x for a matrix in CSR, one number for each row, touching nothing but the stored entries.

| the statement | asked by |
|---|---|
| the same y as the dense product | small and random matrices, exact numbers |
| y (m,): a number for each row | empty rows, no row, one row, one column |
| no zero is touched where x is infinite | a column without entries, and x infinite there |
| nothing but the stored entries | 1000 x 1000, 100 x 1,000,000: torch's numbers are counted |
| columns in any order (hidden) | rows read from right to left |
| the type of `data` | float64 that float32 rounds |
"""

import math

import torch
from torch import Tensor

from utils.checks.drawn import FEW, aligned, with_input
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.in_student import in_student
from utils.checks.inputs import halves
from utils.checks.lab01.arrays import TYPE, array, exactly
from utils.checks.lab01.matrices import matrices, sparse_matrix
from utils.checks.lab01.rows import row_starts

# Two different mistakes seldom give the same sums of these
PRIMES = torch.tensor([11.0, 13, 17, 19, 23, 29, 31, 37])
DENSE = "That is the work of a dense matrix. Walk over the stored entries only."
WORK = "as many numbers were made as the whole matrix has"
END = "`indptr` has one number more than there are rows: the last one is an end, not a beginning."
ZEROS = "0 times infinity is not a number: zeros that are not stored were multiplied."
COLUMN = "data[k] belongs to x[indices[k]]: its column, not its place or its row."
NO_ROW = "A matrix can have no row: then there is nothing to stack."
ROWS = "y has one number for each row, an empty row too."
CUT = "were cut to whole numbers: y has the type of `data`."
ROUNDED = "Digits were lost on the way through float32: y has the type of `data`."


@steps
def product_with(
    size=lambda indptr, x: len(indptr) - 1,
    rows=0,
    end=0,
    of_x=lambda x, columns, rows: x[columns],
    product=lambda products: products,
    add=torch.sum,
    result=lambda y, indptr: y,
):
    def answer(indptr, indices, data, x):
        y, counts = data.new_zeros(size(indptr, x)), indptr.diff()
        of_rows = torch.arange(len(counts)).repeat_interleave(counts)
        products = product(data * of_x(x, indices, of_rows))
        for i in range(len(counts) + rows):
            y[i] = add(products[indptr[i] : indptr[i + 1] + end])
        return result(y, indptr)

    return answer


def over(row):
    """x at the places that `row` gives, also where there are more places than numbers in x."""
    return lambda x, columns, rows: x[row(columns, rows) % max(len(x), 1)]


def repeats(y, indptr):
    """An empty row keeps the sum of the row before it."""
    for i, stored in enumerate(indptr.diff()):
        if not stored:
            y[i] = y[i - 1] if i else 7.0
    return y


def through_a_dense_matrix(multiply):
    def answer(indptr, indices, data, x):
        matrix = data.new_zeros(len(indptr) - 1, len(x))
        matrix[torch.arange(len(matrix)).repeat_interleave(indptr.diff()), indices] = data
        return multiply(matrix, x)

    return answer


def through_dense_lists(indptr, indices, data, x):
    y, x = [], x.tolist()
    for begin, end in zip(indptr[:-1], indptr[1:]):
        stored = dict(zip(indices[begin:end].tolist(), data[begin:end].tolist()))
        row = [stored.get(j, 0.0) for j in range(len(x))]
        y.append(sum(a * b for a, b in zip(row, x) if a))
    return torch.tensor(y, dtype=data.dtype)


MISTAKES = [
    (ZEROS, through_a_dense_matrix(lambda matrix, x: matrix @ x)),
    (DENSE, through_a_dense_matrix(lambda m, x: torch.where(m != 0, m * x, 0).sum(1))),
    (
        "Only the last product of each row is left: use `+=`.",
        product_with(add=lambda p: p[-1:].sum()),
    ),
    ("Only the first product of each row arrived.", product_with(add=lambda p: p[:1].sum())),
    ("The last entry of each row is missing.", product_with(add=lambda p: p[:-1].sum())),
    ("One entry too many: row i stops before indptr[i + 1].", product_with(end=1)),
    ("The entries were added up without x.", product_with(of_x=lambda x, columns, rows: 1)),
    (COLUMN, product_with(of_x=over(lambda columns, rows: torch.arange(len(columns))))),
    (COLUMN, product_with(of_x=over(lambda columns, rows: rows))),
    (END, product_with(size=lambda indptr, x: len(indptr), rows=1)),
    (END, product_with(size=lambda indptr, x: len(indptr))),
    ("y has a number for each row, not each column.", product_with(size=lambda indptr, x: len(x))),
    (ROWS, product_with(size=lambda indptr, x: max(len(indptr) - 2, 0), rows=-1)),
    (ROWS, product_with(result=lambda y, indptr: y[indptr.diff() != 0])),
    ("An empty row has the sum of no numbers: 0.", product_with(result=repeats)),
    (f"The products {CUT}", product_with(product=torch.trunc)),
    (f"The sums {CUT}", product_with(result=lambda y, indptr: y.trunc())),
    (TYPE, product_with(result=lambda y, indptr: y.float())),
    (ROUNDED, product_with(product=lambda products: products.float().to(products.dtype))),
    (DENSE, through_dense_lists),
]


def product(words: str, matrix: Tensor, x: Tensor, backwards: bool = False) -> Case:
    """backwards: the entries of each row from right to left."""
    words += f"\n  x = {x.tolist()}" if matrix.numel() <= FEW else ""
    row, col = (matrix.flip(1) if backwards else matrix).nonzero(as_tuple=True)
    col = matrix.shape[1] - 1 - col if backwards else col
    return case(words, indptr=row_starts(matrix != 0), indices=col, data=matrix[row, col], x=x)


def cases(generator: torch.Generator) -> list[Case]:
    def wide(rows: int, columns: int) -> Case:
        """One entry in each row."""
        col, data = torch.randint(columns, (rows,), generator=generator), halves((rows,), generator)
        x, words = torch.arange(1.0, columns + 1), f"{rows} x {columns:,}, an entry in each row"
        return case(words, indptr=torch.arange(rows + 1), indices=col, data=data, x=x)

    order, asked = torch.randperm(8, generator=generator), []
    for name, matrix in matrices(generator):
        if matrix.dtype == torch.float32:
            x = PRIMES[order[: matrix.shape[1]]]
            asked.append(product(with_input(name, matrix), matrix, x))
    for _ in range(2):
        matrix, x = sparse_matrix((5, 6), 0.5, generator), torch.arange(1.0, 7)
        matrix[:, 2], matrix[1, :2], x[2] = 0, torch.tensor([3.0, 4]), math.inf
        asked.append(product("no entry in column 2, and x[2] infinite", matrix, x))
        precise = sparse_matrix((4, 5), 0.7, generator).double() * (1 + 2**-30)
        precise[0, :2] = 1 + 2**-30
        asked.append(product("float64, which float32 rounds", precise, PRIMES[:5].double()))
    return [*asked, wide(1000, 1000), wide(100, 1_000_000)]


def right(indptr, indices, data, x):
    rows = torch.arange(len(indptr) - 1).repeat_interleave(indptr.diff())
    products = data.double() * x[indices]
    y = torch.zeros(len(indptr) - 1, dtype=torch.float64).index_add(0, rows, products)
    return y.to(data.dtype)


def ask(answer, indptr, indices, data, x):
    """A large product is watched."""
    product = (indptr, indices, data, x)
    return answer(*product) if len(data) * len(x) < 10**6 else watched(answer, *product, WORK)


@in_student
def watched(answer, indptr, indices, data, x, words):
    """What the answer returns. It is stopped when it makes as many numbers as the matrix has: a
    RuntimeError with these words.

    A sparse tensor holds no zeros and is not counted. An answer can take the watch off.
    """
    import torch
    from torch.overrides import TorchFunctionMode
    from torch.utils._pytree import tree_leaves

    most, made = (len(indptr) - 1) * len(x), 0

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):
            nonlocal made
            result = function(*args, **(kwargs or {}))
            tensors = (part for part in tree_leaves(result) if isinstance(part, torch.Tensor))
            made += sum(part.numel() for part in tensors if part.layout == torch.strided)
            if made >= most:
                raise RuntimeError(words)
            return result

    with Watch():
        return answer(indptr, indices, data, x)


def read(outcome: Outcome, case: Case) -> Tensor:
    return array("y", outcome.returned, dtype=case.arguments["data"].dtype)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return f"y of {case.words}", *aligned(read(expected, case), read(got, case))


check_csr_matvec = Exercise(
    name="csr_matvec",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="empty rows, one row, one column, no zeros, only zeros, only stored entries touched",
    ask=ask,
    read=read,
    same=exactly,
    show=show,
    hints={
        WORK: DENSE,
        "still running": DENSE,
        "out of": END,
        "non-empty TensorList": NO_ROW,
    },
    seconds=3,
    symptoms=[
        (
            "y[i] adds data[k] * x[indices[k]] for k from indptr[i] to indptr[i + 1] - 1.",
            lambda *_: True,
        )
    ],
)
