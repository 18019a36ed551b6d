"""The program inside the box: it runs the student's cells and answers the checker's questions about
what they defined.

Nothing of it is secret and nothing of it is trusted: the student's code runs in the same
interpreter and may change it. The checker believes of its answers only that they are the student's.
"""

import builtins
import linecache
import os
import random
import traceback
from collections import namedtuple
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy
import torch

from grader.wire.exchange import Exchange
from grader.wire.frames import Closed, TooLarge, Wire, WireError
from grader.wire.plain import BadValue, Came, Raw, Tree, known

MOST = 2000  # characters of an error's text


Reply = Any  # a tree, or a function that makes one and puts its bytes into a Raw


class BoxSide(Exchange):
    """The box's side of the wire: objects that are not values stay here, and go out as handles."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        super().__init__()
        self.kept, self.numbers, self.next, self.ask = {}, {}, count(1), ask

    def opaque(self, value: Any) -> Tree:
        if isinstance(value, StandIn):
            return {"t": "yours", "h": object.__getattribute__(value, "_number")}
        number = self.numbers.get(id(value))
        if number is None:
            number = next(self.next)
            self.kept[number], self.numbers[id(value)] = value, number
        name = value.__name__ if isinstance(value, type) else type(value).__name__
        kind = "class" if isinstance(value, type) else "object"
        return {"t": "handle", "h": number, "k": kind, "n": str(name)[:60], "c": callable(value)}

    def mine(self, number: Any) -> Any:
        return self.kept[number]

    def theirs(self, tree: Any) -> "StandIn":
        kind = type(tree["n"], (StandIn,), {method: DUNDER[method] for method in tree["can"]})
        return kind(self.ask, tree["h"])

    def _new(self, tree: Any, raw: Came, depth: int) -> Any:
        if tree["t"] == "name":
            return known(tree["n"])
        if tree["t"] == "probe":
            return made_from(tree)
        value = super()._new(tree, raw, depth)
        return namedtuple(tree["n"], tree["f"])(*value) if "f" in tree else value


class StandIn:
    """An object of the checker: its methods run there."""

    def __init__(self, ask: Callable[..., Any], number: int) -> None:
        self._ask, self._number = ask, number

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._ask("get", self._number, name)

    def __reduce_ex__(self, protocol: Any) -> Any:  # what copy and pickle ask for
        raise TypeError(f"a {type(self).__name__} of the check cannot be copied")


END = object()


def following(self) -> Any:
    value = self._ask("next", self._number)
    if value is END:
        raise StopIteration
    return value


DUNDER = {
    "__call__": lambda self, *given, **named: self._ask("call", self._number, given, named),
    "__iter__": lambda self: self._ask("iter", self._number),
    "__next__": following,
    "__len__": lambda self: self._ask("len", self._number),
    "__getitem__": lambda self, key: self._ask("item", self._number, key),
}


class CheckersError(Exception):
    """An exception of the checker's own code, which passes through the student's."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number, self.text = number, text

    def __str__(self) -> str:
        return self.text


