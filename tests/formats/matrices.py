"""Matrices that a format has to survive: empty ones, one row or column, empty rows, dense, with
explicit signs.
"""

import numpy
import pytest
import torch

from utils.formats import COO

NOTES = torch.zeros(6, 7)  # the notes' example: rows 1 3 0 2 4, data 2 5 9 1 6, completed
NOTES[[1, 3, 0, 2, 4], [1, 4, 2, 3, 3]] = torch.tensor([2.0, 5.0, 9.0, 1.0, 6.0])


def random_matrix(rows, columns, density, seed=0):
    generator = torch.Generator().manual_seed(seed)
    values = torch.randn(rows, columns, generator=generator)
    return values * (torch.rand(rows, columns, generator=generator) < density)


SHAPES = [(0, 0), (0, 3), (3, 0), (1, 1), (1, 9), (9, 1), (4, 4), (5, 8), (12, 7)]
MATRICES = [
    NOTES,
    *(random_matrix(m, n, density, m + n) for m, n in SHAPES for density in (0.0, 0.3, 1.0)),
]
every_matrix = pytest.mark.parametrize(
    "matrix", MATRICES, ids=lambda a: f"{a.shape[0]}x{a.shape[1]} nnz {int((a != 0).sum())}"
)


def same(ours, scipys):
    """Whether our arrays are scipy's, one by one."""
    return all(numpy.array_equal(a.numpy(), b) for a, b in zip(ours, scipys, strict=True))


def with_duplicates():
    """A COO matrix in no order, with entries that are added up, two of them to zero."""
    return COO(
        torch.tensor([2, 0, 2, 1, 1]),
        torch.tensor([1, 0, 1, 2, 2]),
        torch.tensor([1.0, 5, 2, 3, -3]),
        (4, 3),
    )
