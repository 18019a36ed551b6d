"""Answers that wreck what they are handed and return something trivial.

A check that one of them passes makes its expected value too late, or compares with something that
the answer could touch. They run in this process, next to the check, and reach what an answer
reaches through the wire: tensors, arrays, containers and networks among its arguments, and the
tensors of a loss that is made in the box. Run as a program, it reads a lab's source from its input.
"""

import contextlib
import copy
import io
import json
import math
import os
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import torch
from torch import nn

from grader import HOME
from grader.course import cells
from grader.course.cells import Notebook
from grader.course.folders import GradingError
from utils.checks.exercise import Exercise

SECONDS = 300  # for all answers to the checks of a lab
NOTHING, ZEROS, NANS, EMPTY = "leaves alone", "zeroes", "fills with NaN", "empties"
SILENCE = "silences the networks among"
CHANGEABLE = (torch.Tensor, numpy.ndarray, nn.Module, list, dict, set)
FILL = {ZEROS: 0.0, NANS: math.nan}

# --- what is done to the arguments


def wreck(value: Any, how: str, seen: dict[int, Any]) -> None:
    """Zeroes, fills with NaN, or empties a value and everything in it, as far as that goes. seen:
    gets what can be changed, by its id."""
    if how == NOTHING or id(value) in seen:
        return
    inside = parts(value)
    for part in inside:
        wreck(part, how, seen)
    if isinstance(value, CHANGEABLE) and (how == EMPTY or not only_holds(value, inside)):
        seen[id(value)] = value
        with contextlib.suppress(Exception):
            if how == SILENCE:
                silence(value)
            elif how == EMPTY:
                empty(value)
            else:
                fill(value, FILL[how])


def only_holds(value: Any, inside: list[Any]) -> bool:
    """Whether a container has no numbers that could be changed."""
    return isinstance(value, (list, dict, set)) and not any(map(is_number, inside))


def silence(value: Any) -> None:
    """A network's activations give 0 from now on."""
    if isinstance(value, nn.Module):
        for name, layer in value._modules.items():
            if layer is not None and not list(layer.parameters()):
                value._modules[name] = nn.Dropout(1.0)


def empty(value: Any) -> None:
    if isinstance(value, torch.Tensor):
        value.data = torch.empty(0, dtype=value.dtype)
    elif isinstance(value, nn.Module):
        for inside in (value._parameters, value._buffers, value._modules):
            inside.clear()
    elif isinstance(value, numpy.ndarray):
        value[...] = 0
    else:
        value.clear()


def fill(value: Any, number: float) -> None:
    if isinstance(value, torch.Tensor):
        value.data.fill_(number if value.is_floating_point() else 0)
    elif isinstance(value, numpy.ndarray):
        value[...] = number if value.dtype.kind in "fc" else 0
    elif isinstance(value, list):
        value[:] = [like(part, number) if is_number(part) else part for part in value]
    elif isinstance(value, dict):
        value.update({key: number for key, part in value.items() if is_number(part)})


def parts(value: Any) -> list[Any]:
    """What is in a value and can be reached through the wire."""
    if isinstance(value, (list, tuple, set)):
        return list(value)
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, nn.Module):
        return [
            *value._parameters.values(),
            *value._buffers.values(),
            *value._modules.values(),
            *(p.grad for p in value._parameters.values() if p is not None),
        ]
    if isinstance(value, types.FunctionType) and is_made_in_the_box(value):
        return [cell.cell_contents for cell in value.__closure__ or ()]
    return []


def is_made_in_the_box(function: types.FunctionType) -> bool:
    """Whether a probe has made a function: it lives where the answer does, with all it holds."""
    maker = function.__qualname__.partition(".")[0]
    return hasattr(getattr(sys.modules.get(function.__module__), maker, None), "probe")


def is_number(value: Any) -> bool:
    return isinstance(value, (bool, int, float))


# --- what is returned


