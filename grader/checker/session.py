"""A student's notebook in a box: its cells run there, and its functions are called there."""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import torch

from grader.checker import lent
from grader.checker.boxed import Boxed
from grader.checker.errors import OverLimit, ProcessEnded, places, raised
from grader.checker.objects import CheckerSide, by_source, data_in
from grader.checker.outputs import Output, Outputs, error_output, validated
from grader.course.limits import Limits
from grader.wire.frames import TooLarge, WireError
from grader.wire.plain import BadValue, Came, Raw

MOST_QUESTIONS = 200_000
END = object()  # of an iterator
Fill = Callable[[dict[str, Any], Raw], None]  # adds the arguments to a message

ANSWERS: dict[str, Callable[..., Any]] = {
    "call": lambda target, given, named: target(*given, **named),
    "get": lent.attribute,
    "iter": lambda target: iter(target),
    "next": lambda target: next(target, END),
    "len": lambda target: len(target),
    "item": lambda target, key: target[key],
}


class Session(Boxed):
    """The conversation of the checker with the box of one submission."""

    def __init__(self, open_box: Callable[[], Any], rooms: Sequence[str], limits: Limits) -> None:
        super().__init__(open_box, limits)
        self.rooms, self.outputs = rooms, Outputs()
        self.own: dict[int, Any] = {}  # by id: what is lent as a copy
        self.stopped: dict[str, str] = {}  # why an answer is not there, by its name
        self.ours: dict[str, Any] = {}  # what stands for the student's own functions, by name

    def made_objects(self) -> CheckerSide:
        return CheckerSide(self)

    def keep(self, space: dict[str, Any]) -> None:
        """From now on the data that the names of the lab's own opening cells hold are lent as
        copies."""
        self.own = {id(value): value for value in data_in(space.values())}

    # --- messages

    def request(self, message: dict[str, Any], fill: Fill | None = None) -> Any:
        """Sends a message, serves what the box asks meanwhile, and returns the reply decoded. fill:
        adds arguments to it."""
        box, objects, borrowed = self.box, self.objects, len(self.objects.table.borrowed)
        outer, now = self.deadline, time.monotonic()
        self.deadline = min(now + self.limits.cell, self.end, outer or self.end)
        if outer is None:
            objects.table.hold()
        try:
            self.begin(box, message, fill)
            return self.outcome(*self.wait(box))
        except (WireError, BadValue) as error:
            self.broken(box, error)
        except BaseException as error:
            if getattr(error, "interrupts", False):
                # the checks' own time limit: the box is still at work
                over = f"ran over {getattr(error, 'seconds', 0):g} s"
                self.note("time", over)
                self.ended = OverLimit(over)
                self.close()
            raise
        finally:
            self.deadline = outer
            objects.table.give_back(borrowed)
            if outer is None:
                objects.table.held.clear()

    def begin(self, box: Any, message: dict[str, Any], fill: Fill | None) -> None:
        """Sends the first message of a request. TypeError when an argument cannot cross: that is
        not the box's fault."""
        raw, before = Raw(), self.objects.table.last
        try:
            message["sync"] = self.objects.changes(raw)
            if fill:
                fill(message, raw)
            self.send(box, message, raw)
        except BaseException as error:
            self.objects.table.unshare(range(before + 1, self.objects.table.last + 1))
            if isinstance(error, (BadValue, TooLarge)):
                raise TypeError(f"an argument cannot be passed to the answer: {error}") from None
            raise

    def send(self, box: Any, message: dict[str, Any], raw: Raw) -> None:
        objects = self.objects
        known = {"gone": objects.table.released, "adopt": objects.adopted}
        box.wire.send({**message, **known}, raw.pieces)
        objects.table.released, objects.adopted = [], []
        self.objects.sent(raw)

    def wait(self, box: Any) -> tuple[dict[str, Any], Came]:
        """The reply; questions that come before it are answered."""
        for _ in range(MOST_QUESTIONS):
            reply, data = box.wire.receive()
            came = Came(data)
            if not isinstance(reply, dict):
                raise BadValue("a frame that is not a message")
            self.objects.apply(reply.get("sync", []), came)
            if "ask" not in reply:
                return reply, came
            self.answer(box, reply, came)
        raise BadValue("too many questions")

    def outcome(self, reply: dict[str, Any], came: Came) -> Any:
        with BadValue.of_everything():
            if "raise" in reply:
                tree = reply["raise"]
                number = tree.get("checker")
                error: Any = raised(tree) if number is None else self.objects.errors[number]
                error.student_places = places(tree.get("at"))
            elif "values" in reply:
                return {
                    name: self.objects.decode(tree, came)
                    for name, tree in reply["values"]
                    if type(name) is str
                }
            else:
                return self.objects.decode(reply["value"], came)
        raise error

    def answer(self, box: Any, question: dict[str, Any], came: Came) -> None:
        """Does with an object of the checker what the student's code asks for."""
        with BadValue.of_everything():
            do, target = ANSWERS[question["ask"]], self.objects.mine(question["h"])
            more = [self.objects.decode(tree, came) for tree in question["m"]]
            theirs = self.objects.adopt(came)
        gradients = question.get("g") is not False
        try:
            self.send_reply(box, partial(do, target, *more), gradients, theirs)
        finally:
            self.objects.table.unshare(theirs)

    def send_reply(
        self, box: Any, do: Callable[[], Any], gradients: bool, theirs: list[int]
    ) -> None:
        """gradients: whether torch's are on, as they are where the question comes from; theirs: the
        numbers of the box's own objects, which are shared until the reply is out."""
        raw, sync, value, message = Raw(), [], None, None
        try:
            with torch.set_grad_enabled(gradients):
                value = do()
        except Exception as error:
            message = {"raise": self.objects.error(error)}
        if self.box is not box:  # it was a call back into the box, which ended there
            raise self.ended
        before = self.objects.table.last
        try:
            sync = self.objects.changes(raw)
            message = message or (
                {"done": True}
                if value is END
                else {"value": self.objects.copied(self.objects.encode, value, raw)}
            )
            self.send(box, {**message, "sync": sync, "back": theirs}, raw)
        except (BadValue, TooLarge, ProcessEnded) as error:
            self.objects.table.unshare(range(before + 1, self.objects.table.last + 1))
            refused = TypeError(f"a value from the check cannot be passed to the answer: {error}")
            self.send(box, {"raise": self.objects.error(refused), "back": theirs}, Raw())

    # --- what the checker does with it

    def run_cell(self, name: str, source: str) -> list[Output]:
        """Runs a cell of the student's. Returns its outputs in nbformat's form."""
        self.where = name
        try:
            self.ensure()
        except (OverLimit, ProcessEnded) as error:
            return [error_output(type(error).__name__, str(error))]
        try:
            shown = self.cell(source)
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
        kept = self.outputs.fitting(list(filter(None, map(validated, outputs))))
        if cut is True or len(kept) < len(outputs):
            self.note("output", "printed more than is kept")
        return kept

    def cell(self, source: str) -> Any:
        return self.request({"do": "cell", "source": source}, self.put_ours)

    def put_ours(self, message: dict[str, Any], raw: Raw) -> None:
        message["ours"] = [
            [name, self.objects.encode(value, raw)] for name, value in self.ours.items()
        ]

    def look(self, names: Iterable[str]) -> dict[str, Any]:
        """The values of the student's names, those that there are: a dictionary."""
        self.ensure()
        self.objects.table.sort_out()  # of what the last check used
        found = self.request({"do": "look", "names": sorted(names)}, self.put_ours)
        return (
            {name: value for name, value in found.items() if name in names}
            if isinstance(found, dict)
            else {}
        )

    def call(self, number: int, life: int, given: Sequence[Any], named: dict[str, Any]) -> Any:
        self.alive(life)
        return self.request({"do": "call", "h": number}, self.filler(given, named))

    def get(self, number: int, life: int, name: str) -> Any:
        self.alive(life)
        return self.request({"do": "get", "h": number, "n": name})

    def probe(self, probe: Any, given: Sequence[Any], named: dict[str, Any]) -> Any:
        """Runs a function of the checks in the box; only plain values that it returns count."""
        self.ensure()
        return self.request({"do": "probe", **by_source(probe)}, self.filler(given, named))

    def filler(self, given: Sequence[Any], named: dict[str, Any]) -> Fill:
        def fill(message: dict[str, Any], raw: Raw) -> None:
            message["g"] = torch.is_grad_enabled()
            message["a"] = [self.objects.encode(value, raw) for value in given]
            message["k"] = [
                [name, self.objects.encode(value, raw)] for name, value in named.items()
            ]

        return fill

    def number_of(self, remote: Any) -> int:
        session, number, life = remote._at
        self.alive(life)
        return number
