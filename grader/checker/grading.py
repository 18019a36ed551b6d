"""Runs one submission: the student's cells in the box, the grade cells here. Returns what the cells
earned and showed."""

import ast
import contextlib
import io
import json
import linecache
import signal
import threading
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy
import psutil

from grader.checker.errors import OverLimit, ProcessEnded
from grader.checker.outputs import Output, error_output
from grader.checker.session import Session
from grader.course import cells
from grader.course.cells import Notebook
from grader.course.limits import Limits
from utils.checks.report import TookTooLong, is_stub, missing_answer

Mark = dict[str, Any]
GRACE = 20  # seconds that a check may go on, beyond what its calls may take
LONGEST = 4000  # characters of a message


class CheckHung(BaseException):
    """A grade cell did not finish by itself."""


def check_submission(
    notebook: Notebook, source: Notebook, space: dict[str, Any], session: Session, limits: Limits
) -> dict[str, Any]:
    """notebook: the aligned submission; space: names of the lab's own opening cells, with their
    values; session: a `Session`.

    Returns {"checks", "cells", "events", "setup"} as JSON can hold them.
    """
    checks, outputs, setup = {}, {}, {}
    session.keep(space)
    asked = cells.asked(source)
    answers = {
        cell["id"]: cells.defined([cells.text(cell)])
        for cell in filter(cells.is_answer, source["cells"])
    }
    opening = [cell["id"] for cell in cells.opening(source)]
    for name, cell in cells.named(notebook):
        if not cells.is_code(cell) or cell["id"] in opening:
            continue
        if cells.is_check(cell):
            checks[cells.grade_id(cell)], outputs[cell["id"]] = check(
                name, cell, asked, space, session, limits
            )
            continue
        if cells.is_own(cell) and (wrong := set_up(name, cell, asked, space, session, limits)):
            setup[name] = wrong
        outputs[cell["id"]] = shown = session.run_cell(name, cells.text(cell))
        if shown and shown[-1]["output_type"] == "error":
            words = f"{name} stopped with {shown[-1]['ename']}: {shown[-1]['evalue']}"[:LONGEST]
            session.stopped |= dict.fromkeys(answers.get(cell["id"], ()), words)
    outputs.update(zip(opening, session.opening))
    session.close()
    events = [{"cell": where, "kind": kind, "text": text} for where, kind, text in session.events]
    return writable({"checks": checks, "cells": outputs, "events": events, "setup": setup})


def set_up(
    name: str,
    cell: dict[str, Any],
    asked: set[str],
    space: dict[str, Any],
    session: Session,
    limits: Limits,
) -> str:
    """Runs a locked cell of the lab's on this side. Returns the error, "" for none: what an answer
    makes impossible there is missing in the checks that need it."""
    try:
        run(name, cell, asked, space, session, limits, io.StringIO())
    except (Exception, CheckHung, TookTooLong) as error:
        return f"{type(error).__name__}: {error}"[:LONGEST]
    return ""


def bound_memory(most: int) -> None:
    """This process gets no more than so many bytes beyond what it has: of an answer's small values
    a check can make huge ones."""
    has = getattr(psutil.Process().memory_info(), "data", None)  # known on Linux
    if has is not None:
        import resource  # Windows has none

        resource.setrlimit(
            resource.RLIMIT_DATA, (has + most, resource.getrlimit(resource.RLIMIT_DATA)[1])
        )


def writable(result: dict[str, Any]) -> dict[str, Any]:
    """The same with every character that UTF-8 cannot write replaced: texts of the student's may
    hold half of one."""
    return json.loads(json.dumps(result, ensure_ascii=False).encode(errors="replace"))


def check(
    name: str,
    cell: dict[str, Any],
    asked: set[str],
    space: dict[str, Any],
    session: Session,
    limits: Limits,
) -> tuple[Mark, list[Output]]:
    """Runs one grade cell. Returns its mark and its outputs."""
    most = float(cells.marks(cell)["points"])
    shown = io.StringIO()
    try:
        value = run(name, cell, asked, space, session, limits, shown)
    except AssertionError as error:
        text = str(error) or "Your answer does not pass this check."
        return failed(most, type(error).__name__, text)
    except (OverLimit, ProcessEnded) as error:
        return failed(most, type(error).__name__, str(error))
    except (CheckHung, TookTooLong):
        return failed(most, "OverLimit", "the check did not finish with your answer")
    except NameError as error:
        missing, text = getattr(error, "name", None), str(error)
        if missing in asked:
            why = session.stopped.get(missing, "no cell of your notebook that ran defines it")
            text = f"name {missing!r} is not defined: {why}"
        return failed(most, "NameError", text)
    except Exception as error:
        if is_stub(error):
            return failed(most, "NotImplementedError", missing_answer(error))
        return failed(most, type(error).__name__, f"{type(error).__name__}: {error}")
    points, message = earned(value, most)
    text = shown.getvalue()[:LONGEST] + message
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    return {
        "points": points,
        "most": most,
        "passed": points == most,
        "message": text if points < most else "",
    }, outputs


def run(
    name: str,
    cell: dict[str, Any],
    asked: set[str],
    space: dict[str, Any],
    session: Session,
    limits: Limits,
    shown: io.StringIO,
) -> Any:
    """Runs a cell of the lab's own with the student's names in `space`. Returns the value of its
    last expression."""
    session.where, source = name, cells.text(cell)
    try:
        with contextlib.redirect_stdout(shown), ended_after(limits.cell + GRACE):
            for gone in asked:
                space.pop(gone, None)
            if names := asked & cells.used(source):
                space.update(session.look(names))
            return execute(source, f"<{cells.grade_id(cell)}>", space)
    except CheckHung:
        session.note("time", f"ran over {limits.cell:g} s")
        session.close()
        raise


def failed(most: float, kind: str, message: str) -> tuple[Mark, list[Output]]:
    message = message[:LONGEST]
    return {"points": 0.0, "most": most, "passed": False, "message": message}, [
        error_output(kind, message)
    ]


def earned(value: Any, most: float) -> tuple[float, str]:
    """Points of a grade cell that finished: all of them if its last expression is None or missing,
    otherwise that number.

    An answer can make it something else (a string times 2 is a string): that earns nothing.
    """
    if value is None:
        return most, ""
    if type(value) not in (int, float, numpy.float64) or not 0 <= value <= most:
        return (
            0.0,
            f"with your answer, this check does not give a number of points from 0 to {most:g}\n",
        )
    return float(value), f"{value:g} of {most:g} points\n"


def execute(source: str, name: str, space: dict[str, Any]) -> Any:
    """Runs a cell of the lab's own in `space`. Returns the value of its last expression, None when
    it ends in none."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    tree = ast.parse(source, name)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or is_text(last.value):
        exec(compile(tree, name, "exec"), space)
        return None
    tree.body.pop()
    exec(compile(tree, name, "exec"), space)
    return eval(compile(ast.Expression(last.value), name, "eval"), space)


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


@contextlib.contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """Raises CheckHung inside when a check is at work for longer: an answer can make the check's
    own loop endless. Not on Windows, which has no such signals."""
    if not hasattr(signal, "pthread_kill"):
        yield
        return

    def hung(number: int, frame: Any) -> NoReturn:
        raise CheckHung

    signal.signal(signal.SIGUSR1, hung)
    main = threading.main_thread().ident or 0
    timer = threading.Timer(seconds, lambda: signal.pthread_kill(main, signal.SIGUSR1))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # it may be on its way