class Agent:
    """Serves one checker until it hangs up."""

    def __init__(self, wire: Wire, shell: Any) -> None:
        self.wire, self.shell, self.objects, self.pid = wire, shell, BoxSide(self.ask), os.getpid()

    def serve(self) -> None:
        try:
            while True:
                message, raw = self.wire.receive()
                self.answer(message, Came(raw))
        except Closed:
            return

    def answer(self, message: dict[str, Any], raw: Came) -> None:
        """Does what one message asks for, and sends the reply."""
        try:
            self.take_over(message, raw)
            reply = getattr(self, f"do_{message['do']}")(message, raw)
        except CheckersError as error:
            reply = {"raise": {"checker": error.number, "at": places(error)}}
        except WireError:
            raise
        except BaseException as error:
            reply = {"raise": described(error)}
        self.send(reply)

    def take_over(self, message: dict[str, Any], raw: Came) -> None:
        self.objects.be_told(message.get("adopt", []))
        self.objects.apply(message.get("sync", []), raw)
        for number in message.get("gone", []):
            self.objects.table.drop(number)

    def send(self, reply: Reply) -> None:
        """reply: a tree, or a function that makes one and puts its bytes into a Raw. What has
        changed stands before it in the frame."""
        if os.getpid() != self.pid:  # a fork that the student's code made, which has finished
            os._exit(0)
        raw, sync = Raw(), []
        try:
            sync = self.objects.changes(raw)
            tree: Any = reply(raw) if callable(reply) else reply
        except Exception as error:  # a student's own objects are looked at: they can raise anything
            text = f"the returned value cannot be read: {described(error)['text']}"
            tree = {"raise": plainly("TypeError", text)}
        try:
            self.wire.send({**tree, "sync": sync}, raw.pieces)
            self.objects.sent(raw)
        except TooLarge as error:
            self.wire.send({"raise": plainly("MemoryError", f"the returned value is {error}")})

    def value(self, value: Any) -> Callable[[Raw], Tree]:
        return lambda raw: {"value": self.objects.encode(value, raw)}

    # --- what the checker can ask for

    def do_seed(self, message: dict[str, Any], raw: Came) -> Reply:
        random.seed(message["seed"])
        numpy.random.seed(message["seed"])
        torch.manual_seed(message["seed"])
        return self.value(None)

    def do_cell(self, message: dict[str, Any], raw: Came) -> Reply:
        ours = self.ours(message, raw)
        self.shell.user_ns.update(ours)
        outputs, _ = self.shell.run(message["source"])
        self.shell.user_ns.update(ours)
        return self.value((outputs.list, outputs.cut))

    def ours(self, message: dict[str, Any], raw: Came) -> dict[str, Any]:
        """The checker's functions that stand in the place of the student's, by name."""
        return {name: self.objects.decode(tree, raw) for name, tree in message.get("ours", [])}

    def do_look(self, message: dict[str, Any], raw: Came) -> Reply:
        space = self.shell.user_ns
        space.update(self.ours(message, raw))
        return lambda raw: {
            "values": [
                [name, self.objects.encode(space[name], raw)]
                for name in message["names"]
                if name in space
            ]
        }

    def do_call(self, message: dict[str, Any], raw: Came) -> Reply:
        function = self.objects.mine(message["h"])
        return self.value(self.called(function, message, raw))

    def do_get(self, message: dict[str, Any], raw: Came) -> Reply:
        return self.value(getattr(self.objects.mine(message["h"]), message["n"]))

    def do_probe(self, message: dict[str, Any], raw: Came) -> Reply:
        return self.value(self.called(made_from(message), message, raw))

    def called(self, function: Callable[..., Any], message: dict[str, Any], raw: Came) -> Any:
        """What a function returns, with torch's gradients on or off as they are where it is
        called."""
        given, named = self.given(message, raw), self.named(message, raw)
        with torch.set_grad_enabled(message["g"]):
            return function(*given, **named)

    def given(self, message: dict[str, Any], raw: Came) -> list[Any]:
        return [self.objects.decode(tree, raw) for tree in message["a"]]

    def named(self, message: dict[str, Any], raw: Came) -> dict[str, Any]:
        return {name: self.objects.decode(tree, raw) for name, tree in message["k"]}

    # --- what the student's code asks of the checker

    def ask(self, what: str, number: int, *more: Any) -> Any:
        """Has the checker do something with one of its own objects. Serves its questions while it
        waits."""
        raw = Raw()
        sync = self.objects.changes(raw)
        try:
            message = {
                "ask": what,
                "h": number,
                "g": torch.is_grad_enabled(),
                "m": [self.objects.encode(part, raw) for part in more],
                "sync": sync,
            }
            self.wire.send(message, raw.pieces)
        except TooLarge as error:
            raise MemoryError(f"the value passed to the check is {error}") from None
        except BadValue as error:
            raise TypeError(f"a value passed to the check cannot be: {error}") from None
        self.objects.sent(raw)
        while True:
            reply, data = self.wire.receive()
            raw = Came(data)
            if "do" in reply:
                self.answer(reply, raw)
                continue
            self.take_over(reply, raw)
            try:
                if "raise" in reply:
                    raise raised(reply["raise"])
                return END if "done" in reply else self.objects.decode(reply["value"], raw)
            finally:
                for number in reply["back"]:
                    self.objects.table.drop(number)


def made_from(tree: Tree) -> Callable[..., Any]:
    """A function of the checks from its source, which is all that it needs."""
    space: dict[str, Any] = {"__name__": "probe", "in_student": lambda function: function}
    exec(compile(tree["source"], "<probe>", "exec"), space)
    return space[tree["n"]]


def raised(tree: dict[str, Any]) -> CheckersError:
    """A CheckersError that `except` also finds by the built-in class of the checker's exception."""
    base = getattr(builtins, tree["type"])
    return type(tree["type"], (CheckersError, base), {})(tree["number"], tree["text"])


def plainly(name: str, text: str) -> dict[str, Any]:
    """One of the agent's own exceptions as a tree."""
    return {"type": name, "kinds": [name], "text": text[:MOST]}


def described(error: BaseException) -> dict[str, Any]:
    """An exception as a tree: the names of its classes, its text, where the student's code was."""
    try:
        text = str(error)[:MOST]
    except Exception:
        text = ""
    arguments = [part for part in error.args if type(part) in (bool, int, float, str)]
    return {
        "type": type(error).__name__[:60],
        "kinds": [kind.__name__ for kind in type(error).__mro__][:20],
        "text": text,
        "args": [part[:MOST] if isinstance(part, str) else part for part in arguments]
        if len(arguments) == len(error.args)
        else None,
        "at": places(error),
    }


def places(error: BaseException) -> list[list[Any]]:
    """[function, cell, number, line] of the first and of the last place in a cell that an exception
    passed through."""
    try:
        found = [
            (frame.f_code, number)
            for frame, number in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename.startswith("<ipython-input")
        ]
        return [
            [code.co_qualname, code.co_filename, number, line_of(code.co_filename, number)]
            for code, number in ([found[0], found[-1]] if found else [])
        ]
    except Exception:
        return []


def line_of(cell: str, number: int) -> str:
    return linecache.getline(cell, number).strip()[:200]
