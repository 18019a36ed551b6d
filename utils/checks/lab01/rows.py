"""What is stored row by row: where rows begin, the order in a row, how a difference is shown."""

import numpy as np
import torch
from torch import Tensor

from utils.checks.drawn import aligned, side_by_side
from utils.checks.exercise import Case

SIZE = (
    "`indptr` has one number more than there are rows: the last one says where the last row ends."
)
# What becomes of `indptr`, given itself and the table of what is stored
INDPTR = [
    (
        "These are the numbers of entries in each row. `indptr` is their running sum, after a 0.",
        lambda indptr, kept: indptr.diff(),
    ),
    (
        "`indptr` begins with 0, where the first row begins: one number more than there are rows.",
        lambda indptr, kept: indptr[1:],
    ),
    (SIZE, lambda indptr, kept: indptr[:-1]),
    (SIZE, lambda indptr, kept: indptr[: 1 + max(kept.nonzero()[:, 0].tolist(), default=-1) + 1]),
    (
        "That is the row of each entry, as in COO. `indptr` says where each row begins.",
        lambda indptr, kept: kept.nonzero()[:, 0],
    ),
    (
        "An empty row has its number in `indptr` too: it repeats the one before it.",
        lambda indptr, kept: indptr.unique(),
    ),
    ("Places are counted from 0.", lambda indptr, kept: indptr + 1),
]


def row_starts(kept: Tensor) -> Tensor:
    """`indptr` by its definition: how much is kept before each row, and in all."""
    return torch.tensor([int(kept[:i].sum()) for i in range(len(kept) + 1)])


def in_order(kept: Tensor, places: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Both in the order of the places in each row, if there are as many as `kept` says."""
    row = kept.nonzero()[:, 0]
    if not len(places) == len(values) == len(row):
        return places, values
    order = np.lexsort((places, row))
    return places[order], values[order]


def show_rows(case: Case, kept: Tensor, expected: tuple, got: tuple) -> tuple[str, str, str]:
    """The first difference between (indptr, places, values) and what came."""
    (right, *entries), (indptr, places, values), width = expected[:3], got[:3], kept.shape[1]
    if indptr.tolist() != right.tolist():
        return f"indptr of {case.words}", *aligned(right, indptr)
    stored = int(kept.sum())
    if not len(places) == len(values) == stored:
        lengths = f"{len(places)} indices, {len(values)} values"
        return case.words, f"{stored} indices, {stored} values", lengths
    if not ((places >= 0) & (places < width)).all():
        return f"indices of {case.words}", f"from 0 to {width - 1}", str(places.tolist())

    def said(places: Tensor, values: Tensor) -> Tensor:
        matrix = torch.zeros(*kept.shape, *values.shape[1:], dtype=torch.float64)
        where = kept.nonzero()[:, 0], places
        return matrix.index_put(where, values.double(), accumulate=True).flatten(1)

    drawing = side_by_side(said(*entries), said(places, values))
    title = case.words.splitlines()[0]
    return f"{title}, and the matrix that your arrays say\n{drawing}", "", ""
