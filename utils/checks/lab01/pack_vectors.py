"""Does `pack_vectors(matrix, length)` store the vectors that hold something, and say how much of that is zero?"""

import math

import torch
from torch import Tensor

from utils.checks.drawn import side_by_side, with_input
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.lab01.matrices import matrices
from utils.checks.lab01.returned import CUT, array, equal, indices, parts
from utils.checks.lab01.to_csr import check_indptr, row_starts

CHECK = "check_pack_vectors"
PAD_FIRST = "A row that is no multiple of `length` long is filled up with zeros first: torch.nn.functional.pad."
HINTS = {
    "division by zero": "Nothing is stored, so nothing is wasted: 0.0.",
    "multiply up": PAD_FIRST,
    "is invalid for input": PAD_FIRST,
    "reshape": "With no entry at all, -1 cannot be guessed: write the number, or use unflatten(1, (-1, length)).",
}
COUNTED = "The zeros that fill up the last vector of a row are stored too: they count."


def check_pack_vectors(answer) -> None:
    """`answer(matrix, length)` returns (indptr, indices, values, wasted)."""
    first = torch.tensor(
        [[0.0, 4, 0, 0, 3], [0, 0, 0, -1.5, 0]]
    )  # each usual mistake about `wasted` gives another number
    cases = [("a 2 x 5 matrix", first, 3)] + [
        (*case, length) for case in matrices(fresh_generator()) for length in (2, 1, 4)
    ]
    for name, matrix, length in cases:
        name = f"{name} in vectors of {length}"
        tried = with_input(name, matrix)
        came = run(CHECK, tried, answer, matrix.clone(), length, hints=HINTS)
        came = parts(CHECK, tried, came, ("indptr", "indices", "values", "wasted"))
        _check(
            name,
            matrix,
            length,
            indices(CHECK, tried, "indptr", came[0]),
            indices(CHECK, tried, "indices", came[1]),
            array(CHECK, tried, "values", came[2], dims=2),
        )
        _check_wasted(tried, matrix, length, float(array(CHECK, tried, "wasted", came[3], dims=0)))
    passed(
        CHECK,
        "vectors of 1 to 4, rows that they do not fill, empty rows, only zeros, no entry at all, what is wasted",
    )


def padded(matrix: Tensor, length: int) -> Tensor:
    """The matrix as (rows, vectors in a row, length), with zeros at the end of each row."""
    m, n = matrix.shape
    filled = torch.zeros(m, math.ceil(n / length) * length, dtype=torch.float64)
    filled[:, :n] = matrix
    return filled.reshape(m, math.ceil(n / length), length)


def _check(
    name: str, matrix: Tensor, length: int, indptr: Tensor, places: Tensor, values: Tensor
) -> None:
    tried, vectors = with_input(name, matrix), padded(matrix, length)
    kept = (vectors != 0).any(2)
    stored, in_a_row = int(kept.sum()), kept.shape[1]
    if len(values) and values.shape[1] != length:
        fail(
            CHECK,
            f"values of {tried}",
            f"{stored} vectors of {length}",
            f"{len(values)} of {values.shape[1]}",
            "A vector is stored with all its entries, zeros too; the last one of a row is filled up with zeros.",
        )
    if len(values) != stored:
        fail(
            CHECK,
            f"values of {tried}",
            f"the {stored} vectors with an entry that is not zero",
            f"{len(values)} vectors",
            _mischosen(vectors, values),
        )
    check_indptr(CHECK, tried, indptr, kept)
    expected = kept.nonzero()[:, 1]
    if len(places) != stored:
        fail(
            CHECK,
            f"indices of {tried}",
            f"one for each of the {stored} vectors",
            f"{len(places)}",
            "All entries of a vector share one index.",
        )
    if stored and not 0 <= places.min() <= places.max() < in_a_row:
        mistake = ""
        if equal(places, expected * length):
            mistake = "These are columns of the matrix. Count in vectors: vector 1 begins in column `length`."
        elif equal(places, kept.flatten().nonzero()[:, 0]):
            mistake = "These are places in the whole list of vectors: count anew in each row."
        fail(
            CHECK,
            f"indices of {tried}",
            f"numbers of vectors in a row, from 0 to {in_a_row - 1}",
            str(places.tolist()),
            mistake,
        )
    read, starts = torch.zeros_like(vectors), row_starts(kept)
    for i, (begin, end) in enumerate(zip(starts, starts[1:])):
        for j, vector in zip(places[begin:end].tolist(), values[begin:end].double()):
            read[i, j] += vector
    if not equal(read, vectors):
        fail(
            CHECK,
            f"{name}, and the matrix that your arrays say\n{side_by_side(vectors.flatten(1), read.flatten(1))}",
            mistake=CUT
            if equal(read, vectors.trunc())
            else "`indices` says which vector of its row it is, `values` what stands in it, both row by row.",
        )


def _mischosen(vectors: Tensor, values: Tensor) -> str:
    wrong = [
        (torch.ones(vectors.shape[:2], dtype=torch.bool), "Vectors of zeros alone are not stored."),
        (
            (vectors != 0).all(2),
            "A vector is stored when *any* of its entries is not zero, not only when all are.",
        ),
        (
            vectors.sum(2) != 0,
            "The entries of a vector can add up to zero without being zero: ask whether any of them is not.",
        ),
        ((vectors > 0).any(2), "Negative entries are not zero either."),
        (vectors[:, :, 0] != 0, "Look at all entries of a vector, not only at the first."),
        (
            (vectors != 0).any(2) & (torch.arange(vectors.shape[1]) < vectors.shape[1] - 1),
            "The last vector of a row is stored as well, also when the row does not fill it.",
        ),
    ]
    return next((text for mask, text in wrong if equal(vectors[mask], values)), "")


def _check_wasted(tried: str, matrix: Tensor, length: int, wasted: float) -> None:
    vectors = padded(matrix, length)
    numbers, useful = int((vectors != 0).any(2).sum()) * length, int((matrix != 0).sum())
    expected = (numbers - useful) / numbers if numbers else 0.0
    if math.isclose(wasted, expected, abs_tol=1e-6):
        return
    mistake = "Nothing is stored, so nothing is wasted: 0.0." if not numbers else ""
    if numbers:
        filled = padded(torch.ones_like(matrix), length)[(vectors != 0).any(2)].eq(0).sum().item()
        wrong = [
            ((numbers - useful - filled) / numbers, COUNTED),
            ((numbers - useful - filled) / (numbers - filled), COUNTED),
            (useful / numbers, "That is the part of use: the rest is wasted."),
            (
                (numbers - useful) / matrix.numel(),
                "Divide by the numbers that are stored, not by the size of the matrix.",
            ),
            (numbers - useful, "A fraction: divide by the numbers that are stored."),
            (
                1 - useful / matrix.numel(),
                "That is the sparsity of the matrix. Count in `values` alone.",
            ),
        ]
        mistake = next(
            (text for number, text in wrong if math.isclose(wasted, number, abs_tol=1e-6)),
            "Count the zeros in `values`, and divide by how many numbers it has.",
        )
    fail(
        CHECK,
        f"wasted, of {tried}",
        f"{numbers - useful} zeros in {numbers} numbers = {expected:.4g}",
        f"{wasted:.4g}",
        mistake,
    )
