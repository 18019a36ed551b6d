"""Vectors of `length` along the rows: those with an entry are stored; how much of that is zero.

| the statement | asked by |
|---|---|
| cut each row into vectors of `length` | lengths 1 to 4, longer than a row; others (hidden) |
| when the row does not fill its last vector, zeros do | rows of 5, 3, 1 and none |
| stored when any entry is not zero, whole | last or negative or tiny entries; sums of 0 |
| indptr of CSR in vectors, indices in the row | empty rows, no row; rows of 400 entries (hidden) |
| values (stored, length), of the type of the matrix | float64; float16, int64 (hidden) |
| wasted: the zeros in values, 0.0 for nothing | seven mistakes about it; zeros alone |
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from utils.checks.compare import as_number
from utils.checks.drawn import with_input
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab01.arrays import (
    CUT,
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

NAMES = ("indptr", "indices", "values", "wasted")
FILL = "Fill up a row that is no multiple of `length` long with zeros first: nn.functional.pad."
GUESS = "With no entry -1 cannot be guessed: write the number, or use unflatten(1, (-1, length))."
NOTHING = "Nothing is stored, so nothing is wasted: 0.0."
ANY = "A vector is stored when *any* of its entries is not zero: look at all of them."
LAST = "The last vector of a row is stored as well, also when the row does not fill it."
END = "Zeros fill up the end of a row, not its beginning."
PLACES = "Vectors begin in columns 0, length, 2 * length, and so on, wherever the entries are."
VECTORS = "`indptr` counts stored vectors, not their entries."
COUNT = "`indices` counts vectors, from 0 in each row: vector 1 begins in column `length`."
SHARED = "All entries of a vector share one index."
DIVIDE = "A fraction: divide by how many numbers are stored."
SPARSITY = "That is the sparsity of the matrix. Count in `values` alone."
FILLED = "The zeros that fill up the last vector of a row are stored too: they count."
WHOLE_VECTOR = "A vector is stored with all its entries, zeros too."


def in_vectors(matrix: Tensor, length: int) -> Tensor:
    """(rows, vectors in a row, length), with zeros at the end of each row."""
    return pad(matrix, (0, -matrix.shape[1] % length)).unflatten(1, (-1, length))


def filled(matrix: Tensor, length: int) -> int:
    """How many of the stored zeros lie beyond the end of a row."""
    there = (in_vectors(matrix, length) != 0).any(2)
    return int((in_vectors(torch.ones_like(matrix), length)[there] == 0).sum())


@steps
def pack_with(
    view=lambda matrix: matrix,
    cut=in_vectors,
    kept=lambda vectors: (vectors != 0).any(2),
    starts=lambda indptr, kept: indptr,
    places=lambda places, kept, length: places,
    values=lambda values: values,
    wasted=lambda zeros, stored, matrix, length: zeros / stored,
    nothing=lambda: 0.0,
):
    def answer(matrix, length):
        matrix = view(matrix)
        vectors = cut(matrix, length)
        there = kept(vectors)
        stored = vectors[there]
        zeros, numbers = int((stored == 0).sum()), stored.numel()
        return (
            starts(row_starts(there), there),
            places(there.nonzero()[:, 1], there, length),
            values(stored),
            wasted(zeros, numbers, matrix, length) if numbers else nothing(),
        )

    return answer


def waste(fraction):
    """From the zeros and all numbers that are stored, the matrix and the length of a vector."""
    return pack_with(wasted=fraction)


def at_entries(matrix, length):
    """A vector begins at the next entry, wherever it is."""
    begins, indices, vectors = [0], [], []
    for row in pad(matrix, (0, length)):
        j = 0
        while j < matrix.shape[1]:
            if row[j]:
                indices.append(j // length)
                vectors.append(row[j : j + length])
            j += length if row[j] else 1
        begins.append(len(vectors))
    values = torch.stack(vectors) if vectors else matrix.new_zeros(0, length)
    wasted = float((values == 0).double().mean()) if vectors else 0.0
    return torch.tensor(begins), torch.tensor(indices), values, wasted


MISTAKES = [(words, pack_with(starts=step)) for words, step in INDPTR] + [
    ("Vectors of zeros alone are not stored.", pack_with(kept=lambda v: (v == v).any(2))),
    (ANY, pack_with(kept=lambda v: (v != 0).all(2))),
    (ANY, pack_with(kept=lambda v: v[:, :, 0] != 0)),
    ("Entries can add up to zero without being zero.", pack_with(kept=lambda v: v.sum(2) != 0)),
    ("Negative entries are not zero either.", pack_with(kept=lambda v: (v > 0).any(2))),
    (TINY, pack_with(kept=lambda v: (v.abs() > 1e-6).any(2))),
    (LAST, pack_with(cut=lambda m, k: m[:, : m.shape[1] // k * k].unflatten(1, (-1, k)))),
    (END, pack_with(cut=lambda m, k: pad(m, (-m.shape[1] % k, 0)).unflatten(1, (-1, k)))),
    (
        "Zeros fill up the row.",
        pack_with(cut=lambda m, k: in_vectors(pad(m, (0, -m.shape[1] % k), value=1), k)),
    ),
    (PLACES, at_entries),
    (VECTORS, lambda m, k: (pack_with()(m, k)[0] * k, *pack_with()(m, k)[1:])),
    ("The vectors lie along the rows.", pack_with(view=lambda matrix: matrix.T)),
    (COUNT, pack_with(places=lambda places, kept, length: places * length)),
    (COUNT, pack_with(places=lambda places, kept, length: kept.flatten().nonzero()[:, 0])),
    (SHARED, pack_with(places=lambda places, kept, length: places.repeat_interleave(length))),
    (WHOLE, pack_with(places=lambda places, kept, length: places.float())),
    (WHOLE_VECTOR, pack_with(values=lambda values: values[values != 0][:, None])),
    (WHOLE_VECTOR, pack_with(values=lambda values: values[:, :1])),
    ("The entries of each vector are in reverse order.", pack_with(values=lambda v: v.flip(1))),
    ("The vectors are in reverse order.", pack_with(values=lambda v: v.flip(0))),
    (CUT, pack_with(values=torch.trunc)),
    (TYPE, pack_with(values=lambda values: values.float())),
    (ROUNDED, pack_with(values=lambda values: values.float().to(values.dtype))),
    ("A fraction: do not round it.", waste(lambda z, n, m, k: round(z / n, 1))),
    ("A fraction of 1, not percent.", waste(lambda z, n, m, k: 100 * z / n)),
    ("That is the part of use: the rest is wasted.", waste(lambda z, n, m, k: 1 - z / n)),
    (DIVIDE, waste(lambda z, n, m, k: z / m.numel())),
    (DIVIDE, waste(lambda z, n, m, k: z)),
    (SPARSITY, waste(lambda z, n, m, k: float((m == 0).double().mean()))),
    (FILLED, waste(lambda z, n, m, k: (z - filled(m, k)) / n)),
    (FILLED, waste(lambda z, n, m, k: 1 - int((m != 0).sum()) / (n - filled(m, k)))),
    (NOTHING, pack_with(nothing=lambda: 1.0)),
    (NOTHING, pack_with(nothing=lambda: 0 / 0)),
    (NOTHING, pack_with(nothing=lambda: float("nan"))),
    (FILL, pack_with(cut=lambda m, k: m.unflatten(1, (-1, k)))),
    (FILL, pack_with(cut=lambda m, k: m.reshape(len(m), -1, k))),
    (GUESS, pack_with(cut=lambda m, k: in_vectors(m, k).reshape(len(m), -1, k))),
    (commas(*NAMES), lambda matrix, length: in_vectors(matrix, length)),
]


def cases(generator: torch.Generator) -> list[Case]:
    # Each of the usual mistakes about `wasted` gives another number
    asked = [("a 2 x 5 matrix", torch.tensor([[0.0, 4, 0, 0, 3], [0, 0, 0, -1.5, 0]]), 3)]
    asked += [(*each, length) for each in matrices(generator) for length in (2, 1, 4)]
    return [
        case(with_input(f"{name} in vectors of {length}", m), matrix=m, length=length)
        for name, m, length in asked
    ]


def kept_of(case: Case) -> Tensor:
    return (in_vectors(*case.arguments.values()) != 0).any(2)


def read(outcome: Outcome, case: Case) -> tuple:
    """indptr, places and vectors in the order of the places in each row, and what is wasted."""
    starts, places, values, wasted = parts(outcome.returned, *NAMES)
    matrix, length = case.arguments.values()
    values = array("values", values, 2, dtype=matrix.dtype, like=(0, length))
    starts, places = indices("indptr", starts), indices("indices", places)
    vectors = in_order(kept_of(case), places, values)
    return starts, *vectors, as_number(wasted, "wasted: a number")


def same(a: tuple, b: tuple) -> bool:
    return exactly(a[:3], b[:3]) and abs(a[3] - b[3]) < 1e-6


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    right, came = read(expected, case), read(got, case)
    if right[2].shape != came[2].shape:
        sizes = ["{} vectors of {}".format(*each[2].shape) for each in (right, came)]
        return f"values of {case.words}", sizes[0], sizes[1]
    if not exactly(right[:3], came[:3]):
        return show_rows(case, kept_of(case), right, came)
    zeros, stored = int((right[2] == 0).sum()), right[2].numel()
    share = f"{zeros} zeros in {stored} numbers = {right[3]:.4g}"
    return f"wasted, of {case.words}", share, f"{came[3]:.4g}"


def only_wasted(case: Case, expected: Outcome, got: Outcome) -> bool:
    return exactly(read(got, case)[:3], read(expected, case)[:3])


check_pack_vectors = Exercise(
    name="pack_vectors",
    right=pack_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="vectors of 1 to 4, rows that they do not fill, empty rows, no entry, what is wasted",
    read=read,
    same=same,
    show=show,
    hints={
        "division by zero": NOTHING,
        "multiply up": FILL,
        "is invalid for input": FILL,
        "reshape": GUESS,
    },
    symptoms=[("Count the zeros in `values`, and divide by how many numbers it has.", only_wasted)],
)
