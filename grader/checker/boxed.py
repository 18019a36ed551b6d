"""The box of one submission: it is started when it is needed, watched, and ended; why it ended is
kept."""

import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

from grader.box import tree as processes
from grader.checker.errors import OverLimit, ProcessEnded
from grader.course.limits import Limits
from grader.wire.frames import Closed

STARTS = 12  # of the box for one submission
PAUSE = 0.05  # seconds between two looks at a box
MB = 1 << 20
GONE = "the process that held this object has ended"


class Boxed:
    """The box of one submission.

    What comes from the box can be wrong in every way: it then ends the box (ProcessEnded), and
    never the checker. Events are kept as (cell, kind, text).
    """

    def __init__(self, open_box: Callable[[], Any], limits: Limits) -> None:
        """open_box: makes a new `backends.Box`."""
        self.open_box, self.limits = open_box, limits
        self.box: Any = None
        self.objects: Any = None
        self.life = self.starts = 0
        self.done: list[str] = []  # the cells that have run, to be run again in a new box
        self.events: list[tuple[str, str, str]] = []
        self.where = "the start"
        self.opening: list[Any] = []
        self.reason: str | None = None
        self.deadline: float | None = None
        self.end = time.monotonic() + limits.submission
        self.ended: RuntimeError = ProcessEnded(GONE)  # says why the last box ended
        self.lock = threading.Lock()  # a box is not closed while it is being killed

    def request(self, message: dict[str, Any], fill: Callable[..., None] | None = None) -> Any:
        raise NotImplementedError

    def cell(self, source: str) -> Any:
        raise NotImplementedError

    def made_objects(self) -> Any:
        raise NotImplementedError

    def ensure(self) -> None:
        """There is a box, and the cells that have run before have run in it."""
        if self.box is not None:
            return
        if time.monotonic() > self.end:
            raise OverLimit(f"not run: over {self.limits.submission:g} s for the whole notebook")
        if self.starts >= STARTS:
            raise ProcessEnded(
                f"your code ended the Python process {STARTS} times: the rest was not run"
            )
        self.starts += 1
        self.life += 1
        self.box, self.objects, self.reason = self.open_box(), self.made_objects(), None
        self.opening = self.box.opening
        self.watch(self.box)
        self.request({"do": "seed", "seed": 0})
        for source in list(self.done):
            self.rerun(source)

    def rerun(self, source: str) -> None:
        try:
            self.cell(source)
        except Exception:
            if (
                self.box is None
            ):  # it ended; otherwise that is what the cell showed when it ran first
                raise

    def watch(self, box: Any) -> None:
        """Ends the box from a thread when its time or memory is used up; a reader that waits for
        the box then sees that it ended."""

        def look() -> None:
            while self.box is box and self.reason is None:
                time.sleep(PAUSE)
                deadline = self.deadline
                if deadline and time.monotonic() > deadline:
                    self.stop(box, "time")
                elif processes.memory(box.pids(), self.limits.memory) > self.limits.memory:
                    self.stop(box, "memory")

        threading.Thread(target=look, daemon=True).start()

    def stop(self, box: Any, reason: str) -> None:
        with self.lock:
            if self.box is box:
                self.reason = reason
                box.kill()

    def close(self) -> int:
        """Ends the box. Returns the exit code of the student's process."""
        with self.lock:
            box, self.box = self.box, None
        if self.objects:
            self.objects.let_go()
        return box.close() if box else 0

    def broken(self, box: Any, error: Exception) -> NoReturn:
        """The box has ended or sent nonsense: ends it, stores the reason, and raises it."""
        if self.box is not box:  # it ended in a call further in
            raise self.ended from None
        reason = self.reason or ("memory" if box.ran_out() else None)
        code = self.close()
        if reason == "time":
            kind, text = "time", self.overtime()
        elif reason == "memory":
            kind, text = "memory", f"used more than {self.limits.memory // MB} MB of memory"
        elif isinstance(error, Closed):
            kind, text = "ended", f"your code ended the Python process ({how(code)})"
        else:
            kind, text = "ended", f"your code disturbed the connection to the grader ({error})"
        self.note(kind, text)
        self.ended = (ProcessEnded if kind == "ended" else OverLimit)(text)
        raise self.ended from None

    def overtime(self) -> str:
        whole = time.monotonic() > self.end
        return f"ran over {self.limits.submission if whole else self.limits.cell:g} s" + (
            " for the whole notebook" if whole else ""
        )

    def note(self, kind: str, text: str) -> None:
        if (self.where, kind, text) not in self.events:
            self.events.append((self.where, kind, text))

    def alive(self, life: int) -> None:
        if self.box is None or life != self.life:
            raise ProcessEnded(GONE)


def how(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        return f"signal {-code}"
    return f"signal {code - 128}" if 128 < code < 193 else f"exit code {code}"
