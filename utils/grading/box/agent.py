"""The program inside the box: it runs the student's cells and answers the checker's questions about what they defined.

Nothing of it is secret and nothing of it is trusted: the student's code runs in the same interpreter and may change it. The
checker believes of its answers only that they are the student's.
"""
import importlib
import linecache
import random
import traceback
from itertools import count

import numpy
import torch

from utils.grading.box.values import BadValue, Codec, Raw, known
from utils.grading.box.wire import Closed, WireError

MOST = 2000             # characters of an error's text


class Objects(Codec):
    """The box's side of the wire: objects that are no values stay here, and go out as handles."""

    def __init__(self, ask):
        super().__init__()
        self.kept, self.numbers, self.ask = {}, count(1), ask

    def opaque(self, value):
        if isinstance(value, StandIn):
            return {"t": "yours", "h": object.__getattribute__(value, "_number")}
        number = next(self.numbers)
        self.kept[number] = value
        name = value.__name__ if isinstance(value, type) else type(value).__name__
        kind = "class" if isinstance(value, type) else "object"
        return {"t": "handle", "h": number, "k": kind, "n": str(name)[:60], "c": callable(value)}

    def mine(self, number):
        return self.kept[number]

    def theirs(self, tree):
        methods = [method for flag, method in (("c", "__call__"), ("i", "__iter__"), ("l", "__len__"), ("g", "__getitem__")) if tree[flag]]
        kind = type(tree["n"], (StandIn,), {method: DUNDER[method] for method in methods})
        return kind(self.ask, tree["h"])

    def _new(self, tree, raw, depth):
        return known(tree["n"]) if tree["t"] == "name" else super()._new(tree, raw, depth)


class StandIn:
    """An object of the checker: its methods run there."""

    def __init__(self, ask, number):
        self._ask, self._number = ask, number

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self._ask("get", self._number, name)


def iterate(self):
    iterator = self._ask("iter", self._number)
    while True:
        done, value = iterator._ask("next", iterator._number)
        if done:
            return
        yield value


DUNDER = {
    "__call__": lambda self, *given, **named: self._ask("call", self._number, given, named),
    "__iter__": iterate,
    "__len__": lambda self: self._ask("len", self._number),
    "__getitem__": lambda self, key: self._ask("item", self._number, key),
}


class CheckersError(Exception):
    """An exception of the checker's own code, on its way through the student's."""

    def __init__(self, number, text):
        super().__init__(text)
        self.number = number


class Agent:
    """Serves one checker until it hangs up."""

    def __init__(self, wire, shell):
        self.wire, self.shell, self.objects = wire, shell, Objects(self.ask)

    def serve(self):
        try:
            while True:
                self.answer(*self.wire.receive())
        except Closed:
            return

    def answer(self, message, raw):
        """Does what one message asks for, and sends the reply."""
        try:
            self.take_over(message, raw)
            reply = getattr(self, f"do_{message['do']}")(message, raw)
        except CheckersError as error:
            reply = {"raise": {"checker": error.number}}
        except (WireError, SystemError):
            raise
        except BaseException as error:
            reply = {"raise": described(error)}
        self.send(reply)

    def take_over(self, message, raw):
        self.objects.apply(message.get("sync", []), raw)
        for number in message.get("gone", []):
            shared = self.objects.shared.pop(number, None)
            if shared:
                self.objects.number_of.pop(id(shared.target()), None)
        for number in message.get("drop", []):
            self.objects.kept.pop(number, None)

    def send(self, reply):
        """reply: a tree, or a function that makes one and puts its bytes into a Raw."""
        raw = Raw()
        try:
            tree = reply(raw) if callable(reply) else reply
            tree["sync"] = self.objects.changes(raw)
            self.wire.send(tree, raw.pieces)
        except (BadValue, RecursionError) as error:
            self.wire.send({"raise": {"type": "TypeError", "kinds": ["TypeError"], "text": f"what was returned cannot be looked at: {error}"}})
        except Closed:
            raise
        except WireError as error:
            self.wire.send({"raise": {"type": "MemoryError", "kinds": ["MemoryError"], "text": f"what was returned is {error}"}})

    def value(self, value):
        return lambda raw: {"value": self.objects.encode(value, raw)}

    # --- what the checker can ask for

    def do_seed(self, message, raw):
        random.seed(message["seed"])
        numpy.random.seed(message["seed"])
        torch.manual_seed(message["seed"])
        return {}

    def do_cell(self, message, raw):
        outputs, success = self.shell.run(message["source"])
        return {"outputs": outputs.list, "cut": outputs.cut, "success": success}

    def do_look(self, message, raw):
        space = self.shell.user_ns
        return lambda raw: {"values": [[name, self.objects.encode(space[name], raw)] for name in message["names"] if name in space]}

    def do_call(self, message, raw):
        function = self.objects.mine(message["h"])
        return self.value(function(*self.given(message, raw), **self.named(message, raw)))

    def do_get(self, message, raw):
        return self.value(getattr(self.objects.mine(message["h"]), message["n"]))

    def do_probe(self, message, raw):
        if "module" in message:
            probe = getattr(importlib.import_module(message["module"]), message["n"])
        else:
            space = {**self.shell.user_ns, "in_student": lambda function: function}
            exec(compile(message["source"], "<probe>", "exec"), space)
            probe = space[message["n"]]
        return self.value(probe(*self.given(message, raw), **self.named(message, raw)))

    def given(self, message, raw):
        return [self.objects.decode(tree, raw) for tree in message["a"]]

    def named(self, message, raw):
        return {name: self.objects.decode(tree, raw) for name, tree in message["k"]}

    # --- what the student's code asks of the checker

    def ask(self, what, number, *more):
        """Has the checker do something with an object of its own. Serves its questions while it waits."""
        raw = Raw()
        message = {"ask": what, "h": number, "m": [self.objects.encode(part, raw) for part in more]}
        message["sync"] = self.objects.changes(raw)
        self.wire.send(message, raw.pieces)
        while True:
            reply, raw = self.wire.receive()
            if "do" in reply:
                self.answer(reply, raw)
                continue
            self.take_over(reply, raw)
            if "raise" in reply:
                raise raised(reply["raise"])
            if "done" in reply:
                return reply["done"], self.objects.decode(reply.get("value"), raw)
            return self.objects.decode(reply["value"], raw)


def raised(tree):
    if tree.get("attribute"):
        return AttributeError(tree["text"])
    return CheckersError(tree["number"], tree["text"])


def described(error):
    """An exception as a tree: the names of its classes, its text, the student's line it came from."""
    try:
        text = str(error)[:MOST]
    except Exception:
        text = ""
    arguments = [part for part in error.args if type(part) in (bool, int, float, str)]
    return {
        "type": type(error).__name__[:60], "kinds": [kind.__name__ for kind in type(error).__mro__][:20], "text": text,
        "args": [part[:MOST] if isinstance(part, str) else part for part in arguments] if len(arguments) == len(error.args) else None,
        "line": line_of(error),
    }


def line_of(error):
    """[number, text] of the last line of a cell in a traceback; None when there is none."""
    try:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith("<ipython-input")]
        return [frames[-1].lineno, linecache.getline(frames[-1].filename, frames[-1].lineno).strip()[:200]] if frames else None
    except Exception:
        return None
