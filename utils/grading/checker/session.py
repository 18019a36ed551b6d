"""A student's notebook in a box: its cells run there, its functions are called there, and it starts again when it dies."""
import inspect
import threading
import time
from itertools import count

from utils.grading.box import tree as processes
from utils.grading.box.values import BadValue, Codec, Raw, known, KNOWN_ROOTS
from utils.grading.box.wire import Closed, WireError
from utils.grading.checker.errors import OverLimit, ProcessEnded, raised
from utils.grading.checker.remote import Remote, stand_in

STARTS = 12             # of the box for one submission
PAUSE = 0.05            # seconds between two looks at a box
MOST_QUESTIONS = 200_000
MB = 1 << 20


class Objects(Codec):
    """The checker's side of the wire: it numbers what it sends, and keeps objects of its own that the box may use."""

    gives_numbers = True

    def __init__(self, session):
        super().__init__()
        self.session, self.kept, self.numbers = session, {}, {}
        self.next = count(1)

    def opaque(self, value):
        if isinstance(value, Remote):
            return {"t": "yours", "h": self.session.number_of(value)}
        if name := well_known(value, self.session.rooms):
            return {"t": "name", "n": name}
        if inspect.ismodule(value) or inspect.isframe(value) or inspect.iscode(value):
            raise BadValue(f"a {type(value).__name__} cannot cross")
        number = self.numbers.get(id(value))
        if number is None:
            number = next(self.next)
            self.kept[number], self.numbers[id(value)] = value, number
        kind = type(value)
        return {"t": "handle", "h": number, "n": kind.__name__, "c": callable(value), "i": hasattr(kind, "__iter__"),
                "l": hasattr(kind, "__len__"), "g": hasattr(kind, "__getitem__")}

    def mine(self, number):
        return self.kept[number]

    def theirs(self, tree):
        return stand_in(self.session, tree, self.session.life)

    def let_go(self):
        """Forgets the objects lent to the box."""
        self.kept.clear()
        self.numbers.clear()


