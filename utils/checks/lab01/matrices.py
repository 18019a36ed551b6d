"""Matrices that a format has to survive, the smallest first."""

import torch
from torch import Tensor

from utils.checks.inputs import halves


def matrices(generator: torch.Generator) -> list[tuple[str, Tensor]]:
    """(what it is, the matrix) for each, of at most 8 rows and columns."""
    tiny = torch.tensor([[0.1, 0, 1e-8], [0, -0.0, -1e-7]], dtype=torch.float64)
    fixed = [
        ("a 2 x 3 matrix", torch.tensor([[0.0, 7, 0], [-1.5, 0, 2]])),
        ("a row of five", torch.tensor([[0.0, 4, 0, -0.5, 0]])),
        ("a column of four", torch.tensor([[5.0], [0], [0], [-6]])),
        ("a matrix without zeros", torch.tensor([[2.0, -2], [3, 4], [5, 6]])),
        (
            "a matrix whose first, third and last rows are empty",
            torch.tensor([[0.0, 0, 0], [1, 0, 2], [0, 0, 0], [0, 3, 0], [0, 0, 0]]),
        ),
        ("a 2 x 4 matrix of zeros", torch.zeros(2, 4)),
        ("a matrix of 3 rows and no column", torch.zeros(3, 0)),
        ("a matrix of no row and 3 columns", torch.zeros(0, 3)),
        ("tiny entries in float64", tiny),
        ("tiny entries in float64, transposed", tiny.T),
    ]
    m, n = torch.randint(2, 9, (2,), generator=generator).tolist()
    return fixed + [
        (f"a random {m} x {n} matrix", sparse_matrix((m, n), 0.3, generator))
        for m, n in [(m, n), (8, 3), (3, 8), (7, 8)]
    ]


def sparse_matrix(shape: tuple[int, ...], density: float, generator: torch.Generator) -> Tensor:
    """Multiples of 1/2 from -4.5 to 4.5; about `density` of them are not zero."""
    return halves(shape, generator) * (torch.rand(shape, generator=generator) < density)
