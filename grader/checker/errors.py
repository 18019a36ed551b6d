"""Exceptions of the student's code, raised again on the trusted side: built-in classes only, with
the student's text."""

import builtins
from typing import Any


class ProcessEnded(RuntimeError):
    """The student's code ended its process."""


class OverLimit(RuntimeError):
    """The student's code used more time or memory than it may."""


class Stopped(RuntimeError):
    """The student's code raised what ends a program (SystemExit, KeyboardInterrupt)."""


def raised(tree: Any) -> BaseException:
    """The exception that a tree describes, as an instance of the nearest built-in class. Its text
    is the student's."""
    kinds = [
        kind
        for name in texts(tree.get("kinds"))
        if isinstance(kind := getattr(builtins, name, None), type)
        and issubclass(kind, BaseException)
    ]
    base = next(iter(kinds), RuntimeError)
    name, text = tree.get("type"), tree.get("text")
    if issubclass(base, Exception):
        name = name[:60] if isinstance(name, str) and name[:60].isidentifier() else base.__name__
        error: Any = make(
            base, name, text[:2000] if isinstance(text, str) else "", tree.get("args")
        )
    else:
        error = Stopped(f"your code raised {base.__name__}, which ends a program")
    return error


def make(base: type[Exception], name: str, text: str, arguments: Any) -> Exception:
    """An instance of a built-in class, or of a subclass with the student's name for it, that says
    `text`."""
    plain = (
        isinstance(arguments, list)
        and len(arguments) < 10
        and all(type(part) in (bool, int, float, str) for part in arguments)
    )
    if name == base.__name__ and plain:
        try:
            error = base(*arguments)
            if str(error) == text:
                return error
        except Exception:
            pass  # UnicodeDecodeError and similar ones need other arguments
    if issubclass(base, UnicodeError):
        base = ValueError
    elif issubclass(base, ExceptionGroup):
        base = RuntimeError
    named: Any = type(name, (base,), {"__str__": lambda self: text})
    return named(text)


def texts(value: Any) -> list[str]:
    return [name for name in value[:30] if isinstance(name, str)] if isinstance(value, list) else []


def places(value: Any) -> list[tuple[str, str, int, str]]:
    """Where an error passed through the student's code, of what a box says of it: (function, cell,
    number, line), two at most."""
    return [
        (place[0][:100], place[1][:200], place[2], place[3][:200])
        for place in (value[:2] if isinstance(value, list) else [])
        if isinstance(place, list)
        and [type(part) for part in place] == [str, str, int, str]
        and 0 < place[2] < 10**6
    ]
