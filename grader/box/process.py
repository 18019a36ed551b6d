"""A student's process with everything it starts: how it begins, and how it is ended."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from grader.box import cgroup, tree
from grader.box.plan import PROCESSES, BoxError, Plan
from grader.wire.frames import Wire, WireError

START = 180  # seconds that a box may take to be ready; on a busy machine
MOMENT = 0.3  # seconds in which a box may end by itself


class Box:
    """A student's process with everything it starts: a wire to it, and how to end it."""

    def __init__(
        self,
        connection: socket.socket,
        pids: Callable[[], list[int]],
        exit_code: Callable[[], int],
        folder: Path | None = None,
    ) -> None:
        self.connection, self.pids, self.exit_code = connection, pids, exit_code
        self.folder = folder
        self.group: cgroup.Group | None = None
        self.opening: Any = None  # what the lab's opening cells showed
        self.wire = Wire(connection.fileno(), connection.fileno())

    def bound(self, plan: Plan) -> "Box":
        """Puts what is in the box now, and all it starts, into a control group where one can be
        made. Returns the box."""
        self.group = cgroup.around(self.pids, plan.memory, PROCESSES + 8)
        return self

    def kill(self) -> None:
        if self.group:
            self.group.kill()
        tree.end(self.pids)

    def ran_out(self) -> bool:
        """Whether the kernel ended something in here because memory ran out. Before `close`."""
        return bool(self.group and self.group.ran_out())

    def close(self) -> int:
        """Ends everything in the box and takes its folder away. Returns the exit code of the
        student's process."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)  # what waits for the checker ends by itself
        code = self.exit_code()
        self.kill()
        self.connection.close()
        if self.group:
            self.group.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        return code


class Timer:
    """Ends a box when it is not ready in time."""

    def __init__(self, box: Box, seconds: float) -> None:
        self.timer = threading.Timer(seconds, box.kill)
        self.timer.daemon = True
        self.timer.start()

    def cancel(self) -> None:
        self.timer.cancel()


def start(
    command: list[str], variables: dict[str, str]
) -> tuple[subprocess.Popen, socket.socket, IO[bytes]]:
    """A process with a connection on its descriptor 0: (process, connection, file of what it says
    on stderr)."""
    ours, theirs = socket.socketpair()
    log = tempfile.TemporaryFile()  # noqa: SIM115 (its reader closes it)
    process = subprocess.Popen(
        command,
        stdin=theirs.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=log,
        env=variables,
        cwd="/",
        start_new_session=True,
    )
    theirs.close()
    return process, ours, log


def python() -> list[str]:
    return [sys.executable, "-s", "-P", "-m", "grader.box.program"]


def last_words(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read(100_000).decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it printed no message"


def ready(box: Box, log: IO[bytes]) -> Box:
    """The box once its program has said that it is ready; BoxError when it does not."""
    box.connection.settimeout(None)
    timer = Timer(box, START)
    try:
        message, _ = box.wire.receive()
        box.opening = message["opening"]
        return box
    except WireError:
        box.close()
        raise BoxError(f"the student's process did not start: {last_words(log)}") from None
    finally:
        timer.cancel()


def of_process(
    process: subprocess.Popen,
    connection: socket.socket,
    others: set[int],
    folder: Path | None = None,
) -> Box:
    """The Box of a process that was started for it. others: children that were there before."""

    def exit_code() -> int:
        try:
            code = process.wait(MOMENT)
        except subprocess.TimeoutExpired:
            tree.end(pids)
            code = process.wait()
        return code - 256 if code > 128 + 64 else 128 - code if code < 0 else code

    def pids() -> list[int]:
        # what lost its parent is a child of this process now, when it adopts orphans
        heads = {process.pid, *tree.children(os.getpid())} - others
        return [pid for head in heads for pid in [*tree.descendants(head), head]]

    return Box(connection, pids, exit_code, folder)


def wait_until(true: Callable[[], Any], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.005)
