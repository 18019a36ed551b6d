"""What the attacks have in common: system calls by name, children, planted processes."""

import contextlib
import ctypes
import os
import platform
from collections.abc import Callable
from typing import Any

Bait = dict[str, Any]  # what was planted outside, by name
Attempt = tuple[str, Callable[[], object]]

LIBC = ctypes.CDLL(None, use_errno=True)
COLUMN = 1 if platform.machine() == "aarch64" else 0
CALLS = {
    "keyctl": (250, 219),
    "io_uring_setup": (425, 425),
    "process_vm_readv": (310, 270),
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "clone": (56, 220),
    "setns": (308, 268),
}
NEWNS, NEWUSER = 0x20000, 0x10000000
KEY = 0x5EED  # of what is left for the next box in shared memory, semaphores, message queues
MB = 1 << 20


def call(name: str, *arguments: object) -> int:
    """A system call by its name; OSError when it is refused."""
    return checked(
        LIBC.syscall(
            ctypes.c_long(CALLS[name][COLUMN]),
            *[ctypes.c_long(one) if isinstance(one, int) else one for one in arguments],
        )
    )


def checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def in_child(attempt: Callable[[], object]) -> bool:
    """Whether an attempt succeeds in a child, which may be changed by it."""
    child = os.fork()
    if child == 0:
        try:
            attempt()
            os._exit(0)
        except OSError as error:
            os._exit(error.errno or 255)
        finally:
            os._exit(255)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, os.strerror(code) if code > 0 else f"signal {-code}")
    return True


def content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(1_000_000)


def processes() -> list[int]:
    """The numbers of all processes that are to be seen."""
    with contextlib.suppress(OSError):
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return []


def outside(bait: Bait) -> list[int]:
    """The numbers of planted processes, but for those that are processes in here too."""
    return [
        pid for pid in (bait["victim"], bait["grader"]) if pid not in (1, os.getpid(), os.getppid())
    ]
