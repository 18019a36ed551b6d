"""A box for a forked process: its own namespaces and file system, made by the process itself.

For a child of the zygote, which stands in bubblewrap already: the host's safety rests on that; this
wall keeps submissions apart from each other and from the zygote. What it sees afterwards: the
folders that the zygote sees, read-only, an empty home of limited size, a /proc without other
processes, and no network.
"""

import ctypes
import os
import sys
from collections.abc import Iterable

from grader.box.rights import LIBC

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = (
    0x20000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
DETACH = 2
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
DEVICES = ("null", "zero", "full", "random", "urandom")
OWN = ("proc", "dev", "tmp", "home")  # made new in every box
STAND = "/.box"  # an empty folder of the zygote's, where a box's root is put together
SIZES = {"tmp": "64m", "home": "256m"}  # of what a submission can write; dev/shm: 64m
FILES = 50_000  # in each of these; an empty file takes memory too
USER = 64321  # who the student's code is inside


def interpreter_in(folders: Iterable[str]) -> list[str]:
    """The folders of the running Python that lie in one of these top folders: a course may be below
    /home, or /tmp."""
    return sorted(
        {
            path
            for path in map(os.path.realpath, (sys.prefix, sys.base_prefix))
            if path.split("/")[1] in folders
        }
    )


def check(result: int) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def mount(source: str, target: str, kind: str = "none", flags: int = 0, options: str = "") -> None:
    check(
        LIBC.mount(
            source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
        )
    )


def leave(own_user: bool) -> None:
    """New namespaces for this process; its next child is the first process in its own process
    namespace.

    own_user: make a user namespace too, which an ordinary user needs for the others.
    """
    user, group = os.getuid(), os.getgid()
    check(LIBC.unshare(NEWNS | NEWUTS | NEWIPC | NEWPID | NEWNET | (NEWUSER if own_user else 0)))
    if own_user:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{USER} {user} 1"),
            ("gid_map", f"{USER} {group} 1"),
        ):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)


def new_root() -> None:
    """A separate root for the first process in the namespaces."""
    root = STAND
    mount("none", "/", flags=REC | PRIVATE)
    mount("tmpfs", root, "tmpfs", NOSUID | NODEV, "size=1m,mode=755")
    for entry in os.scandir("/"):
        if entry.name in OWN or entry.path == STAND:
            continue
        if entry.is_symlink():
            os.symlink(os.readlink(entry.path), root + entry.path)
        elif entry.is_dir():
            os.mkdir(root + entry.path)
            mount(entry.path, root + entry.path, flags=BIND | REC)
    for name, size in SIZES.items():
        os.mkdir(f"{root}/{name}")
        mount(
            "tmpfs",
            f"{root}/{name}",
            "tmpfs",
            NOSUID | NODEV,
            f"size={size},nr_inodes={FILES},mode=1777",
        )
    for path in interpreter_in(OWN):
        os.makedirs(root + path, 0o755)
        mount(path, root + path, flags=BIND | REC)
    os.mkdir(f"{root}/dev")
    for name in DEVICES:
        open(f"{root}/dev/{name}", "w").close()
        mount(f"/dev/{name}", f"{root}/dev/{name}", flags=BIND)
    os.mkdir(f"{root}/dev/shm")
    mount(
        "tmpfs",
        f"{root}/dev/shm",
        "tmpfs",
        NOSUID | NODEV | NOEXEC,
        f"size=64m,nr_inodes={FILES},mode=1777",
    )
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    os.mkdir(f"{root}/proc")
    mount("proc", f"{root}/proc", "proc", NOSUID | NODEV | NOEXEC)
    os.mkdir(f"{root}/.old")
    check(
        LIBC.syscall(
            ctypes.c_long(PIVOT_ROOT[os.uname().machine]), root.encode(), f"{root}/.old".encode()
        )
    )
    os.chdir("/")
    check(LIBC.umount2(b"/.old", DETACH))
    os.rmdir("/.old")
    mount("none", "/", flags=REMOUNT | BIND | RDONLY | NOSUID | NODEV)
