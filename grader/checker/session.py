"""A student's notebook in a box: its cells run there, its functions are called there, and it starts again when it dies."""

import builtins
import inspect
import json
import re
import textwrap
import threading
import time
from itertools import count

import numpy
import torch
from torch import nn

from grader.box import tree as processes
from grader.checker import lent
from grader.checker.errors import OverLimit, ProcessEnded, raised
from grader.checker.remote import Remote, stand_in
from grader.wire.frames import Closed, TooLarge, WireError
from grader.wire.values import KNOWN_ROOTS, BadValue, Came, Codec, Raw, known

STARTS = 12  # of the box for one submission
PAUSE = 0.05  # seconds between two looks at a box
MOST_QUESTIONS = 200_000
MOST_OUTPUTS = 250  # of a cell
MOST_SHOWN, MOST_SHOWN_BY_ALL = (
    5_000_000,
    30_000_000,
)  # characters of a cell's outputs, of all cells' outputs
TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
IMAGES = ("image/png", "image/jpeg")
ALIVE = ("application/vnd.plotly.v1+json", "application/vnd.jupyter.widget-view+json")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
C_FUNCTIONS = (
    "torch",
    "torch.nn.functional",
    "torch.Tensor",
    "operator",
    "numpy.random",
)  # where functions live that do not say it
MB = 1 << 20
GONE = "the process with this object has ended"


class Objects(Codec):
    """The checker's side of the wire: it numbers what it sends, and keeps objects of its own that the box may use."""

    gives_numbers = True

    def __init__(self, session):
        super().__init__()
        self.session, self.kept, self.numbers, self.errors = session, {}, {}, {}
        self.next, self.copying = count(1), False

    def opaque(self, value):
        if isinstance(value, Remote):
            return {"t": "yours", "h": self.session.number_of(value)}
        number = self.numbers.get(id(value))
        if number is None:
            if name := well_known(value, self.session.rooms):
                return {"t": "name", "n": name}
            if not lent.can_be_lent(value):
                raise BadValue(f"a {type(value).__name__} of the check cannot be lent to an answer")
            number = next(self.next)
            self.kept[number], self.numbers[id(value)] = value, number
        kind = type(value)
        return {
            "t": "handle",
            "h": number,
            "n": kind.__name__,
            "can": [method for method in METHODS if hasattr(kind, method)],
        }

    def mine(self, number):
        return self.kept[number]

    def encode(self, value, raw, depth=0):
        return (
            self.copied(super().encode, value, raw, depth)
            if id(value) in self.session.own
            else super().encode(value, raw, depth)
        )

    def shares(self, value):
        """What the lab's own opening cells hold, and what answers a question of the box, is a copy there: the data that a check
        measures with stay as they are. Networks and parameters are worked on, and are shared."""
        return super().shares(value) and (
            not self.copying or isinstance(value, (nn.Module, nn.Parameter))
        )

    def share(self, value, raw, depth):
        copying, self.copying = (
            self.copying,
            False,
        )  # a shared network is shared with all that is in it
        try:
            return super().share(value, raw, depth)
        finally:
            self.copying = copying

    def copied(self, encode, *given):
        copying, self.copying = self.copying, True
        try:
            return encode(*given)
        finally:
            self.copying = copying

    def error(self, error):
        """The tree of an exception of the checker's own, on its way through the student's code."""
        number = next(self.next)
        self.errors[number] = error
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

    def theirs(self, tree):
        return stand_in(self.session, tree, self.session.life)

    def let_go(self):
        """Forgets the objects lent to the box."""
        self.kept.clear()
        self.numbers.clear()
        self.errors.clear()


def well_known(value, rooms):
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


def names_it(name, value):
    try:
        return known(name) is value
    except (AttributeError, BadValue, ImportError):
        return False