def like(value: Any, number: float) -> Any:
    """The same kind of thing as a right answer returned, with one number everywhere."""
    if isinstance(value, torch.Tensor):
        return torch.full_like(value, number if value.is_floating_point() else 0)
    if isinstance(value, numpy.ndarray):
        return numpy.full_like(value, number if value.dtype.kind in "fc" else 0)
    if isinstance(value, dict):
        return {key: like(part, number) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([like(part, number) for part in value])
    if is_number(value):
        return number if math.isnan(number) else type(value)(number)
    if isinstance(value, str):
        return ""
    return (lambda *_, **__: number) if callable(value) else None


OF_WRECK = "what is right of the wreck"
Given = tuple[Any, ...]
RETURNS: dict[str, Callable[[Given, Any, Callable], Any]] = {
    "None": lambda given, right, reference: None,
    "0": lambda given, right, reference: 0,
    "NaN": lambda given, right, reference: math.nan,
    "an empty list": lambda given, right, reference: [],
    "an empty dictionary": lambda given, right, reference: {},
    "an empty tensor": lambda given, right, reference: torch.empty(0),
    "its first argument": lambda given, right, reference: given[0] if given else None,
    "zeros like the right ones": lambda given, right, reference: like(right, 0.0),
    "NaN in place of each number": lambda given, right, reference: like(right, math.nan),
    OF_WRECK: lambda given, right, reference: reference(*given),
}


# where the arguments are wrecked; the others give the same then
TOLD_APART = (
    "None",
    "its first argument",
    "zeros like the right ones",
    "NaN in place of each number",
    OF_WRECK,
)


class Answer:
    """In place of a function that students write. right: what the right one returned, call by
    call."""

    def __init__(self, reference: Callable, right: list[Any], how: str, gives: str) -> None:
        self.reference, self.right, self.how, self.gives = reference, list(right), how, gives
        self.wrecked: dict[int, Any] = {}

    def __call__(self, *given: Any, **named: Any) -> Any:
        given = (*given, *named.values())
        right = self.right.pop(0) if len(self.right) > 1 else self.right[0] if self.right else None
        wreck(given, self.how, self.wrecked)
        return RETURNS[self.gives](given, right, self.reference)

    def __getattr__(self, name: str) -> Any:  # of an object that a class of the answer's made
        if name.startswith("__"):
            raise AttributeError(name)
        return Answer(lambda *_: None, self.right, self.how, self.gives)


def attacks() -> Iterator[tuple[str, str]]:
    """What is done to the arguments, and what is returned."""
    for how in (NOTHING, ZEROS, NANS, EMPTY, SILENCE):
        for gives in RETURNS if how == NOTHING else TOLD_APART:
            if how not in (NOTHING, SILENCE) or gives != OF_WRECK:
                yield how, gives


# --- the checks of a lab


def passed_by(source: Notebook) -> list[str]:
    """A sentence for each check of a lab that a hostile answer passes."""
    asked, space, found = cells.asked(source), {"__name__": "__main__"}, []
    for cell in source["cells"]:
        text = cells.plain(cells.text(cell))
        if cells.is_own(cell) or cells.is_answer(cell):
            exec(compile(text, "<the lab>", "exec"), space)
        elif cells.is_check(cell):
            names = [name for name in sorted(asked & cells.used(text)) if callable(space[name])]
            attack = first_that_passes(text, space, names) if names else ""
            found += [f"{cells.grade_id(cell)}: {attack}"] if attack else []
    return found


def first_that_passes(text: str, space: dict[str, Any], names: list[str]) -> str:
    ONCE.forget()
    right, has_network = {name: recorded(text, space, name) for name in names}, False
    for how, gives in attacks():
        answers = {name: Answer(space[name], right[name], how, gives) for name in names}
        if how == SILENCE and not has_network:
            return ""
        if gives == OF_WRECK and all(value is None for each in right.values() for value in each):
            continue  # what becomes of the arguments is the answer
        passed = passes(text, {**copied(space, text), **answers})
        has_network |= any(
            isinstance(v, nn.Module) for a in answers.values() for v in a.wrecked.values()
        )
        if passed and (gives != OF_WRECK or any(each.wrecked for each in answers.values())):
            return f"passed by an answer that {how} its arguments and returns {gives}"
    return ""


def recorded(text: str, space: dict[str, Any], name: str) -> list[Any]:
    """What the right answer returns in a check, call by call."""
    returned: list[Any] = []

    def answer(*given: Any, **named: Any) -> Any:
        value = space[name](*given, **named)
        returned.append(kept(value))
        return value

    passes(text, {**copied(space, text), name: answer})
    return returned


def copied(space: dict[str, Any], text: str) -> dict[str, Any]:
    """The names of a lab, and of the data among them that a check uses copies: so it is in the
    box."""
    used = {name: space[name] for name in cells.used(text) & space.keys()}
    return space | {name: kept(v) for name, v in used.items() if isinstance(v, CHANGEABLE)}


def kept(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


def passes(text: str, space: dict[str, Any]) -> bool:
    ONCE.again()
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(text, "<a check>", "exec"), space)
    except Exception:
        return False
    return True


def complaints(source: Notebook) -> list[str]:
    """The same, found in a process with its own settings and an end."""
    command = [sys.executable, "-P", "-m", "grader.release.hostile"]
    settings = {"COURSE_SEED": "5eed" * 16, "COURSE_UNATTENDED": "1", "OMP_NUM_THREADS": "1"}
    variables = {**os.environ, "PYTHONPATH": str(HOME), **settings}
    try:
        done = subprocess.run(
            command,
            input=json.dumps(source),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=SECONDS,
            env=variables,
        )
    except subprocess.TimeoutExpired:
        return [f"the checks did not finish with hostile answers within {SECONDS} s"]
    if done.returncode:
        raise GradingError(f"The checks could not be tested: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


class Once:
    """In place of `Exercise.asked`: what is right is found in the first run of a check alone. The
    inputs are the same each time, and what answers get are copies."""

    def __init__(self, asked: Callable) -> None:
        self.asked, self.found, self.place = asked, [], 0

    def forget(self) -> None:
        self.found = []

    def again(self) -> None:
        self.place = 0

    def __get__(self, exercise: Any, kind: Any) -> Callable:
        return lambda *given: self.next(exercise, *given)

    def next(self, exercise: Any, *given: Any) -> Any:
        self.place += 1
        if len(self.found) < self.place:
            self.found.append(self.asked(exercise, *given))
        return self.found[self.place - 1]


ONCE = Once(Exercise.asked)


def main() -> None:
    Exercise.diagnosis = lambda *_: ""  # type: ignore[method-assign]
    Exercise.asked = ONCE  # type: ignore[method-assign]
    print(json.dumps(passed_by(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
