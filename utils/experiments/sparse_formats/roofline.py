"""Claim: a product takes as long as the slower of two things, its arithmetic and the transport
of its numbers.

Williams, Waterman and Patterson, "Roofline" (2009): rate <= min(peak, intensity * bandwidth),
with the intensity in operations for each byte that is moved.
"""

import torch

from utils.model.timing import shortest


def bandwidth(numbers: int = 64_000_000) -> float:
    """Bytes a second that one thread gets from memory: a sum over `numbers` float32."""
    long = torch.ones(numbers)
    return long.nbytes / shortest(long.sum, 0.2)


def dense_products(batches=(1, 2, 4, 8, 16, 32, 64, 128, 256), size: int = 4096) -> list[dict]:
    """A weight of `size` x `size` times `batch` columns: {"batch", "intensity": MACs a byte,
    "rate": MACs a second}.

    The bytes are those of the weight, the inputs and the outputs, each moved once. The weight
    is larger than the cache.
    """
    w = torch.randn(size, size, generator=torch.Generator().manual_seed(0))
    rows = []
    for batch in batches:
        x = torch.randn(size, batch, generator=torch.Generator().manual_seed(1))
        macs, moved = size * size * batch, w.nbytes + 2 * x.nbytes
        rows.append(
            {
                "batch": batch,
                "intensity": macs / moved,
                "rate": macs / shortest(lambda: w @ x, 0.05),
            }
        )
    return rows


def roof(intensity: float, peak: float, bandwidth: float) -> float:
    """The highest rate at this intensity, in MACs a second."""
    return min(peak, intensity * bandwidth)
