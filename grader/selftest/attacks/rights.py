"""Attacks that gain rights: other users, and system calls that lead out."""

import ctypes
import os
import signal
from collections.abc import Iterator

from grader.selftest.attacks.tools import (
    LIBC,
    NEWNS,
    NEWUSER,
    Attempt,
    Bait,
    call,
    checked,
    in_child,
)


def rights(bait: Bait) -> Iterator[Attempt]:
    LIBC.prctl(
        15, bait["token"][:15].encode(), 0, 0, 0
    )  # its name, by which the outside finds this process
    if os.geteuid() != 0:
        yield "became root", lambda: in_child(lambda: os.setuid(0))
        yield "became root's group", lambda: in_child(lambda: os.setgid(0))
        yield "changed its groups", lambda: in_child(lambda: os.setgroups([0]))


def system_calls(bait: Bait) -> Iterator[Attempt]:
    yield "unshare of a user namespace", lambda: in_child(lambda: checked(LIBC.unshare(NEWUSER)))
    yield "unshare of a mount namespace", lambda: in_child(lambda: checked(LIBC.unshare(NEWNS)))
    yield (
        "clone into a user namespace",
        lambda: in_child(
            lambda: call("clone", NEWUSER | signal.SIGCHLD, 0, 0, 0, 0) or os._exit(0)
        ),
    )
    yield (
        "mount",
        lambda: in_child(
            lambda: (
                checked(LIBC.unshare(NEWNS))
                or checked(LIBC.mount(b"none", b"/tmp", b"tmpfs", 0, None))
            )
        ),
    )
    yield "chroot", lambda: in_child(lambda: os.chroot("/"))
    yield (
        "ptrace",
        lambda: in_child(
            lambda: checked(LIBC.ptrace(ctypes.c_long(0), ctypes.c_long(0), None, None))
        ),
    )
    yield "keyctl", lambda: call("keyctl", 0, -3, 0)
    yield (
        "io_uring_setup",
        lambda: os.close(call("io_uring_setup", 1, ctypes.create_string_buffer(120))) or True,
    )
