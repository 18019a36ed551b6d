"""Hands submissions to checkers: processes that are kept as long as the lab is the same, one for
each submission at a time."""

import atexit
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from grader.course.folders import GradingError
from grader.course.partner import NoAnswer, Partner
from grader.gradebook.results import Result

ALL, IDLE = set(), []
STARTING: list[Future] = []  # of checkers that get ready
TRIES = 2
LAB = ("lab", "imports", "backend", "limits")  # what is the same for all submissions of a lab
ANSWERS_IN = 10  # seconds in which a Dask scheduler says something
PATIENCE = 180  # seconds beyond a submission's limit after which a checker is given up


class Fault(Exception):
    """The grader failed; the text says how."""


class Checker:
    """A process of `grader.checker.program`. task: its first line, with what `LAB` names."""

    def __init__(self, task: dict[str, Any]):
        self.task, self.ready = task, False
        self.partner = Partner(
            "grader.checker.program", COURSE_SEED=None, PYTHONHASHSEED="0", OMP_NUM_THREADS="1"
        )
        ALL.add(self)
        try:
            self.ask(task)
        except Fault:
            self.close()
            raise
        self.ready = True

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Sends a line and returns the answer. Fault when it has none, or says that it failed."""
        try:
            answer = self.partner.ask(message, self.task["limits"]["submission"] + PATIENCE)
        except NoAnswer as error:
            raise Fault(f"the checker's process ended: {error}") from None
        if "fault" in answer:
            raise Fault(answer["fault"])
        return answer

    def close(self) -> None:
        """Ends the process; it ends its boxes when its input ends, which it does not see while it
        gets ready."""
        ALL.discard(self)
        if not self.ready:
            self.partner.process.terminate()
        self.partner.close()


def run(task: dict[str, Any]) -> Result:
    """Grades one submission. task: what `LAB` names, "notebook" and "seed", as JSON can hold them.

    Returns the result, or {"fault": why} after it was tried again.
    """
    submission = {name: task[name] for name in ("notebook", "seed")}
    for _ in range(TRIES):
        own = None
        try:
            own = take({name: task[name] for name in LAB})
            result = own.ask(submission)
        except Fault as error:
            fault = str(error)
            if own:
                own.close()
        else:
            IDLE.append(own)
            return result
    return {"fault": fault}


def begin(task: dict[str, Any]) -> None:
    """A checker for this lab gets ready while the caller does something else, unless there is
    one."""
    if STARTING or any(own.task == task for own in IDLE):
        return
    future: Future[Checker] = Future()

    def start() -> None:
        try:
            future.set_result(Checker(task))
        except BaseException as error:
            future.set_exception(error)

    STARTING.append(future)
    threading.Thread(target=start, daemon=True).start()


def take(task: dict[str, Any]) -> Checker:
    """A checker for this lab: one that has nothing to do, one that gets ready, or a new one. Those
    that wait for another lab are closed."""
    while IDLE or STARTING:
        try:
            own = IDLE.pop() if IDLE else STARTING.pop().result()
        except IndexError:  # another thread was quicker
            continue
        if own.task == task:
            return own
        own.close()
    return Checker(task)


def stop() -> None:
    """Ends every checker."""
    IDLE.clear()
    STARTING.clear()
    for own in list(ALL):
        own.close()


atexit.register(stop)


@contextmanager
def executor(jobs: int, scheduler: str | None = None) -> Iterator[tuple[Executor, int]]:
    """What runs the tasks, and how many at a time: threads here, or the workers of a Dask cluster.
    scheduler: its address, tcp://..."""
    if scheduler is None:
        pool = ThreadPoolExecutor(max_workers=jobs)
        try:
            yield pool, jobs
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise GradingError("--scheduler needs Dask: pip install -e .[cluster]") from None
    try:
        client = Client(scheduler, timeout=ANSWERS_IN)
    except (OSError, TimeoutError, ValueError):
        raise GradingError(
            f"No Dask scheduler answers at {scheduler}. Start one with: dask scheduler"
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=4 * ANSWERS_IN)
        except TimeoutError:
            raise GradingError(
                f"The Dask scheduler at {scheduler} has no workers. Start one with: dask "
                f"worker {scheduler}"
            ) from None
        threads: Any = client.nthreads()
        yield client.get_executor(pure=False), sum(threads.values())
