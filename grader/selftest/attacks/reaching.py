"""Attacks that reach outside: other processes, the network, files that are not its own."""

import os
import resource
import signal
import socket
from collections.abc import Iterator
from typing import Any

from grader.selftest.attacks.tools import Attempt, Bait, outside, processes


def other_processes(bait: Bait) -> Iterator[Attempt]:
    own = {1, os.getpid(), os.getppid()}
    others = set(processes()) - own
    yield f"saw {len(others)}, such as {next(iter(others), '')}", lambda: others
    for pid in outside(bait):  # the outside knows whether they noticed
        yield "", lambda: os.kill(pid, signal.SIGUSR1)
        yield "", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (100, 100)) and None
        yield "", lambda: os.setpriority(os.PRIO_PROCESS, pid, 5)
        yield "", lambda: os.sched_setaffinity(pid, {min(os.sched_getaffinity(0))})


def network(bait: Bait) -> Iterator[Attempt]:
    for port in bait["ports"]:
        yield (
            f"connected to 127.0.0.1:{port}",
            lambda: connected(socket.AF_INET, ("127.0.0.1", port)),
        )
    yield (
        "",
        lambda: (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
                bait["token"].encode(), ("127.0.0.1", bait["datagrams"])
            )
            and None
        ),
    )


def unix_sockets(bait: Bait) -> Iterator[Attempt]:
    for address in bait["sockets"]:
        yield f"connected to {address!r}", lambda: connected(socket.AF_UNIX, address)


def connected(family: int, address: Any) -> bool:
    with socket.socket(family) as one:
        one.settimeout(2)
        one.connect(address)
        return True


def writing_outside(bait: Bait) -> Iterator[Attempt]:
    for folder in bait["writable"]:
        yield "", lambda: open(f"{folder}/{bait['token']}", "w").close()
    for path in bait["victims"]:
        change = CHANGES[os.path.basename(path)]
        yield "", lambda: change(path)


def append(path: str) -> None:
    with open(path, "a") as file:
        file.write("more")


CHANGES = {
    "append": append,
    "truncate": lambda path: os.truncate(path, 0),
    "open": lambda path: os.close(os.open(path, os.O_RDONLY | os.O_TRUNC)),
    "mode": lambda path: os.chmod(path, 0),
    "owner": lambda path: os.chown(path, 12345, 12345),
    "time": lambda path: os.utime(path, (1, 1)),
    "remove": os.remove,
    "rename": lambda path: os.rename(path, path + "_"),
    "link": lambda path: os.symlink("/", path + "_"),
    "attribute": lambda path: os.setxattr(path, "user.canary", b"more"),
}
