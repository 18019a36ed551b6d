"""Attacks that stay: processes that outlive a box, and what the next box could find."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator

from grader.selftest.attacks.tools import KEY, Attempt, Bait, call


def outliving(bait: Bait) -> Iterator[Attempt]:
    yield "", lambda: daemon(lambda: time.sleep(20))
    yield (
        "",
        lambda: daemon(
            lambda: os.execv(
                sys.executable,
                [sys.executable, "-S", "-E", "-c", "import time; time.sleep(20)", bait["token"]],
            )
        ),
    )
    yield "", lambda: time.sleep(0.1)


def daemon(work: Callable[[], object]) -> None:
    """Does something in a process that has left its parent and its session."""
    if os.fork() == 0:
        try:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                work()
        finally:
            os._exit(0)


def leaving(bait: Bait) -> Iterator[Attempt]:
    """Leaves things where the next box could find them."""
    yield "", os.getcwd
    for folder in {".", os.environ["HOME"], "/tmp", "/dev/shm", "/var/tmp", "/home"}:
        yield "", lambda: leave(f"{folder}/{bait['token']}", bait["token"])
    for name, arguments in SHARED.items():
        yield "", lambda: call(name, KEY, *arguments, 0o1666) and None
    yield (
        "",
        lambda: (
            call("mq_open", ctypes.c_char_p(b"canary"), os.O_CREAT | os.O_RDWR, 0o666, 0) and None
        ),
    )


SHARED = {"shmget": (4096,), "semget": (1,), "msgget": ()}


def leave(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def the_box_before(bait: Bait) -> Iterator[Attempt]:
    for folder in {
        ".",
        os.environ["HOME"],
        "/tmp",
        "/dev/shm",
        "/var/tmp",
        "/home",
        bait["before"],
    }:
        yield f"a file in {folder}", lambda: os.path.exists(f"{folder}/{bait['token']}")
    for name, arguments in SHARED.items():
        yield name, lambda: call(name, KEY, *arguments, 0o666) >= 0
    yield "mq_open", lambda: call("mq_open", ctypes.c_char_p(b"canary"), os.O_RDWR, 0, 0) >= 0
