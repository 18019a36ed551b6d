"""Boxes for tests of the checker: a student's side in a thread of this process, and a peer that
says what it is told to."""

import contextlib
import os
import socket
import threading
import time
import types

from grader.box import tree
from grader.box.agent import Agent
from grader.box.shell import Outputs
from grader.checker.session import Session
from grader.course.limits import Limits
from grader.wire.frames import Closed, Wire

LIMITS = Limits(30, 10, 4 << 30)


class Cells:
    """What a shell does with a cell, without IPython."""

    def __init__(self):
        self.user_ns = {"__name__": "student"}

    def run(self, source):
        outputs = Outputs()
        try:
            exec(compile(source, "<ipython-input-1>", "exec"), self.user_ns)
        except Exception as error:
            outputs.error(type(error).__name__, str(error), [])
        return outputs, True


class ThreadBox:
    """A box whose student's process is a thread. serve: what the thread does with its end of the
    wire."""

    opening = ()

    def __init__(self, serve):
        self.connection, self.other = socket.socketpair()
        self.wire = Wire(self.connection.fileno(), self.connection.fileno())
        self.thread = threading.Thread(target=self.run, args=(serve,), daemon=True)
        self.thread.start()

    def run(self, serve):
        try:
            serve(Wire(self.other.fileno(), self.other.fileno()))
        except Closed:
            pass
        finally:
            self.hang_up(self.other)

    def hang_up(self, end):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)

    def pids(self):
        return []

    def ran_out(self):
        return False

    def kill(self):
        self.hang_up(self.connection)

    def close(self):
        self.kill()
        self.thread.join(5)
        self.connection.close()
        self.other.close()
        return 0


def student(wire):
    Agent(wire, Cells()).serve()


def session_of(source, box=lambda: ThreadBox(student), rooms=(), limits=LIMITS):
    """A session in whose box a cell has run."""
    session = Session(box, list(rooms), limits)
    session.run_cell("the cell answer", source)
    return session


def own(source, **names):
    """What a lab's own cell defines, as attributes."""
    space = {"__name__": "__main__", **names}
    exec(source, space)
    return types.SimpleNamespace(**space)


class ForkBox(ThreadBox):
    """A box whose student's process is a fork of this one: without a wall, made in a moment."""

    def __init__(self, serve=student):
        self.connection, other = socket.socketpair()
        self.wire = Wire(self.connection.fileno(), self.connection.fileno())
        self.pid = os.fork()
        if self.pid == 0:
            self.in_fork(serve, other)
        other.close()
        self.code = None

    def in_fork(self, serve, other):
        try:
            self.connection.close()
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(null, descriptor)
            serve(Wire(other.fileno(), other.fileno()))
        finally:
            os._exit(0)

    def pids(self):
        return [*tree.descendants(self.pid), self.pid] if self.code is None else []

    def kill(self):
        tree.end(self.pids)

    def close(self):
        self.connection.close()
        deadline = time.monotonic() + 0.3
        while not tree.dead(self.pid) and time.monotonic() < deadline:
            time.sleep(0.005)
        self.kill()
        if self.code is None:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code
