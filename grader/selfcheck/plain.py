"""The checker without a box: a learner's cells and the grade cells in one process.

Started in an empty folder. Reads a task as JSON, writes a line {"cell": name} before each cell and
{"result": ...} at the end. With "first", a result, it is what changes in that one when an earlier
answer's mistake is not to cost twice.
For a learner's own notebook, on a machine that has no box; never for anyone else's.
"""

import builtins
import contextlib
import json
import os
import random
import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any

from grader.box.blocked import CHECKS, Nothing
from grader.checker import once
from grader.checker.errors import OverLimit
from grader.checker.grading import check_submission, execute
from grader.checker.outputs import Output, error_output
from grader.course import cells
from grader.course.limits import Limits
from utils.wall import Wall, is_outside, raise_wall


class Here:
    """In the place of a `Session`: the learner's side is a shell in this process.

    ended: the cells that ended an earlier process, and how; they are not run again.
    """

    def __init__(self, shell: Any, ended: dict[str, str], answers: IO[str]) -> None:
        self.shell, self.ended, self.answers = shell, ended, answers
        self.events: list[tuple[str, str, str]] = []
        self.opening: list[list[Output]] = []
        self.ours: dict[str, Any] = {}
        self.stopped: dict[str, str] = {}
        self._where = "the start"

    @property
    def where(self) -> str:
        return self._where

    @where.setter
    def where(self, name: str) -> None:
        self._where = name
        say(self.answers, {"cell": name})

    def keep(self, space: dict[str, Any]) -> None:
        """Nothing is lent here: there is one process."""

    def note(self, kind: str, text: str) -> None:
        if (self.where, kind, text) not in self.events:
            self.events.append((self.where, kind, text))

    def require_to_run(self) -> None:
        if text := self.ended.get(self.where):
            self.note("ended", text)
            raise OverLimit(text)

    def run_cell(self, name: str, source: str) -> list[Output]:
        self.where = name
        try:
            self.require_to_run()
        except OverLimit as error:
            return [error_output("OverLimit", str(error))]
        self.shell.user_ns.update(self.ours)
        outputs, _ = self.shell.run(source)
        return outputs.list

    def look(self, names: Iterable[str]) -> dict[str, Any]:
        self.require_to_run()
        self.shell.user_ns.update(self.ours)
        return {name: self.shell.user_ns[name] for name in names if name in self.shell.user_ns}

    def close(self) -> None:
        pass


class Inside(Wall):
    """A Wall that gives the checks by name alone, as a box does: they know the answers."""

    def __call__(
        self,
        name: str,
        globals: Any = None,
        locals: Any = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if f"{name}.".startswith(f"{CHECKS}.") and is_outside(globals):
            return Nothing() if fromlist else self.real("utils")
        return super().__call__(name, globals, locals, fromlist, level)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    task = json.load(sys.stdin)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.environ.update(COURSE_SEED=task["seed"], COURSE_UNATTENDED="1")
    os.environ["PLOTLY_RENDERER"] = "plotly_mimetype"
    os.environ["IPYTHONDIR"] = os.getcwd()
    sys.path.insert(0, "")  # what a cell writes there it can import
    with contextlib.redirect_stdout(None):
        result = judged(task, answers)
    say(answers, {"result": result})


def say(answers: IO[str], message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def judged(task: dict[str, Any], answers: IO[str]) -> dict[str, Any]:
    import numpy
    import torch

    from grader.box.shell import make_shell, no_input

    own = [cells.text(cell) for cell in cells.opening(task["lab"])]
    space: dict[str, Any] = {"__name__": "utils.lab"}  # the lab's own cells import what they like
    for number, text in enumerate(own):
        execute(text, f"<opening {number}>", space)
    builtins.input = no_input
    raise_wall(task["imports"], Inside)
    here = Here(make_shell(), task["ended"], answers)
    here.opening = [here.shell.run(text)[0].list for text in own]
    for seed in (random.seed, numpy.random.seed, torch.manual_seed):
        seed(0)
    side: Any = here
    rest = task["lab"], space, side, Limits(**task["limits"])
    if first := task.get("first"):
        return once.judged_again(task["notebook"], first, *rest)
    return check_submission(task["notebook"], *rest)


if __name__ == "__main__":
    main()
