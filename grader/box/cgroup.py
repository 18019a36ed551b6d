"""Control groups, version 2: where one can be written, the kernel itself bounds the memory and the
processes of a box.

A group is made below the nearest one above this process that this user may write in and that hands
on both controllers: a systemd scope with Delegate=yes, a user's own slice, or anything for root.
Without one, only the watchdog of the checker's session does so.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

NEEDED = {"memory", "pids"}
NUMBERS = count(1)


class Group:
    """A group of processes below `base`."""

    def __init__(self, base: Path) -> None:
        self.path = base / f"course-box-{os.getpid()}-{next(NUMBERS)}"
        self.path.mkdir()

    def limit(self, memory: int, processes: int) -> None:
        """memory: bytes; processes: how many, threads too."""
        for name, value in (
            ("memory.max", memory),
            ("memory.swap.max", 0),
            ("memory.oom.group", 1),
            ("pids.max", processes),
        ):
            self.write(name, value)

    def write(self, name: str, value: Any) -> None:
        """Some kernels have no memory.swap.max."""
        with contextlib.suppress(FileNotFoundError):
            (self.path / name).write_text(f"{value}\n")

    def add(self, pids: Iterable[int]) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                self.write("cgroup.procs", pid)

    def kill(self) -> None:
        """Ends all of them at once. Linux 5.14 and later."""
        self.write("cgroup.kill", 1)

    def ran_out(self) -> bool:
        """Whether the kernel ended something here because memory ran out."""
        events = dict(line.split() for line in read(self.path / "memory.events").splitlines())
        return int(events.get("oom_kill", 0)) > 0

    def close(self) -> None:
        """Ends all of them and takes the group away."""
        self.kill()
        deadline = time.monotonic() + 1
        while read(self.path / "cgroup.procs").strip() and time.monotonic() < deadline:
            time.sleep(0.005)
        with contextlib.suppress(OSError):
            self.path.rmdir()


def around(pids_of: Callable[[], Iterable[int]], memory: int, processes: int) -> "Group | None":
    """A group with the processes that `pids_of()` names in it; None where there can be none."""
    place, made = base(), None
    if place is None:
        return None
    try:
        made = Group(place)
        made.limit(memory, processes)
        made.add(pids_of())
        return made
    except OSError:  # the tree says that it can be written, and cannot
        if made:
            made.close()
        return None


@cache
def base(mount: Path | None = None, own: str | None = None) -> Path | None:
    """The group to make groups in; None where there is none. mount: where the tree is; own: this
    process's group in it."""
    mount = mount or mounted()
    if mount is None:
        return None
    group = mount / (own if own is not None else own_group()).lstrip("/")
    above = [group, *(path for path in group.parents if path == mount or mount in path.parents)]
    for path in above:
        if not os.access(path, os.W_OK) or not os.access(path / "cgroup.procs", os.W_OK):
            return None
        if set(read(path / "cgroup.subtree_control").split()) >= NEEDED:
            return path
    return None


def mounted() -> Path | None:
    """Where the tree of groups is mounted."""
    lines = [line.split() for line in read(Path("/proc/self/mounts")).splitlines()]
    return next((Path(line[1]) for line in lines if line[2] == "cgroup2"), None)


def own_group() -> str:
    lines = [line.split(":", 2) for line in read(Path("/proc/self/cgroup")).splitlines()]
    return next((line[2] for line in lines if line[0] == "0"), "/")


def read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""