class Session:
    """The box of one submission.

    open_box: makes a new `backends.Box`. limits: `Limits`. Events are kept as (cell, kind, text). What comes from the box may be
    wrong in every way: it then ends the box (ProcessEnded), and never the checker.
    """

    def __init__(self, open_box, rooms, limits):
        self.open_box, self.rooms, self.limits = open_box, rooms, limits
        self.box, self.objects, self.life, self.starts = None, None, 0, 0
        self.done = []  # the cells that have run, to be run again in a new box
        self.events, self.where = [], "the start"
        self.opening, self.reason, self.deadline = [], None, None
        self.end = time.monotonic() + limits.submission
        self.ended = ProcessEnded(GONE)  # says why the last box is gone
        self.own = {}  # by id: what is lent as a copy
        self.room = MOST_SHOWN_BY_ALL
        self.lock = threading.Lock()  # a box is not closed while it is being killed

    def keep(self, space):
        """From now on the data that the names of the lab's own opening cells hold are lent as copies."""
        self.own = {id(value): value for value in data_in(space.values())}

    # --- the box

    def ensure(self):
        """There is a box, and the cells that have run before have run in it."""
        if self.box is not None:
            return
        if time.monotonic() > self.end:
            raise OverLimit(f"not run: over {self.limits.submission:g} s for the whole notebook")
        if self.starts >= STARTS:
            raise ProcessEnded(f"your code ended its process {STARTS} times: the rest was not run")
        self.starts += 1
        self.life += 1
        self.box, self.objects, self.reason = self.open_box(), Objects(self), None
        self.opening = self.box.opening
        self.watch(self.box)
        self.request({"do": "seed", "seed": 0})
        for source in list(self.done):
            self.rerun(source)

    def rerun(self, source):
        try:
            self.request({"do": "cell", "source": source})
        except (
            Exception
        ):  # without a box: it ended; otherwise what was shown when the cell ran first
            if self.box is None:
                raise

    def watch(self, box):
        """Ends the box from a thread when its time or memory is up; whoever waits for it then reads its end."""

        def look():
            while self.box is box and self.reason is None:
                time.sleep(PAUSE)
                deadline = self.deadline
                if deadline and time.monotonic() > deadline:
                    self.stop(box, "time")
                elif processes.memory(box.pids(), self.limits.memory) > self.limits.memory:
                    self.stop(box, "memory")

        threading.Thread(target=look, daemon=True).start()

    def stop(self, box, reason):
        with self.lock:
            if self.box is box:
                self.reason = reason
                box.kill()

    def close(self):
        """Ends the box. Returns the exit code of the student's process."""
        with self.lock:
            box, self.box = self.box, None
        if self.objects:
            self.objects.let_go()
        return box.close() if box else 0

    def fallen(self, box, error):
        """The box is gone or speaks no sense: ends it, keeps why, and raises that."""
        if self.box is not box:  # it ended in a call further in
            raise self.ended from None
        reason = self.reason or ("memory" if box.ran_out() else None)
        code = self.close()
        if reason == "time":
            kind, text = "time", self.overtime()
        elif reason == "memory":
            kind, text = "memory", f"used more than {self.limits.memory // MB} MB of memory"
        elif isinstance(error, Closed):
            kind, text = "ended", f"your code ended the Python process ({how(code)})"
        else:
            kind, text = "ended", f"your code disturbed the connection to the grader ({error})"
        self.note(kind, text)
        self.ended = (ProcessEnded if kind == "ended" else OverLimit)(text)
        raise self.ended from None

    def overtime(self):
        whole = time.monotonic() > self.end
        return f"ran over {self.limits.submission if whole else self.limits.cell:g} s" + (
            " for the whole notebook" if whole else ""
        )

    def note(self, kind, text):
        if (self.where, kind, text) not in self.events:
            self.events.append((self.where, kind, text))

    # --- messages

    def request(self, message, fill=None):
        """Sends a message, serves what the box asks meanwhile, and returns the reply decoded. fill: adds arguments to it."""
        box, objects, borrowed = self.box, self.objects, len(self.objects.borrowed)
        outer, now = self.deadline, time.monotonic()
        self.deadline = min(now + self.limits.cell, self.end, outer or self.end)
        if outer is None:
            objects.hold()
        try:
            self.begin(box, message, fill)
            return self.outcome(*self.wait(box))
        except (WireError, BadValue) as error:
            self.fallen(box, error)
        except BaseException as error:
            if getattr(
                error, "interrupts", False
            ):  # the checks' own time limit: the box is still at work
                self.note("time", f"ran over {error.seconds:g} s")
                self.ended = OverLimit(f"ran over {error.seconds:g} s")
                self.close()
            raise
        finally:
            self.deadline = outer
            objects.give_back(borrowed)
            if outer is None:
                objects.held.clear()

    def begin(self, box, message, fill):
        """Sends the first message of a request. TypeError when an argument cannot cross: that is no fault of the box."""
        raw, before = Raw(), self.objects.last
        try:
            message["sync"] = self.objects.changes(raw)
            if fill:
                fill(message, raw)
            self.send(box, message, raw)
        except BaseException as error:
            self.objects.unshare(range(before + 1, self.objects.last + 1))
            if isinstance(error, (BadValue, TooLarge)):
                raise TypeError(
                    f"what is given to the answer cannot cross to it: {error}"
                ) from None
            raise

    def send(self, box, message, raw):
        box.wire.send(
            {**message, "gone": self.objects.released, "adopt": self.objects.adopted}, raw.pieces
        )
        self.objects.released, self.objects.adopted = [], []
        self.objects.sent(raw)

    def wait(self, box):
        """The reply; questions that come before it are answered."""
        for _ in range(MOST_QUESTIONS):
            reply, data = box.wire.receive()
            came = Came(data)
            if not isinstance(reply, dict):
                raise BadValue("a frame that is no message")
            self.objects.apply(reply.get("sync", []), came)
            if "ask" not in reply:
                return reply, came
            self.answer(box, reply, came)
        raise BadValue("too many questions")

    def outcome(self, reply, came):
        with BadValue.of_everything():
            if "raise" in reply:
                tree = reply["raise"]
                error = self.objects.errors[tree["checker"]] if "checker" in tree else raised(tree)
            elif "values" in reply:
                return {
                    name: self.objects.decode(tree, came)
                    for name, tree in reply["values"]
                    if type(name) is str
                }
            else:
                return self.objects.decode(reply["value"], came)
        raise error

    def answer(self, box, question, came):
        """Does with an object of the checker what the student's code asks for."""
        with BadValue.of_everything():
            do, target = ANSWERS[question["ask"]], self.objects.mine(question["h"])
            more = [self.objects.decode(tree, came) for tree in question["m"]]
        raw, sync, value, message = Raw(), [], None, None
        try:
            value = do(target, *more)
        except Exception as error:
            message = {"raise": self.objects.error(error)}
        if self.box is not box:  # it was a call back into the box, which ended there
            raise self.ended
        before = self.objects.last
        try:
            sync = self.objects.changes(raw)
            message = message or (
                {"done": True}
                if value is END
                else {"value": self.objects.copied(self.objects.encode, value, raw)}
            )
            self.send(box, {**message, "sync": sync}, raw)
        except (BadValue, TooLarge, ProcessEnded) as error:
            self.objects.unshare(range(before + 1, self.objects.last + 1))
            self.send(
                box,
                {
                    "raise": self.objects.error(
                        TypeError(f"what the check answers cannot cross: {error}")
                    )
                },
                Raw(),
            )

    # --- what the checker does with it

    def run_cell(self, name, source):
        """Runs a cell of the student's. Returns its outputs in nbformat's form."""
        self.where = name
        try:
            self.ensure()
        except (OverLimit, ProcessEnded) as error:
            return [error_output(type(error).__name__, str(error))]
        try:
            shown = self.request({"do": "cell", "source": source})
        except Exception as error:
            if self.box is not None:  # it ran, and only what it showed is lost
                self.done.append(source)
            return [error_output(type(error).__name__, str(error))]
        self.done.append(source)
        outputs, cut = (
            shown
            if isinstance(shown, tuple) and len(shown) == 2 and isinstance(shown[0], list)
            else ([], False)
        )
        kept = self.fitting(list(filter(None, map(proper, outputs))))
        if cut is True or len(kept) < len(outputs):
            self.note("output", "printed more than is kept")
        return kept

    def fitting(self, outputs):
        """As many of the outputs of a cell as there is room for."""
        kept, left = [], min(MOST_SHOWN, self.room)
        for output in outputs[:MOST_OUTPUTS]:
            left -= len(json.dumps(output))
            if left < 0:
                break
            self.room -= len(json.dumps(output))
            kept.append(output)
        return kept

    def look(self, names):
        """The values of the student's names, those that there are: a dictionary."""
        self.ensure()
        self.objects.sort_out()  # of what the last check used
        found = self.request({"do": "look", "names": sorted(names)})
        return (
            {name: value for name, value in found.items() if name in names}
            if isinstance(found, dict)
            else {}
        )

    def call(self, number, life, given, named):
        self.alive(life)
        return self.request({"do": "call", "h": number}, self.filler(given, named))

    def get(self, number, life, name):
        self.alive(life)
        return self.request({"do": "get", "h": number, "n": name})

    def probe(self, probe, given, named):
        """Runs a function of the checks in the box; of its result only plain values are believed."""
        self.ensure()
        module = probe.__module__
        if any(f"{module}.".startswith(f"utils.{room}.") for room in self.rooms):
            message = {"do": "probe", "module": module, "n": probe.__name__}
        else:
            message = {
                "do": "probe",
                "source": textwrap.dedent(inspect.getsource(probe)),
                "n": probe.__name__,
            }
        return self.request(message, self.filler(given, named))

    def filler(self, given, named):
        def fill(message, raw):
            message["a"] = [self.objects.encode(value, raw) for value in given]
            message["k"] = [
                [name, self.objects.encode(value, raw)] for name, value in named.items()
            ]

        return fill

    def alive(self, life):
        if self.box is None or life != self.life:
            raise ProcessEnded(GONE)

    def number_of(self, remote):
        session, number, life = remote._at
        self.alive(life)
        return number


