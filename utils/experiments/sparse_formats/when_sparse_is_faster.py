"""Claim: a sparse format pays only above some sparsity, and that depends on the format and on
the batch.
"""

import warnings

import torch
from torch import Tensor

from utils.model.timing import shortest
from utils.pruning import keep_top


def when_sparse_is_faster(
    sparsities=(0.5, 0.8, 0.9, 0.95, 0.99), batches=(1, 64), size: int = 1024, seconds: float = 0.02
) -> list[dict]:
    """A layer of `size` x `size` weights times `batch` columns of inputs. One row a measurement.

    "masked dense" has its zeros stored; "COO" and "CSR" are torch's; "blocks of 4 x 4" is torch's
    BSR of a matrix that was pruned in whole blocks to the same sparsity (left out where torch is
    built without MKL). `milliseconds` is the shortest of the repeats in `seconds`, `relative time`
    is to the dense product of the same batch, measured just before.
    """
    generator = torch.Generator().manual_seed(0)
    dense = torch.randn(size, size, generator=generator)
    inputs = [torch.randn(size, batch, generator=generator) for batch in batches]
    rows = []
    for sparsity in sparsities:
        forms = forms_of(dense, sparsity)
        for x in inputs:
            base = shortest(lambda: dense @ x, seconds)
            for form, matrix in forms.items():
                taken = shortest(lambda: matrix @ x, seconds)
                rows.append(
                    {
                        "form": form,
                        "sparsity": sparsity,
                        "batch": x.shape[1],
                        "milliseconds": 1000 * taken,
                        "relative time": taken / base,
                    }
                )
    return rows


def forms_of(dense: Tensor, sparsity: float) -> dict[str, Tensor]:
    """The matrix pruned to this sparsity, in each form."""
    masked = pruned(dense, sparsity)
    with warnings.catch_warnings():  # torch calls its CSR support a beta
        warnings.simplefilter("ignore", UserWarning)
        forms = {
            "masked dense": masked,
            "COO": masked.to_sparse_coo().coalesce(),
            "CSR": masked.to_sparse_csr(),
        }
        if torch.backends.mkl.is_available():
            forms["blocks of 4 x 4"] = pruned(dense, sparsity, block=4).to_sparse_bsr((4, 4))
    return forms


def pruned(matrix: Tensor, sparsity: float, block: int = 1) -> Tensor:
    """The matrix without its smallest entries, or without its smallest blocks."""
    size = len(matrix) // block
    norms = matrix.view(size, block, size, block).square().sum((1, 3))
    mask = keep_top({"w": norms}, sparsity)["w"]
    return matrix * mask.repeat_interleave(block, 0).repeat_interleave(block, 1)


def crossover(rows: list[dict], form: str, batch: int) -> float | None:
    """The lowest of the tried sparsities at and above which the form is faster than dense by at
    least a twentieth. None if there is none.
    """
    mine = [row for row in rows if (row["form"], row["batch"]) == (form, batch)]
    slow = [row["sparsity"] for row in mine if row["relative time"] > 0.95]
    fast = [row["sparsity"] for row in mine if row["sparsity"] > max(slow, default=-1)]
    return min(fast, default=None)
