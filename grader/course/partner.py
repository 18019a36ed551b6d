"""A process that answers lines of JSON, each with one line."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import Any

from grader import HOME


class NoAnswer(Exception):
    """A process did not answer; the text says why."""


class Partner:
    """A module of the grader that runs as a process and answers until its input ends.

    variables: what its environment has besides this process's; None takes one away.
    """

    def __init__(self, module: str, **variables: str | None):
        merged = os.environ | {"PYTHONPATH": str(HOME)} | variables
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            env={name: value for name, value in merged.items() if value is not None},
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
        )
        assert self.process.stdin and self.process.stdout
        self.lines, self.answers = self.process.stdin, self.process.stdout

    def ask(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Sends a line and returns the answer. NoAnswer when the process ends, or is ended because
        it took longer than that."""
        late = threading.Event()
        timer = threading.Timer(seconds, lambda: (late.set(), self.process.kill()))
        timer.daemon = True
        timer.start()
        try:
            self.lines.write(json.dumps(message) + "\n")
            self.lines.flush()
            line = self.answers.readline()
        except (BrokenPipeError, ValueError):
            line = ""
        finally:
            timer.cancel()
        if not line.endswith("\n"):
            raise NoAnswer(f"it took over {seconds:g} s" if late.is_set() else self.last_words())
        return json.loads(line)

    def last_words(self) -> str:
        """Why it ended: the signal, or the last line that it printed."""
        self.process.wait()
        if (code := self.process.returncode) < 0:
            return f"it was ended by {signal.Signals(-code).name}"
        self.log.seek(0)
        lines = self.log.read(1_000_000).decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it printed no message"

    def close(self) -> None:
        """Ends the process: its input ends, and after ten seconds it is killed."""
        try:
            self.lines.close()
            self.process.wait(10)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.answers.close()
        self.log.close()