def data_in(values, depth=5):
    """The containers, tensors, arrays and generators among some values, and those in these containers."""
    for value in values:
        if isinstance(
            value, (list, tuple, set, dict, torch.Tensor, numpy.ndarray, torch.Generator)
        ) and not isinstance(value, nn.Parameter):
            yield value
            if depth and isinstance(value, (list, tuple, set, dict)):
                yield from data_in(value.values() if isinstance(value, dict) else value, depth - 1)


END = object()  # of an iterator
METHODS = ("__call__", "__iter__", "__next__", "__len__", "__getitem__")
ODD = (
    UnicodeError,
    UnicodeDecodeError,
    UnicodeEncodeError,
    UnicodeTranslateError,
    ExceptionGroup,
    BaseExceptionGroup,
)  # made from more than a text
ANSWERS = {
    "call": lambda target, given, named: target(*given, **named),
    "get": lent.attribute,
    "iter": lambda target: iter(target),
    "next": lambda target: next(target, END),
    "len": lambda target: len(target),
    "item": lambda target, key: target[key],
}


def how(code):
    """How a process ended, in words."""
    if code < 0:
        return f"signal {-code}"
    return f"signal {code - 128}" if 128 < code < 193 else f"exit code {code}"


def error_output(name, text):
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [text]}


