"""The checker's own process: it has torch and the lab's opening cells ready, and forks for every
submission.

Lines of JSON: first what to grade ({"lab", "imports", "backend", "limits"}), answered with
{"ready"} or {"fault"}; then one line for each submission ({"notebook", "seed"}), answered with its
result or {"fault"}. Ends when its input ends.
"""

import contextlib
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

from grader.box import backends, plan, rights, stage, tree, warm
from grader.course import cells
from grader.course.limits import Limits

AFTERWARDS = 60  # seconds beyond the submission's limit, for the checks themselves

Judge = Callable[..., dict[str, Any]]  # (source, space, session, limits) -> a result


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended while it got ready"))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    task = json.loads(sys.stdin.readline())
    folder = Path(tempfile.mkdtemp(prefix="grader_"))
    checker = None
    try:
        try:
            checker = Checker(task, folder)
            reply(answers, {"ready": True})
        except Exception as error:
            traceback.print_exc()
            reply(answers, {"fault": f"{type(error).__name__}: {error}"})
            return
        while line := sys.stdin.readline():
            reply(answers, checker.grade(json.loads(line)))
    finally:
        if checker:
            checker.boxes.close()
        shutil.rmtree(folder, ignore_errors=True)


def reply(answers: IO[str], message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


class Checker:
    """One lab, one back-end, one submission at a time."""

    def __init__(self, task: dict[str, Any], folder: Path) -> None:
        # which torch makes on import and leaves behind
        os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(folder / ".cache")
        import torch  # noqa: F401 (so that the forks have it)

        if hasattr(rights.LIBC, "prctl"):
            rights.adopt_orphans()
        self.source, self.limits = task["lab"], Limits(**task["limits"])
        self.rooms = task["imports"]
        user = plan.own_user()
        stage.build(folder, self.rooms, user, plan.HOME)
        own = [cells.text(cell) for cell in cells.opening(self.source)]
        made = plan.Plan(
            folder, user, tuple(self.rooms), tuple(own), self.limits.memory, self.limits.submission
        )
        self.boxes = backends.starter(task["backend"], made)  # gets ready while this process does
        self.space = {"__name__": "__main__"}
        os.environ["COURSE_UNATTENDED"] = "1"
        with (
            contextlib.redirect_stdout(None),
            tempfile.TemporaryDirectory() as empty,
            contextlib.chdir(empty),
        ):
            from grader.checker.grading import execute

            for number, text in enumerate(own):
                execute(text, f"<opening {number}>", self.space)
        warm.up()
        warm.keep()
        self.boxes.wait()

    def grade(self, submission: dict[str, Any]) -> dict[str, Any]:
        """The result of one submission."""
        from grader.checker import once
        from grader.checker.grading import check_submission

        begun, notebook, seed = time.monotonic(), submission["notebook"], submission["seed"]
        first = self.in_fork(partial(check_submission, notebook), seed, self.limits)
        left = self.limits.submission - (time.monotonic() - begun)
        if "fault" in first or left <= 0 or not once.worth_it(first):
            return first
        limits = replace(self.limits, submission=left)
        again = self.in_fork(partial(once.judged_again, notebook, first), seed, limits)
        return first if "fault" in again else once.merged(first, again)

    def in_fork(self, judge: Judge, seed: str, limits: Limits) -> dict[str, Any]:
        """What `judge` returns, called in a fork of this process: nothing of it is left here."""
        reader, writer = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.close(reader)
            self.be_fork(judge, seed, limits, writer)
        os.close(writer)
        try:
            text, in_time = read_all(reader, limits.submission + AFTERWARDS)
        finally:
            os.close(reader)
            tree.end(lambda: [*tree.descendants(child), child])
            os.waitpid(child, 0)
            self.tidy()
        if not in_time:
            return {"fault": "the checker did not finish"}
        try:
            return json.loads(text)
        except ValueError:
            return {"fault": "the checker ended without a result"}

    def be_fork(self, judge: Judge, seed: str, limits: Limits, writer: int) -> NoReturn:
        from grader.checker.grading import bound_memory
        from grader.checker.session import Session

        code = 1
        try:
            if hasattr(rights.LIBC, "prctl"):
                rights.die_with_parent()
                rights.adopt_orphans()
            os.environ["COURSE_SEED"] = seed
            bound_memory(limits.memory)
            session = Session(self.boxes.box, self.rooms, limits)
            try:
                result = judge(self.source, dict(self.space), session, limits)
            except plan.BoxError as error:
                result = {"fault": str(error)}
            finally:
                session.close()
            text = json.dumps(result, sort_keys=True).encode()
            while text:
                text = text[os.write(writer, text) :]
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def tidy(self) -> None:
        """Ends what a submission left behind; replaces a zygote that has ended or is not empty."""
        while True:
            try:
                ended, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if ended == 0:
                break
        if isinstance(self.boxes, backends.Zygote) and self.boxes.needs_renewal():
            self.boxes.again()


def read_all(reader: int, seconds: float) -> tuple[bytes, bool]:
    """Everything from a pipe until it is closed, and whether that came in time. Ends this process
    when its reader is gone."""
    pieces, deadline = bytearray(), time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([reader, sys.stdin], [], [], left)
        if sys.stdin in ready:
            raise SystemExit("the grader has ended")
        if reader in ready:
            piece = os.read(reader, 1 << 20)
            if not piece:
                return bytes(pieces), True
            pieces += piece
    return bytes(pieces), False


if __name__ == "__main__":
    main()
