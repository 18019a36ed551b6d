"""Where random numbers come from: every draw of the course is decided by a seed."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


def seeded_generator(seed: int) -> torch.Generator:
    """A generator for random masks and directions, independent of the network `mlp(...,
    seed=seed)`.

    torch draws initial weights and `torch.rand` from the same stream: a generator with the seed of
    the network repeats its initial weights, and a "random" mask then keeps the largest of them.
    """
    return torch.Generator().manual_seed(1_000_003 * (seed + 1))


@contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """Draw from `seed` inside the block; afterwards torch's global random state is what it was
    before. With None, change nothing.
    """
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
