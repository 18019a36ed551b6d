"""The checker's side of the wire: what it lends to a box, and what it calls by a known name."""

import builtins
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import Any

import numpy
import torch
from torch import nn

from grader.checker import lent
from grader.checker.remote import Remote, stand_in
from grader.wire.exchange import Exchange
from grader.wire.plain import KNOWN_ROOTS, BadValue, Raw, Tree, known

# where functions live that do not say it
C_FUNCTIONS = ("torch", "torch.nn.functional", "torch.Tensor", "operator", "numpy.random")
METHODS = ("__call__", "__iter__", "__next__", "__len__", "__getitem__")
ODD = (
    UnicodeError,
    UnicodeDecodeError,
    UnicodeEncodeError,
    UnicodeTranslateError,
    ExceptionGroup,
    BaseExceptionGroup,
)  # made from more than a text


class CheckerSide(Exchange):
    """The checker's side of the wire: it numbers what it sends, and keeps the checker's objects
    that the box can use."""

    gives_numbers = True

    def __init__(self, session: Any) -> None:
        super().__init__()
        self.session, self.kept, self.numbers, self.errors = session, {}, {}, {}
        self.next, self.copying = count(1), False

    def opaque(self, value: Any) -> Tree:
        if isinstance(value, Remote):
            return {"t": "yours", "h": self.session.number_of(value)}
        number = self.numbers.get(id(value))
        if number is None:
            if name := well_known(value, self.session.rooms):
                return {"t": "name", "n": name}
            if probe := getattr(value, "probe", None) if inspect.isfunction(value) else None:
                return {"t": "probe", **by_source(probe)}
            if not lent.can_be_lent(value):
                raise BadValue(f"a {type(value).__name__} of the check cannot be sent into the box")
            number = next(self.next)
            self.kept[number], self.numbers[id(value)] = value, number
        kind = type(value)
        return {
            "t": "handle",
            "h": number,
            "n": kind.__name__,
            "can": [method for method in METHODS if hasattr(kind, method)],
        }

    def mine(self, number: Any) -> Any:
        return self.kept[number]

    def encode(self, value: Any, raw: Raw, depth: int = 0) -> Tree:
        return (
            self.copied(super().encode, value, raw, depth)
            if id(value) in self.session.own
            else super().encode(value, raw, depth)
        )

    def shares(self, value: Any) -> bool:
        """What the lab's own opening cells hold, and what answers a question of the box, is a copy
        there: the data that a check measures with stay as they are. Networks and parameters are
        worked on, and are shared."""
        return super().shares(value) and (
            not self.copying or isinstance(value, (nn.Module, nn.Parameter))
        )

    def share(self, value: Any, raw: Raw, depth: int) -> Tree:
        copying, self.copying = (
            self.copying,
            False,
        )  # a shared network is shared with all that is in it
        try:
            return super().share(value, raw, depth)
        finally:
            self.copying = copying

    def copied(self, encode: Callable[..., Tree], *given: Any) -> Tree:
        copying, self.copying = self.copying, True
        try:
            return encode(*given)
        finally:
            self.copying = copying

    def error(self, error: Exception) -> Tree:
        """The tree of one of the checker's own exceptions, which passes through the student's
        code. It is kept as long as the session, so without the frames that it went through, which
        hold arguments."""
        number = next(self.next)
        self.errors[number] = error.with_traceback(None)
        names = [
            kind.__name__
            for kind in type(error).__mro__
            if getattr(builtins, kind.__name__, None) is kind and kind not in ODD
        ]
        return {
            "number": number,
            "type": names[0],
            "text": f"{type(error).__name__}: {error}"[:2000],
        }

    def theirs(self, tree: Tree) -> Remote:
        return stand_in(self.session, tree, self.session.life)

    def let_go(self) -> None:
        """Forgets the objects lent to the box."""
        self.kept.clear()
        self.numbers.clear()
        self.errors.clear()


def well_known(value: Any, rooms: Sequence[str]) -> str | None:
    """The full name of a function or class of a package that is in the box too; None otherwise."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not callable(value) or not isinstance(name, str) or inspect.ismethod(value):
        return None
    inside = str(module).split(".")[0] in KNOWN_ROOTS or any(
        f"{module}.".startswith(f"utils.{room}.") for room in rooms
    )
    names = ([f"{module}.{name}"] if inside else []) + [
        f"{place}.{getattr(value, '__name__', '')}" for place in C_FUNCTIONS
    ]
    return next((name for name in names if names_it(name, value)), None)


def by_source(probe: Callable[..., Any]) -> Tree:
    """How a function of the checks goes into the box, to run there."""
    return {"n": probe.__name__, "source": textwrap.dedent(inspect.getsource(probe))}


def names_it(name: str, value: Any) -> bool:
    try:
        return known(name) is value
    except (AttributeError, BadValue, ImportError):
        return False


def data_in(values: Iterable[Any], depth: int = 5) -> Iterator[Any]:
    """The containers, tensors, arrays and generators among some values, and those in these
    containers."""
    for value in values:
        if isinstance(
            value, (list, tuple, set, dict, torch.Tensor, numpy.ndarray, torch.Generator)
        ) and not isinstance(value, nn.Parameter):
            yield value
            if depth and isinstance(value, (list, tuple, set, dict)):
                yield from data_in(value.values() if isinstance(value, dict) else value, depth - 1)
