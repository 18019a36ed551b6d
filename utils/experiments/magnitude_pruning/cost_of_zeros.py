"""Claim: a zero in a dense matrix costs as much as any other number, in bytes and in time."""

import statistics
import warnings

import torch
from torch import Tensor

from utils.model.timing import duration
from utils.pruning import keep_top


def cost_of_zeros(
    size: int = 1024, batch: int = 64, sparsity: float = 0.9, repeats: int = 15
) -> list[dict]:
    """One layer, `size` x `size`, in four forms, each multiplied with `batch` columns. One row a
    form.

    "dense"; "masked": the same with a part of its entries set to zero; "CSR": only the entries that
    are not zero, with their columns; "fewer rows": a dense matrix with as many entries as are left.
    `milliseconds` is the median of some repeats, taken in turns; `bytes` is what the numbers of the
    form occupy; `relative time` is to the dense one.
    """
    dense = torch.randn(size, size, generator=torch.Generator().manual_seed(0))
    x = torch.randn(size, batch, generator=torch.Generator().manual_seed(1))
    masked = dense * keep_top({"w": dense.abs()}, sparsity)["w"]
    forms = {
        "dense": dense,
        "masked": masked,
        "CSR": _csr(masked),
        "fewer rows": dense[: round((1 - sparsity) * size)].clone(),
    }
    times = {form: [] for form in forms}
    for _ in range(repeats):
        for form, w in forms.items():
            times[form].append(duration(lambda: w @ x))
    milliseconds = {form: 1000 * statistics.median(t) for form, t in times.items()}
    return [
        {
            "form": form,
            "milliseconds": milliseconds[form],
            "relative time": milliseconds[form] / milliseconds["dense"],
            "bytes": nbytes(w),
        }
        for form, w in forms.items()
    ]


def _csr(w: Tensor) -> Tensor:
    with warnings.catch_warnings():  # torch calls its CSR support a beta
        warnings.simplefilter("ignore", UserWarning)
        return w.to_sparse_csr()


def nbytes(w: Tensor) -> int:
    """The bytes of a tensor's numbers; for CSR its values, column indices and row pointers."""
    parts = (
        (w.values(), w.col_indices(), w.crow_indices()) if w.layout == torch.sparse_csr else (w,)
    )
    return sum(part.nbytes for part in parts)
