"""How a file, a process, a folder stands: what an attack could change of it."""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path
from typing import Any

from grader.selftest.attacks.tools import KEY, LIBC

STATES = ("mode", "owner", "time", "attribute")


def state(path: Path) -> list[Any]:
    """All that an attack could change of a file."""
    found = [path.with_name(path.name + "_").is_symlink()]
    if path.exists():
        facts = path.stat()
        found += [facts.st_size, facts.st_mode, facts.st_uid, facts.st_mtime_ns, attributes(path)]
    return found


def attributes(path: Path) -> list[str]:
    try:
        return [name for name in os.listxattr(path) if name.startswith("user.")]
    except OSError:  # a file system without any
        return []


def forget_shared() -> None:
    """Removes what an attack without a box has left in shared memory, semaphores and message
    queues."""
    libc = LIBC
    for get, remove, size in (
        (libc.shmget, libc.shmctl, (0,)),
        (libc.semget, libc.semctl, (0,)),
        (libc.msgget, libc.msgctl, ()),
    ):
        if (number := get(KEY, *size, 0)) >= 0:
            remove(number, 0, None) if remove is not libc.semctl else remove(number, 0, 0)
    with contextlib.suppress(AttributeError):
        libc.mq_unlink(b"/canary")


def conditions(pid: int) -> dict[str, Any]:
    """How a process runs, as far as others could change it."""
    return {
        "limits": resource.prlimit(pid, resource.RLIMIT_NOFILE),
        "priority": os.getpriority(os.PRIO_PROCESS, pid),
        "cores": os.sched_getaffinity(pid),
    }


def comm(pid: int) -> str:
    """The name that a process goes by; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def writable(place: Path) -> bool:
    """Whether something can be planted there. The folder of the course's own state is made for
    it."""
    if place.name == ".course":
        with contextlib.suppress(OSError):
            place.mkdir(exist_ok=True)
    return place.is_dir() and os.access(place, os.W_OK)
