"""A process with everything it started: which processes that are, how much memory they take, how to
end them."""

import os
import signal
import time
from collections.abc import Callable, Iterable

import psutil


def descendants(pid: int) -> list[int]:
    """The ids of all processes below this one."""
    found, waiting = [], [pid]
    while waiting:
        for child in children(waiting.pop()):
            found.append(child)
            waiting.append(child)
    return found


def children(pid: int) -> list[int]:
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        return [
            int(child)
            for thread in threads
            for child in read(f"/proc/{pid}/task/{thread}/children").split()
        ]
    except FileNotFoundError:
        return []
    except OSError:  # no such file system, or a kernel that does not list children
        return by_psutil(pid)


def by_psutil(pid: int) -> list[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children()]
    except psutil.Error:
        return []


def read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def tasks_of(user: int) -> int:
    """How many processes and threads a user has."""
    return sum(
        one.info["num_threads"] or 0
        for one in psutil.process_iter(["uids", "num_threads"])
        if one.info["uids"] and one.info["uids"].real == user
    )


def memory(pids: Iterable[int], enough: float) -> int:
    """Bytes of memory of these processes, pages that they share counted once; exact only where it
    may be over `enough`."""
    resident = sum(quickly(pid) for pid in pids)
    return sum(proportional(pid) for pid in pids) if resident > enough else resident


def quickly(pid: int) -> int:
    try:
        return psutil.Process(pid).memory_info().rss
    except psutil.Error:
        return 0


def proportional(pid: int) -> int:
    for line in read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return 1024 * int(line.split()[1])
    return quickly(pid)


def end(pids_of: Callable[[], list[int]], patience: float = 5.0) -> None:
    """Kills what `pids_of()` names, again and again until nothing is left or `patience` seconds are
    over.

    Nothing is left when it finds no process twice in a row: one that is just losing its parent can
    be missed once.
    """
    deadline, misses = time.monotonic() + patience, 0
    while misses < 2 and time.monotonic() < deadline:
        pids = [pid for pid in pids_of() if not dead(pid)]
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            except (ProcessLookupError, PermissionError):
                continue
        misses = 0 if pids else misses + 1
        if pids:
            time.sleep(0.002)


def dead(pid: int) -> bool:
    """Ended, although its exit code may not have been read yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True
