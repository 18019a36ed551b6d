"""Landlock: which files and ports a process may use, set by the process itself and irrevocable.
Linux 5.13 and later.

The numbers are those of linux/landlock.h; each version of the kernel's interface knows more kinds
of access. None knows of modes, owners, times and attributes of files, nor of the limits and
priorities of other processes: the seccomp filter takes those.
"""

import ctypes
import os
import platform
from collections.abc import Iterable
from typing import Any

from grader.box.rights import LIBC, no_new_rights

CREATE, ADD, RESTRICT = 444, 445, 446  # the same on every architecture
RULE_PATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
READ = EXECUTE | READ_FILE | READ_DIR
FILE_ONLY = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
ACCESS = {
    1: (1 << 13) - 1,
    2: (1 << 14) - 1,
    3: (1 << 15) - 1,
    5: (1 << 16) - 1,
}  # all kinds known from this version on
TCP = 3  # bind and connect, from version 4
SCOPES = 3  # abstract sockets and signals to others, from version 6
OLDEST, KEEPS_SIGNALS = 3, 6  # before version 3 (Linux 6.2) any file can be cut to nothing


class Ruleset(ctypes.Structure):
    _fields_ = [
        ("files", ctypes.c_uint64),
        ("network", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    ]


class PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("access", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def call(number: int, *arguments: Any) -> int:
    result = LIBC.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"landlock: {os.strerror(error)}")
    return result


def version() -> int:
    """The version of the kernel's interface; 0 when there is none."""
    if platform.system() != "Linux":
        return 0
    try:
        return call(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str]) -> None:
    """From now on this process reads only below `readable` and `writable`, and writes only below
    `writable`."""
    have = version()
    every = ACCESS[max(number for number in ACCESS if number <= have)]
    rules = Ruleset(every, TCP if have >= 4 else 0, SCOPES if have >= 6 else 0)
    size = 8 if have < 4 else 16 if have < 6 else 24
    ruleset = call(CREATE, ctypes.byref(rules), ctypes.c_size_t(size), ctypes.c_uint32(0))
    for access, paths in ((READ, readable), (every, writable)):
        for path in paths:
            allow(ruleset, path, access & every)
    no_new_rights()
    call(RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


def allow(ruleset: int, path: str, access: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not os.path.isdir(path):
        access &= FILE_ONLY
    rule = PathRule(access, handle)
    call(
        ADD, ctypes.c_int(ruleset), ctypes.c_int(RULE_PATH), ctypes.byref(rule), ctypes.c_uint32(0)
    )
    os.close(handle)
