"""What represents a student's object in a grade cell: it can be called and its attributes read,
nothing else.

Whether two of them are equal, how long one is, what number it is: the student's own code would
answer that, so it is an error. Only plain values are compared, and those have crossed the wire by
value.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NoReturn


class NotPlain(TypeError):
    """A check needs a plain value (a number, tensor, list ...) where the student's code gave one of
    its own objects."""


class Remote:
    """An object in the box. Its class has the name of the student's class, so that messages are
    those of home."""

    def __init__(self, session: Any, number: int, life: int) -> None:
        object.__setattr__(self, "_at", (session, number, life))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        session, number, life = self._at
        return session.get(number, life, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise NotPlain(f"a check cannot change a student's object: {name}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object>"

    __hash__ = object.__hash__

    def run_probe(self, probe: Any, given: Any, named: Any) -> Any:
        """Runs an `in_student` function where this object lives."""
        return self._at[0].probe(probe, given, named)


class CallableRemote(Remote):
    """A function, a class, a method or an object that can be called."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        session, number, life = self._at
        return session.call(number, life, given, named)


def refuse(name: str) -> Callable[..., NoReturn]:
    def method(self, *given: Any) -> NoReturn:
        raise NotPlain(
            f"a plain value is needed here, not an object of the class {type(self).__name__}"
        )

    method.__name__ = name
    return method


BINARY = (
    "add",
    "sub",
    "mul",
    "matmul",
    "truediv",
    "floordiv",
    "mod",
    "divmod",
    "pow",
    "lshift",
    "rshift",
    "and",
    "or",
    "xor",
)
OTHER = (
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "len",
    "iter",
    "next",
    "reversed",
    "contains",
    "getitem",
    "setitem",
    "delitem",
    "int",
    "float",
    "index",
    "bool",
    "complex",
    "round",
    "trunc",
    "floor",
    "ceil",
    "neg",
    "pos",
    "abs",
    "invert",
    "array",
    "format",
    "bytes",
    "fspath",
    "enter",
    "exit",
    "delattr",
    "reduce_ex",
    *BINARY,
    *(f"r{name}" for name in BINARY),
)
for _name in OTHER:
    setattr(Remote, f"__{_name}__", refuse(_name))
Remote.__str__ = Remote.__repr__


def stand_in(session: Any, tree: Any, life: int) -> Remote:
    """The Remote for a handle."""
    if type(tree["h"]) is not int:
        raise TypeError("a handle is a number")
    name = tree["n"][:60] if type(tree["n"]) is str else ""
    return kind_of(name if name.isidentifier() else "object", tree["c"] is True)(
        session, tree["h"], life
    )


@lru_cache(1000)
def kind_of(name: str, can_be_called: bool) -> type[Remote]:
    made: Any = type(name, (CallableRemote if can_be_called else Remote,), {})
    return made
