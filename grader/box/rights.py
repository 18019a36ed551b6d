"""Limits on a process and the loss of its rights, set from inside before any of a student's code
runs."""

import ctypes
import os
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None

PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_SET_CHILD_SUBREAPER = 1, 24, 38, 36
CAPABILITIES = 64
VERSION_3 = 0x20080522
LIBC: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
GB = 1 << 30


def prctl(option: int, value: int = 0, last: int = 0) -> None:
    """One prctl call; an OSError when it fails."""
    if LIBC.prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(last), 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"prctl {option}: {os.strerror(error)}")


def set_limits(
    memory: int, seconds: float, processes: int | None = None, file_size: int = 256 << 20
) -> None:
    """memory: bytes of data for one process (the whole tree is watched from outside); seconds: of
    CPU time of one process; processes: of this user in this box."""
    if resource is None:
        return
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": file_size,
        "RLIMIT_NOFILE": 512,
        "RLIMIT_CPU": int(seconds) + 1,
        "RLIMIT_DATA": memory + GB,
        "RLIMIT_AS": memory + 6 * GB,
        "RLIMIT_NPROC": processes,
    }
    for name, value in wanted.items():
        if value is not None and hasattr(resource, name):
            limit = getattr(resource, name)
            hard = resource.getrlimit(limit)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            try:
                resource.setrlimit(limit, (value, value))
            except (OSError, ValueError):  # macOS knows some of them by name alone
                continue


def drop_user(user: int) -> None:
    """From root to another user and group, irrevocably."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def drop_capabilities() -> None:
    """No capability is left, and none can come back."""
    for number in range(CAPABILITIES):
        try:
            prctl(PR_CAPBSET_DROP, number)
        except OSError:  # no such capability, or no right to drop it, which is the same
            continue
    header = (ctypes.c_uint32 * 2)(VERSION_3, 0)
    data = (ctypes.c_uint32 * 6)()
    if LIBC.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset failed")


def no_new_rights() -> None:
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def die_with_parent() -> None:
    prctl(PR_SET_PDEATHSIG, 9)


def adopt_orphans() -> None:
    """What a descendant leaves behind becomes a child of this process, which can then end it."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
