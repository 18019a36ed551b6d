"""What every box of a lab is made from, and the users and folders of this machine that it needs."""

import os
import platform
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.box import tree
from grader.box.wall import USER

INSIDE, HOME = "/course", "/home/student"
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")
PROCESSES = 96  # in a box


class BoxError(Exception):
    """A box could not be made; the text says why."""


@dataclass(frozen=True)
class Plan:
    """What every box of a lab is made from. stage: the folder of `stage.build`; user: whose
    processes the student's are when root grades (limits are counted by user, so every checker has
    its own); opening: the source of the lab's opening cells; memory: bytes, for the whole tree of
    processes; seconds: of CPU time for one process."""

    stage: Path
    user: int = USER
    rooms: tuple = ()
    opening: tuple = ()
    memory: int = 2 << 30
    seconds: float = 600


def is_root() -> bool:
    return hasattr(os, "getuid") and os.getuid() == 0


def own_user() -> int:
    """A number that no other user and no other running checker has; in a container with few
    numbers, no other checker started soon after."""
    number = (1 << 20) + os.getpid()
    return number if known_here(number) else 61184 + os.getpid() % 4096


def known_here(user: int) -> bool:
    """Whether this user namespace has a user of this number."""
    try:
        ranges = [
            list(map(int, line.split()))
            for line in Path("/proc/self/uid_map").read_text().splitlines()
        ]
    except FileNotFoundError:
        return True
    return any(first <= user < first + count for first, _, count in ranges)


def most_processes(namespace: bool) -> int:
    """The limit on processes for the student's user. Where that is the one who grades, those that
    run already count too: always without a user namespace, with one on kernels before 5.14."""
    newer = tuple(map(int, re.findall(r"\d+", platform.release())[:2])) >= (5, 14)
    return PROCESSES if is_root() or namespace and newer else PROCESSES + tree.tasks_of(os.getuid())


def other_user(user: int) -> int | None:
    """The user for the student's code when root grades, None where that user could not read the
    interpreter."""
    if not is_root():
        return None
    folders = {
        folder
        for path in [*interpreter(), Path(tempfile.gettempdir())]
        for folder in [path, *path.parents]
    }
    return user if all(folder.stat().st_mode & 0o001 for folder in folders) else None


def interpreter() -> list[Path]:
    """The folders of the Python that runs this, with what is installed in it."""
    return [
        path
        for path in dict.fromkeys(
            Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)
        )
        if path != Path("/usr")
    ]
