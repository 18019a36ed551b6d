"""Claim: a sparse format pays only from some sparsity on, and which one depends on the
format and on the batch.
"""
import statistics
import time
import warnings

import scipy.sparse
import torch
from torch import Tensor

from utils.pruning import keep_top

FORMS = ("dense", "masked dense", "COO", "CSR", "blocks of 4 x 4")


def when_sparse_is_faster(sparsities=(0.5, 0.8, 0.9, 0.95, 0.99), batches=(1, 64), size: int = 1024, seconds: float = 0.02) -> list[dict]:
    """A layer of `size` x `size` weights times `batch` columns of inputs, in every form. One
    row a measurement.

    "masked dense" has its zeros stored; "COO" and "CSR" are torch's; "blocks of 4 x 4" is
    scipy's BSR of a matrix that was pruned in whole blocks to the same sparsity. `milliseconds`
    is the median of repeats over at least `seconds`; `relative time` is to the dense product of
    the same batch, `macs` counts what the form multiplies.
    """
    generator = torch.Generator().manual_seed(0)
    dense, rows = torch.randn(size, size, generator=generator), []
    inputs = {batch: torch.randn(size, batch, generator=generator) for batch in batches}
    base = {batch: timed(lambda: dense @ x, seconds) for batch, x in inputs.items()}
    for sparsity in sparsities:
        masked, blocks = pruned(dense, sparsity), pruned(dense, sparsity, block=4)
        coo, csr, bsr = masked.to_sparse_coo(), compressed(masked), scipy.sparse.bsr_array(blocks.numpy(), blocksize=(4, 4))
        for batch, x in inputs.items():
            products = {"dense": None, "masked dense": lambda: masked @ x, "COO": lambda: torch.sparse.mm(coo, x), "CSR": lambda: csr @ x,
                        "blocks of 4 x 4": lambda: bsr @ x.numpy()}
            for form, product in products.items():
                taken = base[batch] if product is None else timed(product, seconds)
                stored = size * size if "dense" in form else int((masked != 0).sum())
                rows.append({"form": form, "sparsity": sparsity, "batch": batch, "milliseconds": 1000 * taken,
                             "relative time": taken / base[batch], "macs": stored * batch})
    return rows


def pruned(matrix: Tensor, sparsity: float, block: int = 1) -> Tensor:
    """The matrix without its smallest entries, or without its smallest blocks."""
    size = len(matrix) // block
    norms = matrix.view(size, block, size, block).square().sum((1, 3))
    mask = keep_top({"w": norms}, sparsity)["w"]
    return matrix * mask.repeat_interleave(block, 0).repeat_interleave(block, 1)


def compressed(matrix: Tensor) -> Tensor:
    """torch's CSR."""
    with warnings.catch_warnings():             # torch calls its CSR support a beta
        warnings.simplefilter("ignore", UserWarning)
        return matrix.to_sparse_csr()


def timed(call, seconds: float) -> float:
    """Seconds for one call: the median of at least five, over at least `seconds`."""
    call()
    taken, end = [], time.perf_counter() + seconds
    while len(taken) < 5 or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def crossover(rows: list[dict], form: str, batch: int) -> float | None:
    """The least sparsity tried from which on the form is faster than dense at every sparsity
    tried; None if there is none.
    """
    mine = sorted((row["sparsity"], row["relative time"]) for row in rows if (row["form"], row["batch"]) == (form, batch))
    slow = [sparsity for sparsity, relative in mine if relative >= 1]
    fast = [sparsity for sparsity, _ in mine if not slow or sparsity > max(slow)]
    return min(fast, default=None)