def well_known(value, rooms):
    """The full name of a function or class of a package that is in the box too; None otherwise."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not (isinstance(module, str) and isinstance(name, str)) or inspect.ismethod(value):
        return None
    inside = module.split(".")[0] in KNOWN_ROOTS or any(f"{module}.".startswith(f"utils.{room}.") for room in rooms)
    try:
        return f"{module}.{name}" if inside and known(f"{module}.{name}") is value else None
    except (AttributeError, BadValue, ImportError):
        return None


class Session:
    """The box of one submission.

    open_box: makes a new `backends.Box`. limits: `Limits`. Events are kept as (cell, kind, text).
    """

    def __init__(self, open_box, rooms, limits):
        self.open_box, self.rooms, self.limits = open_box, rooms, limits
        self.box, self.objects, self.life, self.starts = None, None, 0, 0
        self.done = []                          # the cells that have run, to be run again in a new box
        self.events, self.where = [], "the start"
        self.opening, self.reason, self.deadline = [], None, None
        self.end = time.monotonic() + limits.submission
        self.waiting = 0

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
            reply = self.request({"do": "cell", "source": source})
            if not isinstance(reply, dict):
                break

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
        if self.box is box:
            self.reason = reason
            box.kill()

    def close(self):
        """Ends the box. Returns the exit code of the student's process."""
        box, self.box = self.box, None
        if self.objects:
            self.objects.let_go()
        return box.close() if box else 0

    def fallen(self, error):
        """The box is gone or speaks no sense: ends it, keeps why, and raises that."""
        reason = self.reason
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
        raise (ProcessEnded if kind == "ended" else OverLimit)(text) from None

    def overtime(self):
        whole = time.monotonic() > self.end
        return f"ran over {self.limits.submission if whole else self.limits.cell:g} s" + (" for the whole notebook" if whole else "")

    def note(self, kind, text):
        if (self.where, kind, text) not in self.events:
            self.events.append((self.where, kind, text))

    # --- messages

    def request(self, message, fill=None):
        """Sends a message, serves what the box asks meanwhile, and returns the reply decoded. fill: adds arguments to it."""
        objects, borrowed = self.objects, len(self.objects.borrowed)
        raw = Raw()
        if fill:
            fill(message, raw)
        outer, self.deadline = self.deadline, min(time.monotonic() + self.limits.cell, self.end)
        try:
            self.send(message, raw)
            reply, came = self.wait()
            return self.outcome(reply, came)
        except (WireError, BadValue) as error:
            self.fallen(error)
        except BaseException as error:
            if getattr(error, "interrupts", False):         # the checks' own time limit: the box is still at work
                self.note("time", f"ran over {error.seconds:g} s")
                self.close()
            raise
        finally:
            self.deadline = outer
            objects.give_back(borrowed)

    def send(self, message, raw):
        message["sync"] = self.objects.changes(raw)
        message["gone"], self.objects.released = self.objects.released, []
        self.box.wire.send(message, raw.pieces)

    def wait(self):
        """The reply; questions that come before it are answered."""
        for _ in range(MOST_QUESTIONS):
            reply, came = self.box.wire.receive()
            if not isinstance(reply, dict):
                raise BadValue("a frame that is no message")
            self.objects.apply(reply.get("sync", []), came)
            if "ask" not in reply:
                return reply, came
            self.answer(reply, came)
        raise BadValue("too many questions")

    def outcome(self, reply, came):
        if "raise" in reply:
            tree = reply["raise"]
            if not isinstance(tree, dict):
                raise BadValue("an exception that is none")
            if "checker" in tree:
                raise self.objects.mine(tree["checker"])
            raise raised(tree)
        if "value" in reply:
            return self.objects.decode(reply["value"], came)
        if "values" in reply:
            return {str(name): self.objects.decode(tree, came) for name, tree in reply["values"]}
        return reply

    def answer(self, question, came):
        """Does with an object of the checker what the student's code asks for."""
        target = self.objects.mine(question["h"])
        more = [self.objects.decode(tree, came) for tree in question["m"]]
        raw = Raw()
        try:
            message = ANSWERS[question["ask"]](self.objects, target, more, raw)
        except AttributeError as error:
            message = {"raise": {"attribute": True, "text": str(error)}}
        except Exception as error:
            if self.box is None:            # it was a call back into the box, which ended there
                raise
            number = next(self.objects.next)
            self.objects.kept[number] = error
            message = {"raise": {"number": number, "text": f"{type(error).__name__}: {error}"[:2000]}}
        self.send(message, raw)

    # --- what the checker does with it

    def run_cell(self, name, source):
        """Runs a cell of the student's. Returns its outputs in nbformat's form."""
        self.where = name
        try:
            self.ensure()
            reply = self.request({"do": "cell", "source": source})
        except (OverLimit, ProcessEnded) as error:
            return [error_output(type(error).__name__, str(error))]
        if not isinstance(reply, dict) or not isinstance(reply.get("outputs"), list):
            return []
        self.done.append(source)
        if reply.get("cut") is True:
            self.note("output", "printed more than is kept")
        return [output for output in map(proper, reply["outputs"][:250]) if output]

    def look(self, names):
        """The values of the student's names, those that there are: a dictionary."""
        self.ensure()
        return {name: value for name, value in self.request({"do": "look", "names": sorted(names)}).items() if name in names}

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
            message = {"do": "probe", "source": inspect.getsource(probe), "n": probe.__name__}
        return self.request(message, self.filler(given, named))

    def filler(self, given, named):
        def fill(message, raw):
            message["a"] = [self.objects.encode(value, raw) for value in given]
            message["k"] = [[name, self.objects.encode(value, raw)] for name, value in named.items()]
        return fill

    def alive(self, life):
        if self.box is None or life != self.life:
            raise ProcessEnded("the process with this object has ended")

    def number_of(self, remote):
        session, number, life = remote._at
        self.alive(life)
        return number


def call_it(objects, target, more, raw):
    given, named = more
    return {"value": objects.encode(target(*given, **named), raw)}


def get_it(objects, target, more, raw):
    name, = more
    if not isinstance(name, str) or name.startswith("_"):
        raise AttributeError(f"{name}")
    return {"value": objects.encode(getattr(target, name), raw)}


def next_of(objects, target, more, raw):
    try:
        return {"done": False, "value": objects.encode(next(target), raw)}
    except StopIteration:
        return {"done": True, "value": None}


ANSWERS = {
    "call": call_it, "get": get_it, "next": next_of,
    "iter": lambda objects, target, more, raw: {"value": objects.encode(iter(target), raw)},
    "len": lambda objects, target, more, raw: {"value": len(target)},
    "item": lambda objects, target, more, raw: {"value": objects.encode(target[more[0]], raw)},
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
    kind = output.get("output_type")
    if kind == "stream":
        return {"output_type": kind, "name": "stderr" if output.get("name") == "stderr" else "stdout", "text": str(output.get("text"))[:200_000]}
    if kind == "error":
        lines = output.get("traceback") if isinstance(output.get("traceback"), list) else []
        return {"output_type": kind, "ename": str(output.get("ename"))[:200], "evalue": str(output.get("evalue"))[:4000],
                "traceback": [str(line)[:4000] for line in lines[:60]]}
    if kind in ("display_data", "execute_result") and isinstance(output.get("data"), dict):
        data = {str(mime)[:100]: value[:2_000_000] if isinstance(value, str) else {} for mime, value in list(output["data"].items())[:10]}
        return {"output_type": kind, "data": data, "metadata": {}, **({"execution_count": None} if kind == "execute_result" else {})}
    return None
