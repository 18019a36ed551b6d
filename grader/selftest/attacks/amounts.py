"""Attacks that take too much: processes, disk, memory."""

import contextlib
import ctypes
import mmap
import os
import threading
import time
from collections.abc import Iterator

from grader.selftest.attacks.tools import (
    LIBC,
    MB,
    Attempt,
    Bait,
    call,
)

STEP = 32  # MB of the disk at a time


def number_of_processes(bait: Bait) -> Iterator[Attempt]:
    yield "", lambda: more_than(bait["processes"], threads(bait["processes"] + 50), "")


def more_than(most: int, had: int, what: str) -> str:
    """A text when there was more than there may be; an error that says how much there was
    otherwise."""
    if had <= most:
        raise RuntimeError(f"stopped at {had}{what}")
    return f"more than {most}{what}"


def threads(most: int) -> int:
    """Starts threads, which count as processes, until it is refused or there are `most`; then they
    end. Returns how many there were."""
    end, made = threading.Event(), []
    before = threading.stack_size(256 * 1024)
    try:
        while len(made) < most:
            made.append(threading.Thread(target=end.wait))
            made[-1].start()
    except RuntimeError:
        made.pop()
    finally:
        threading.stack_size(before)
        end.set()
        for one in made:
            one.join()
    return len(made)


def disk(bait: Bait) -> Iterator[Attempt]:
    for folder, most in bait["disk"]:
        yield (
            "",
            lambda: more_than(
                most, filled(folder, most + STEP), f" MB in {os.path.abspath(folder)}"
            ),
        )


def filled(folder: str, most: int) -> int:
    """Takes blocks of the disk until it is refused or has `most` MB; then gives them back. Returns
    how many it had."""
    total, names = 0, []
    try:
        while total < most:
            names.append(f"{folder}/fill_{len(names)}")
            with open(names[-1], "w") as file:
                os.posix_fallocate(file.fileno(), 0, STEP * MB)
            total += STEP
    except OSError:
        pass
    for name in names:
        with contextlib.suppress(OSError):
            os.remove(name)
    return total


def memory_of_nobody(bait: Bait) -> Iterator[Attempt]:
    """Memory that no process has to its account, so that no watchdog could find it."""
    yield (
        "memfd_create",
        lambda: os.close(call("memfd_create", ctypes.c_char_p(b"canary"), 0)) or True,
    )
    yield "shmget", lambda: LIBC.shmctl(call("shmget", 0, MB, 0o1600), 0, None) == 0


def memory_in_one_piece(bait: Bait) -> Iterator[Attempt]:
    private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    yield (
        f"{bait['too_much'] // MB} MB",
        lambda: mmap.mmap(-1, bait["too_much"], flags=private).close() is None,
    )


def memory_in_many_pieces(bait: Bait) -> Iterator[Attempt]:
    """Takes memory in three children and holds it; the outside ends this."""
    for _ in range(3):
        if os.fork() == 0:
            block = bytearray(os.urandom(1)) * bait["piece"]
            time.sleep(20)
            os._exit(len(block) and 0)
    time.sleep(5)
    yield "lived on", lambda: True
