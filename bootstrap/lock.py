"""One set-up of a folder at a time."""

import contextlib
import errno
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bootstrap.console import WINDOWS, Stop, say


def file_of(course: Path) -> Path:
    return course / ".course" / "set-up.lock"


def taken(file: IO[str]) -> bool:
    """True when the lock is ours now. The system frees it when its last holder ends."""
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        # Some network file systems have no locks: then go on without one.
        return problem.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def is_being_set_up(course: Path) -> bool:
    """True while another course.py (or the pip it started) is at work on this folder."""
    try:
        with file_of(course).open("a") as file:
            return not taken(file)
    except OSError:
        return False


@contextlib.contextmanager
def alone(course: Path) -> Iterator[IO[str]]:
    """Holds the lock of this course folder; waits for another course.py that has it."""
    try:
        file_of(course).parent.mkdir(exist_ok=True)
        file = file_of(course).open("a")
    except OSError as problem:
        raise Stop(
            f"The course cannot write into its folder {course} ({problem.strerror}). Copy the "
            "whole folder to a place where you can write, such as your home folder, and run the "
            "command there."
        ) from None
    with file:
        if not taken(file):
            say("Another course.py is setting up this folder; waiting for it to finish ...")
            while not taken(file):
                time.sleep(0.5)
        yield file