def proper(output):
    """An output of a cell in nbformat's form, whatever came; None for what is no output."""
    if not isinstance(output, dict):
        return None
    kind, data = text(output.get("output_type"), 20), output.get("data")
    if kind == "stream":
        name = "stderr" if text(output.get("name"), 20) == "stderr" else "stdout"
        return {"output_type": kind, "name": name, "text": text(output.get("text"), 200_000)}
    if kind == "error":
        lines = output.get("traceback") if isinstance(output.get("traceback"), list) else []
        return {
            "output_type": kind,
            "ename": text(output.get("ename"), 200),
            "evalue": text(output.get("evalue"), 4000),
            "traceback": [text(line, 4000) for line in lines[:60]],
        }
    if kind in ("display_data", "execute_result") and isinstance(data, dict):
        kept = {mime: data[mime] for mime in TEXTS if type(data.get(mime)) is str}
        kept.update(
            {
                mime: data[mime]
                for mime in IMAGES
                if type(data.get(mime)) is str and BASE64.fullmatch(data[mime])
            }
        )
        kept.update({mime: {} for mime in ALIVE if mime in data})
        return {
            "output_type": kind,
            "data": kept,
            "metadata": {},
            **({"execution_count": None} if kind == "execute_result" else {}),
        }
    return None


def text(value, most):
    return value[:most] if type(value) is str else ""
