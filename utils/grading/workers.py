"""Hands submissions to checkers: every thread that runs tasks owns one checker process, for as long as the lab is the same."""
import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import utils
from utils.grading.course import GradingError

OWN = threading.local()
ALL = set()
TRIES = 2
PATIENCE = 180          # seconds beyond a submission's limit after which a checker is given up


class Fault(Exception):
    """The grader failed; the text says how."""


class Checker:
    """A process of `utils.grading.checker.program`. task: its first line, {"lab", "backend", "limits"}."""

    def __init__(self, task):
        self.task, self.log = task, tempfile.TemporaryFile()
        variables = dict(os.environ, PYTHONPATH=str(Path(utils.__file__).parents[1]), PYTHONHASHSEED="0", OMP_NUM_THREADS="1")
        variables.pop("COURSE_SEED", None)
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "utils.grading.checker.program"], env=variables, text=True, encoding="utf-8",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
        )
        ALL.add(self)
        self.ask(task)

    def ask(self, message):
        """Sends a line and returns the answer. Fault when it has none, or says that it failed."""
        timer = threading.Timer(self.task["limits"]["submission"] + PATIENCE, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except (BrokenPipeError, ValueError):
            line = ""
        finally:
            timer.cancel()
        answer = json.loads(line) if line else {"fault": f"the checker's process ended: {self.last_words()}"}
        if "fault" in answer:
            raise Fault(answer["fault"])
        return answer

    def last_words(self):
        self.log.seek(0)
        lines = self.log.read(1_000_000).decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"

    def close(self):
        """Ends the process; it ends its boxes when its input ends."""
        ALL.discard(self)
        try:
            self.process.stdin.close()
            self.process.wait(10)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


def run(task):
    """Grades one submission. task: {"lab", "backend", "limits", "notebook", "seed"}, as JSON can hold them.

    Returns the result, or {"fault": why} after it was tried again.
    """
    submission = {name: task[name] for name in ("notebook", "seed")}
    for _ in range(TRIES):
        try:
            return checker({name: task[name] for name in ("lab", "backend", "limits")}).ask(submission)
        except Fault as error:
            fault = str(error)
            leave()
    return {"fault": fault}


def checker(task):
    """This thread's checker, for this lab."""
    if getattr(OWN, "checker", None) and OWN.checker.task != task:
        leave()
    if getattr(OWN, "checker", None) is None:
        OWN.checker = Checker(task)
    return OWN.checker


def leave():
    """Closes this thread's checker."""
    own, OWN.checker = getattr(OWN, "checker", None), None
    if own:
        own.close()


def stop():
    """Ends every checker."""
    for own in list(ALL):
        own.close()


atexit.register(stop)


@contextmanager
def executor(jobs, scheduler=None):
    """What runs the tasks: threads here, or the workers of a Dask cluster. scheduler: its address, tcp://..."""
    if scheduler is None:
        pool = ThreadPoolExecutor(max_workers=jobs)
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            stop()
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise GradingError("--scheduler needs Dask: pip install -e .[cluster]") from None
    try:
        client = Client(scheduler, timeout=20)
    except (OSError, TimeoutError) as error:
        raise GradingError(f"No Dask scheduler answers at {scheduler}: {error}") from None
    with client:
        yield client.get_executor(pure=False)
