"""What a process does once so that its forks are quick: it loads what would be loaded late, and
packs its memory.

A fork copies the table of pages. For half a gigabyte of small pages that takes 10 to 25 ms, for
huge ones 3 ms; and a box takes three forks, a submission one more.
"""

import ctypes
import gc
import re
from collections.abc import Iterator

from grader.box.rights import LIBC

COLLAPSE = 25  # MADV_COLLAPSE, since Linux 6.1; elsewhere it is refused, and nothing is lost
HUGE = 2 << 20


def up() -> None:
    """Takes one step of training: an optimizer's first one takes a second of imports."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    layer = torch.nn.Linear(2, 2)
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2)
    for (x,) in DataLoader(TensorDataset(torch.zeros(2, 2)), batch_size=2):
        torch.nn.functional.cross_entropy(layer(x), torch.tensor([0, 1])).backward()
    optimizer.step()
    scheduler.step()
    optimizer.zero_grad()


def keep() -> None:
    """What there is now is shared with the forks: their garbage collector leaves it alone, which
    would copy every page of it, and its pages are made huge ones."""
    gc.collect()
    gc.freeze()
    for start, end in heaps():
        LIBC.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), COLLAPSE)


def heaps() -> Iterator[tuple[int, int]]:
    """The parts of this process's memory that belong to no file, cut to whole huge pages: pairs of
    addresses. Linux."""
    try:
        with open("/proc/self/maps") as file:
            found = [re.match(r"([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ 0 ", line) for line in file]
    except FileNotFoundError:
        return
    for start, end in ((int(one[1], 16), int(one[2], 16)) for one in found if one):
        start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
        if start < end:
            yield start, end
