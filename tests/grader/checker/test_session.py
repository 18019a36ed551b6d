import copy
import json
import math
import os
import pathlib
import random
import re
import sys
import time
import traceback
import types
from dataclasses import replace

import numpy as np
import pandas
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.checker import boxed
from grader.checker import session as sessions
from grader.checker.errors import OverLimit, ProcessEnded, Stopped, raised
from grader.checker.outputs import proper
from grader.checker.remote import NotPlain, Remote
from grader.checker.session import Session
from grader.wire.frames import HEAD, Wire
from tests.grader.checker.boxes import LIMITS, ForkBox, ThreadBox, own, session_of, student
from utils.checks.in_student import in_student
from utils.checks.lab03 import fine_tune
from utils.checks.report import CheckFailed, TookTooLong, time_limit


@pytest.fixture(scope="module")
def answers():
    """Functions of a student's that many tests call."""
    session = session_of(ANSWERS)
    names = {name for name in session.look(set(ALL)) if name}
    yield types.SimpleNamespace(session=session, **session.look(names))
    session.close()


ANSWERS = """
import copy
import torch
from torch import nn

class Own: pass

def same(x): return x
def call(f, *given, **named): return f(*given, **named)
def get(x, name): return getattr(x, name)
def add(x, y): x.add_(y)
def append(items, item): items.append(item)
def swallow(f):
    try:
        f()
    except Exception as error:
        return type(error).__name__, isinstance(error, ValueError), isinstance(error, KeyError), str(error)
def others(f):
    try:
        f()
    except Exception as error:
        raise RuntimeError("mine") from error
def go_through(items): return [x for x in items]
def first(items): return next(iter(items))
def length(items): return len(items)
def item(items, key): return items[key]
def follow(iterator):
    found = [next(iterator)]
    return found + list(iterator)
def total(batches): return sum(x.sum().item() for x, y in batches)
def spoil(batches):
    for x, y in batches:
        x.zero_(), y.zero_()
    batches.dataset.tensors[0].zero_()
def own(): return Own()
def copied(x): return copy.deepcopy(x)
def train(network, batches, loss, optimizer):
    for x, y in batches:
        optimizer.zero_grad()
        loss(network(x), y).backward()
        optimizer.step()
def deeper(f, n): return 1 if n == 0 else f(n - 1)
def prune_all(make):
    network = make()
    with torch.no_grad():
        for p in network.parameters(): p.zero_()
    return network
def leaves():
    import sys; sys.exit(3)
def interrupts(): raise KeyboardInterrupt
def fails(): return 1 / 0
def raises(kind, *given): raise kind(*given)
class Mine(KeyError): pass
def raises_mine(): raise Mine("gone")
def generates():
    yield 1
class Keeper:
    def __init__(self, model): self.model = model
    def zero(self):
        with torch.no_grad():
            for p in self.model.parameters(): p.zero_()
    def sum(self): return sum(p.sum().item() for p in self.model.parameters())
class Replacer:
    def __init__(self, model):
        self.mask = torch.tensor([[1.0, 0.0]])
        model.weight = nn.Parameter(model.weight * self.mask)
    def apply(self, model):
        with torch.no_grad(): model.weight.mul_(self.mask)
"""
ALL = {node for node in re.findall(r"^(?:def|class) (\w+)", ANSWERS, re.M)}


# --- calls


def test_a_function_that_returns_its_argument_returns_that_very_object(answers):
    function = own("f = lambda x: x").f
    for thing in (
        torch.ones(2),
        [1],
        {"a": 1},
        {1},
        np.ones(2),
        nn.Linear(1, 1),
        function,
        torch.float32,
    ):
        assert answers.same(thing) is thing
    theirs = answers.own()
    assert answers.same(theirs)._at == theirs._at


def test_a_librarys_function_goes_by_name_and_comes_back_as_an_object_of_the_box(answers):
    """Otherwise an answer could hand any function of a library to a check that calls it."""
    assert (
        answers.call(torch.add, 1, 2) == 3
        and answers.call(math.floor, 2.5) == 2
        and answers.call(len, [1]) == 1
    )
    for thing in (nn.ReLU, torch.load, eval):
        assert isinstance(answers.same(thing), Remote)


def test_an_argument_is_changed_in_place_as_at_home(answers):
    x, items = torch.ones(3), []
    answers.add(x, 2)
    answers.append(items, x)
    assert x.tolist() == [3, 3, 3] and items[0] is x


def test_what_a_student_keeps_between_calls_is_followed_in_both_directions(answers):
    model = nn.Linear(2, 2)
    keeper = answers.Keeper(model)
    weight = model.weight
    keeper.zero()
    assert model.weight is weight and not any(p.any() for p in model.parameters())
    with torch.no_grad():
        model.bias.fill_(3)
    assert keeper.sum() == 6


def test_an_optimizer_step_on_this_side_is_seen_by_the_student(answers):
    model = nn.Linear(2, 1)
    keeper = answers.Keeper(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    before = keeper.sum()
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    assert keeper.sum() == pytest.approx(before - 3, abs=1e-5)


def test_a_weight_that_the_answer_replaced_is_trained_here_and_pruned_there(answers):
    model = nn.Linear(2, 1)
    pruner = answers.Replacer(model)
    weight, optimizer = model.weight, torch.optim.SGD(model.parameters(), lr=1.0)
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    assert weight[0, 1] == -1
    first = weight[0, 0].item()
    pruner.apply(model)
    assert model.weight is weight and weight.tolist() == [[first, 0]]


def test_a_student_who_trains_with_a_lent_optimizer_and_loader_ends_where_one_does_at_home(answers):
    data = TensorDataset(torch.randn(12, 3), torch.randint(0, 2, (12,)))
    network = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    twin = copy.deepcopy(network)
    space = {}
    exec(ANSWERS, space)
    for net, train in ((network, answers.train), (twin, space["train"])):
        train(
            net,
            DataLoader(data, batch_size=4),
            nn.CrossEntropyLoss(),
            torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9),
        )
    assert all(torch.equal(a, b) for a, b in zip(network.parameters(), twin.parameters()))


@pytest.mark.parametrize(
    "value",
    [
        types,
        sys._getframe(),
        compile("1", "a", "eval"),
        10**2000,
        sys.stdout,
        object(),
        sys.stdout.write,
        np.ones(1).tofile,
        pathlib.Path("/"),
        pathlib.Path("/").write_text,
        os.system,
        pandas.DataFrame(),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_cannot_be_lent_is_the_checks_mistake_and_the_box_lives_on(answers, value):
    with pytest.raises(TypeError, match="cannot cross"):
        answers.same([torch.ones(1), value])
    assert answers.same(3) == 3 and answers.session.life == 1


def test_values_of_the_answer_that_are_objects_of_its_own_are_not_plain(answers):
    assert isinstance(answers.own(), Remote)
    with pytest.raises(NotPlain):
        list(answers.generates())


# --- exceptions


@pytest.mark.parametrize(
    "name, given, kind, text",
    [
        ("ValueError", ["no"], ValueError, "no"),
        ("KeyError", ["k"], KeyError, "'k'"),
        ("OSError", [2, "gone"], FileNotFoundError, "[Errno 2] gone"),
        ("ZeroDivisionError", [], ZeroDivisionError, ""),
        ("AssertionError", [], AssertionError, ""),
        ("ExceptionGroup", ["a", [ValueError(1)]], RuntimeError, None),
        ("UnicodeDecodeError", ["utf-8", b"a", 0, 1, "bad"], ValueError, None),
        ("NotImplementedError", [], NotImplementedError, ""),
        ("StopIteration", [3], StopIteration, "3"),
        ("SyntaxError", ["a", ("f", 1, 2, "x")], SyntaxError, None),
        ("ImportError", ["a"], ImportError, "a"),
        ("RecursionError", ["deep"], RecursionError, "deep"),
    ],
)
def test_an_exception_of_the_answer_arrives_as_the_nearest_built_in_one(name, given, kind, text):
    error = raised_by_box(name, given)
    assert isinstance(error, kind) and (text is None or str(error) == text)


def raised_by_box(name, given):
    import builtins

    from grader.box.agent import described

    try:
        raise getattr(builtins, name)(*given)
    except BaseException as error:
        return raised(json.loads(json.dumps(described(error))))


def test_a_class_of_the_students_is_its_built_in_base_with_the_students_name(answers):
    with pytest.raises(KeyError) as caught:
        answers.raises_mine()
    assert type(caught.value).__name__ == "Mine" and "gone" in str(caught.value)


def test_the_line_of_the_answer_comes_with_its_exception(answers):
    with pytest.raises(ZeroDivisionError) as caught:
        answers.fails()
    assert caught.value.student_line[0] == 1 + ANSWERS[: ANSWERS.index("return 1 / 0")].count("\n")


def test_what_ends_a_program_does_not_end_the_checker(answers):
    for ending in (answers.leaves, answers.interrupts):
        with pytest.raises(Stopped):
            ending()
    assert answers.same(1) == 1


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"kinds": None},
        {"kinds": "ValueError"},
        {"kinds": [[], 5, None, "print", "ValueError"]},
        {"kinds": ["SystemExit"]},
        {"kinds": ["CheckHung"]},
        {"kinds": ["BaseExceptionGroup"]},
        {"kinds": ["ExceptionGroup"], "text": "a"},
        {"kinds": ["UnicodeDecodeError"], "type": "UnicodeDecodeError", "args": ["a"]},
        {"kinds": ["ValueError"], "type": "a b"},
        {"kinds": ["ValueError"], "type": "x" * 10**5, "text": "y" * 10**6},
        {"kinds": ["ValueError"], "type": "\ud800", "text": "\ud800"},
        {"kinds": ["OSError"], "args": [2, "x"], "type": "OSError"},
        {"kinds": ["ValueError"], "line": [10**3000, "x"]},
        {"kinds": ["ValueError"], "line": ["a", 5]},
        {"kinds": ["ValueError"], "text": {"a": [1]}},
        {"kinds": ["KeyError"] * 10**5},
        {"kinds": ["StopAsyncIteration"], "args": [[1]]},
        {"kinds": ["SyntaxError"], "args": ["a", 1, 2, 3], "type": "SyntaxError"},
        {"kinds": ["ValueError"], "args": "abc", "text": "abc"},
    ],
    ids=lambda tree: str(tree)[:50],
)
def test_whatever_describes_an_exception_makes_an_ordinary_one(tree):
    error = raised(tree)
    assert (
        isinstance(error, Exception) and len(str(error)) <= 2000 and len(type(error).__name__) <= 60
    )
    assert not getattr(error, "interrupts", False) and not isinstance(
        error, (OverLimit, ProcessEnded)
    )


# --- callbacks


class Odd(ValueError):
    pass


class OddKey(KeyError):
    pass


def test_an_exception_of_the_check_passes_through_the_answer_as_itself(answers):
    for error in (
        Odd("a"),
        OddKey("b"),
        StopIteration(3),
        CheckFailed("c"),
        RuntimeError(),
        AttributeError("x"),
        UnicodeDecodeError("utf-8", b"a", 0, 1, "d"),
        ExceptionGroup("e", [Odd()]),
    ):
        with pytest.raises(type(error)) as caught:
            answers.call(own("def f(): raise error", error=error).f)
        assert caught.value is error


def test_an_answer_can_catch_an_exception_of_the_check_by_its_built_in_class(answers):
    name, value, key, text = answers.swallow(own("def f(): raise Odd('a')", Odd=Odd).f)
    assert (name, value, key, text) == ("ValueError", True, False, "Odd: a")
    assert answers.swallow(own("def f(): raise OddKey('b')", OddKey=OddKey).f)[:3] == (
        "KeyError",
        False,
        True,
    )
    with pytest.raises(RuntimeError, match="mine"):
        answers.others(own("def f(): raise Odd('a')", Odd=Odd).f)


def test_a_wrong_number_of_arguments_for_a_function_of_the_check_is_a_type_error(answers):
    with pytest.raises(TypeError, match="positional argument"):
        answers.call(own("def f(a): return a").f)


def test_arguments_and_results_of_functions_of_the_check_cross_both_ways(answers):
    seen = []
    f = own(
        "def f(*given, **named):\n    seen.append((given, named))\n    return {'x': given}",
        seen=seen,
    ).f
    x = torch.ones(2)
    assert answers.call(f, x, [1], key=x)["x"][1] == [1]
    ((given, named),) = seen
    assert given[0] is x and named["key"] is x


def test_calls_go_to_and_fro(answers):
    def down(n):
        return 1 + answers.deeper(here.f, n)

    here = own("f = lambda n: down(n)", down=down)
    assert answers.deeper(here.f, 8) == 9


def test_a_fresh_value_of_a_function_of_the_check_is_not_lost(answers):
    assert answers.call(own("import torch\nf = lambda: torch.arange(3)").f).tolist() == [0, 1, 2]
    made = []
    make = own(
        "def f():\n    made.append(nn.Linear(2, 2))\n    return made[-1]", made=made, nn=nn
    ).f
    assert answers.prune_all(make) is made[0] and not made[0].weight.any()
    weak = answers.prune_all(own("f = lambda: nn.Linear(2, 2)", nn=nn).f)
    assert not weak.weight.any()


LOADERS = '''
class Loader:
    """A course's own loader: made by a generator, with a length."""
    def __init__(self, batches): self.batches = batches
    def __iter__(self):
        for x, y in self.batches:
            yield x, y
    def __len__(self): return len(self.batches)
    def __getitem__(self, key): return self.batches[key]
'''


def test_loaders_are_gone_through_in_the_answer(answers):
    x, y = torch.arange(6.0).view(6, 1), torch.arange(6)
    made = own(LOADERS).Loader(list(zip(x.split(2), y.split(2))))
    for loader in (DataLoader(TensorDataset(x, y), batch_size=2), made):
        assert answers.total(loader) == 15 and answers.length(loader) == 3
        assert torch.equal(answers.first(loader)[0], x[:2])
    assert torch.equal(answers.item(made, 1)[0], x[2:4])
    assert answers.follow(iter([1, 2, 3])) == [1, 2, 3] == answers.go_through(map(abs, (-1, 2, -3)))
    assert answers.go_through({"a": 1}.items()) == [("a", 1)]


def test_the_data_behind_a_lent_loader_stay_as_they_are(answers):
    x, y = torch.ones(4, 1), torch.ones(4)
    for loader in (
        DataLoader(TensorDataset(x, y), batch_size=None),
        DataLoader(TensorDataset(x, y), batch_size=2),
    ):
        answers.spoil(loader)
        assert x.all() and y.all()


def test_a_lent_object_cannot_be_copied_away(answers):
    with pytest.raises(TypeError, match="Loader of the check cannot be copied"):
        answers.copied(own(LOADERS).Loader([]))


def test_too_large_a_result_for_the_box_is_an_error_there_and_no_end(answers):
    f = own("import torch\nf = lambda: torch.zeros(20_000_000)").f
    assert "too large" in answers.swallow(f)[3]
    assert answers.same(1) == 1


# --- what can be reached

MARK = "pelican: a secret of the checker's"
SECRET = [MARK]
FORBIDDEN = (
    types.ModuleType,
    types.FrameType,
    types.CodeType,
    types.TracebackType,
    types.CellType,
    Session,
    Remote,
    sessions.CheckerSide,
    Wire,
)


class Asker:
    """A box that asks for everything: a session whose answers are looked at as they go out."""

    def __init__(self):
        self.session = Session(None, ["checks", "model"], LIMITS)
        self.session.box = self
        self.session.objects = self.objects = sessions.CheckerSide(self.session)
        self.wire, self.sent = self, []

    def send(self, tree, raw=()):
        self.last = json.loads(json.dumps(tree)), b"".join(raw)

    def ask(self, what, number, *more):
        before = set(self.objects.kept)
        self.session.answer(self, {"ask": what, "h": number, "m": list(more)}, sessions.Came())
        tree, raw = self.last
        assert MARK not in json.dumps(tree) and MARK.encode() not in raw
        return set(self.objects.kept) - before

    def lend(self, value):
        self.objects.encode(value, sessions.Raw())


NAMES = sorted(
    {
        name
        for kind in (
            types.FunctionType,
            types.MethodType,
            types.GeneratorType,
            types.FrameType,
            types.CodeType,
            types.TracebackType,
            types.ModuleType,
            type,
            object,
            BaseException,
            AttributeError,
            NameError,
            ImportError,
            StopIteration,
            list,
            dict,
            map,
            types.BuiltinMethodType,
            property,
        )
        for name in dir(kind)
    }
)
KEYS = [
    0,
    -1,
    "a",
    "train",
    "__globals__",
    "masks",
    {"t": "slice", "v": [None, None, None]},
    None,
    {"t": "tuple", "v": [0]},
]


KEEP_ZEROS = """
class KeepZeros:
    def __init__(self, model):
        self.masks = {'a': 1}
    def apply(self, model):
        raise AttributeError('x', name='y', obj=SECRET)
"""
LAMBDAS = """
import os
import torch
secret = SECRET
def f(x=SECRET):
    return 1
f.secret = SECRET
g = lambda: f
def fails():
    raise KeyError('a')
def loop():
    yield 1
class Base:
    shared = 1
    def m(self): return self
    @property
    def p(self): return {'f': f}
"""


def lent_by_lab_03():
    """What the checks of lab 03 lend to an answer, and what its cells do."""
    spies = fine_tune.Spies(
        nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3)),
        {"0.weight": torch.ones(12, 6) > 0},
        torch.Generator(),
    )
    keep, lambdas = own(KEEP_ZEROS, SECRET=SECRET), own(LAMBDAS, SECRET=SECRET)
    x, y = torch.ones(2, 1), torch.ones(2)
    return [
        spies.loaders,
        *spies.loaders.values(),
        spies._train,
        spies._train(),
        fine_tune.Pruner({"0.weight": torch.ones(2)}),
        keep.KeepZeros(None),
        keep.KeepZeros,
        lambdas.f,
        lambdas.g,
        lambdas.fails,
        lambdas.loop(),
        lambdas.Base(),
        lambdas.Base,
        lambdas.Base().m,
        DataLoader(TensorDataset(x, y)),
        iter(DataLoader(TensorDataset(x, y))),
        TensorDataset(x, y),
        torch.optim.SGD([nn.Parameter(x)], lr=0.1),
        nn.LSTM(1, 1),
        own(
            "class Net(nn.Module):\n    forward = lambda self: SECRET and 1", nn=nn, SECRET=SECRET
        ).Net(),
        SECRET.append,
        [].append,
        zip([1], [2]),
        {}.keys(),
    ]


def test_nothing_of_the_checkers_own_is_within_four_steps_of_what_the_checks_lend():
    asker = Asker()
    for thing in lent_by_lab_03():
        asker.lend(thing)
    front = set(asker.objects.kept)
    assert len(front) > 20
    for _ in range(4):
        found = set()
        for number in front:
            target = asker.objects.kept[number]
            for name in sorted(
                {
                    *NAMES,
                    *dir(target),
                    *dir(type(target)),
                    *vars(type(target)),
                    *getattr(target, "__dict__", ()),
                }
            ):
                found |= asker.ask("get", number, name)
            for what, *more in [
                ("iter",),
                ("next",),
                ("len",),
                *(("item", key) for key in KEYS),
                ("call", {"t": "list", "v": []}, {"t": "dict", "v": []}),
            ]:
                found |= asker.ask(what, number, *more)
        front = {
            number
            for number in found
            if len(
                [
                    n
                    for n in found
                    if type(asker.objects.kept[n]) is type(asker.objects.kept[number])
                    and n < number
                ]
            )
            < 25
        }
        for number in asker.objects.kept:
            check_harmless(asker.objects.kept[number])
    assert len(asker.objects.kept) > 50


def check_harmless(thing):
    assert not isinstance(thing, FORBIDDEN) and thing is not SECRET
    assert not isinstance(thing, BaseException)
    assert (
        not isinstance(thing, type)
        or thing.__module__ in ("__main__",)
        or thing.__module__.startswith("utils.")
    )
    inside = getattr(thing, "bound", thing)
    assert getattr(inside, "__self__", None) is None or not isinstance(
        inside.__self__, types.ModuleType
    )


def test_what_only_the_checker_may_see_would_be_found():
    with pytest.raises(AssertionError):
        check_harmless(types)
    asker = Asker()
    asker.lend(own("class Leak:\n    secret = SECRET", SECRET=SECRET).Leak())
    with pytest.raises(AssertionError):
        asker.ask("get", 1, "secret")


@pytest.mark.parametrize(
    "name",
    [
        "__class__",
        "_private",
        "gi_frame",
        "gi_code",
        "tb_frame",
        "__globals__",
        "__self__",
        "__dict__",
        "func",
        "",
        None,
        5,
        {"t": "list", "v": []},
    ],
)
def test_a_name_that_an_answer_may_not_ask_for_is_an_attribute_error_there(name):
    asker = Asker()
    for thing in lent_by_lab_03()[1:]:
        asker.lend(thing)
    for number in list(asker.objects.kept):
        asker.ask("get", number, name)
        assert asker.last[0]["raise"]["type"] == "AttributeError"


def test_exceptions_of_the_check_are_known_to_the_box_by_number_alone():
    asker = Asker()
    asker.lend(
        own("def f():\n    raise AttributeError('a', name='b', obj=SECRET)", SECRET=SECRET).f
    )
    asker.ask("call", 1, {"t": "list", "v": []}, {"t": "dict", "v": []})
    number = asker.last[0]["raise"]["number"]
    with pytest.raises(sessions.BadValue):
        asker.ask("get", number, "obj")


def test_a_lent_iterator_gives_only_what_it_goes_through(answers):
    generator = own("def g():\n    secret = SECRET\n    yield 1", SECRET=SECRET).g()
    for name in {
        name for name in dir(generator) + dir(types.FrameType) if not name.startswith("_")
    }:
        with pytest.raises(AttributeError):
            answers.get(generator, name)
    assert answers.go_through(generator) == [1]


# --- hostile boxes


def recorded(scenario, source, rooms=("checks",)):
    """The frames that an honest box sends in a scenario."""
    frames = []

    class Recorder(Wire):
        def send(self, tree, raw=()):
            raw = [bytes(piece) for piece in raw]
            frames.append((json.loads(json.dumps(tree)), b"".join(raw)))
            super().send(tree, raw)

    def serve(wire):
        student(Recorder(wire.reader, wire.writer))

    outcome = played(scenario, source, serve, rooms)
    return frames, outcome


def played(scenario, source, serve, rooms=("checks",)):
    """What a scenario comes to against a box: its exception or what it returns."""
    session = Session(lambda: ThreadBox(serve), list(rooms), LIMITS)
    try:
        outputs = session.run_cell("the cell answer", source)
        assert json.dumps(outputs)
        return scenario(session)
    except Exception as error:
        return error
    finally:
        session.close()


def saying(frames):
    """A box that says these frames, whatever it is asked."""

    def serve(wire):
        wire.receive()
        try:
            for tree, raw in frames:
                text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
                wire._write(HEAD.pack(len(text), len(raw)) + text + raw)
            while True:
                wire.receive()
        except Exception:
            return

    return serve


SCENARIO = """
print("hello")
import torch
from torch import nn
class Answer:
    def __init__(self, model): self.model = model; self.masks = {"a": torch.ones(2)}
    def go(self, f, loader, items):
        for x, y in loader:
            f(self.model(x))
        items.append(3); self.model.weight.data.mul_(0.5); self.model.bias = nn.Parameter(torch.zeros(1))
        return [self.masks, nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)), (1, 2.5, "a", None), torch.zeros(2).numpy(), slice(1), torch.Size([1]), {1}]
def broken(): raise ValueError("no")
"""


def scenario(session):
    Answer = session.look({"Answer", "broken"})["Answer"]
    model, items, seen = nn.Linear(2, 1), [1], []
    here = own("f = lambda x: seen.append(x.shape)", seen=seen)
    answer = Answer(model)
    masks, network, plain, array, *rest = answer.go(
        here.f, DataLoader(TensorDataset(torch.ones(4, 2), torch.ones(4)), batch_size=2), items
    )
    network(torch.ones(3, 2))
    assert answer.masks["a"].tolist() == [1, 1] and items == [1, 3]
    with pytest.raises(ValueError):
        session.look({"broken"})["broken"]()
    return masks["a"].tolist(), plain, array.tolist(), rest


STRANGE = [
    None,
    True,
    -1,
    0,
    1,
    2**70,
    1.5,
    "",
    "x",
    "\ud800",
    [],
    {},
    [[]],
    {"t": "list"},
    {"t": "ref", "r": 1},
    {"t": "yours", "h": 1},
    {"t": "handle", "h": 1, "n": "x", "c": True},
    [1] * 1000,
    "x" * 100_000,
    {"t": "tensor", "d": "float32", "s": [10**9], "g": False, "p": False, "b": [0, 4]},
    {"checker": 1},
    {"kinds": ["SystemExit"]},
]


def mutated(tree, chance):
    """The tree with one random place made into something else."""
    tree = copy.deepcopy(tree)
    places = []

    def collect(node):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            places.append((node, key))
            if isinstance(node[key], (dict, list)):
                collect(node[key])

    collect(tree)
    node, key = chance.choice(places)
    how = chance.randrange(5)
    if how == 0:
        del node[key]
    elif how == 1 and isinstance(node, dict):
        node[
            chance.choice(
                ["t", "r", "at", "raise", "ask", "value", "values", "sync", "h", "m", "x"]
            )
        ] = node.pop(key)
    elif how == 2:
        other, place = chance.choice(places)
        node[key] = copy.deepcopy(other[place])
    else:
        node[key] = copy.deepcopy(chance.choice(STRANGE))
    return tree


@pytest.fixture(scope="module")
def honest():
    frames, outcome = recorded(scenario, SCENARIO)
    assert not isinstance(outcome, Exception), outcome
    return frames


def test_the_honest_frames_played_back_come_to_the_same(honest):
    outcome = played(scenario, SCENARIO, saying(honest))
    assert not isinstance(outcome, Exception)
    assert {"ask", "value", "values", "raise"} <= {key for tree, _ in honest for key in tree}


def is_meant(error):
    """Whether an exception was raised on purpose: where a session raises what it has found out, or
    by the check's own code."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return (
        "tests/grader" in last.filename
        or "grader" not in last.filename
        or last.name
        in (
            "outcome",
            "broken",
            "alive",
            "answer",
            "method",
        )
    )


@pytest.mark.parametrize("seed", range(20))
def test_frames_that_are_wrong_somewhere_end_the_box_and_never_the_checker(honest, seed):
    chance = random.Random(seed)
    begun = time.monotonic()
    for _ in range(25):
        frames = [list(frame) for frame in honest]
        for _ in range(chance.randrange(1, 4)):
            frame = chance.choice(frames)
            frame[0] = mutated(frame[0], chance) if frame[0] else frame[0]
        if chance.random() < 0.1:
            frame[1] = frame[1][: chance.randrange(len(frame[1]) + 1)]
        outcome = played(scenario, SCENARIO, saying(frames))
        assert not isinstance(outcome, (sessions.BadValue, sessions.WireError))
        assert not isinstance(outcome, Exception) or is_meant(outcome), "".join(
            traceback.format_exception(outcome)
        )
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"[]",
        b"5",
        b"null",
        b'"x"',
        b"{}",
        b'{"value":null}',
        b'{"raise":null}',
        b'{"raise":{"checker":[]}}',
        b'{"raise":{"checker":7}}',
        b'{"ask":"call","h":1,"m":[]}',
        b'{"ask":"eval","h":1,"m":["1"]}',
        b'{"ask":"__class__"}',
        b'{"ask":[]}',
        b'{"value":{"t":"name","n":"os.system"}}',
        b'{"values":5}',
        b'{"values":[[]]}',
        b'{"values":[[[],1]]}',
        b'{"value":null,"sync":5}',
        b'{"value":null,"sync":[[1,{}]]}',
        b'{"value":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"value":1e999}',
        b"{" * 1000,
        b"\xff" * 100,
        b'{"value":NaN}',
        b'{"value":{"t":"list","v":[{"t":"handle","h":1,"n":"x","c":true}]}}',
        b'{"value":{"t":"tuple","v":[{"t":"list","v":[{"t":"dict","v":[["output_type",{"t":"handle","h":1,"n":"x","c":true}]]}]},true]}}',
    ],
    ids=lambda text: text[:40].decode(errors="replace"),
)
def test_any_reply_to_a_cell_leaves_the_rest_of_the_notebook_to_be_graded(first):
    seeded = ({"value": None}, b"")
    session = Session(lambda: ThreadBox(saying([seeded, (first, b"")])), [], LIMITS)
    outputs = session.run_cell("the cell answer", "1")
    assert all(output["output_type"] == "error" for output in outputs) and json.dumps(
        session.events
    )
    session.open_box = lambda: ThreadBox(student)
    session.close()
    session.run_cell("the cell next", "x = 5")
    assert session.look({"x"}) == {"x": 5}
    session.close()


def test_a_box_that_asks_without_end_is_ended():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "MOST_QUESTIONS", 50)
        session = session_of("def f(g):\n    while True: g()")
        with pytest.raises(ProcessEnded, match="too many questions"):
            session.look({"f"})["f"](own("g = lambda: 1").g)
        session.close()


def test_a_box_that_does_not_read_is_ended_when_its_time_is_over():
    def deaf(wire):
        wire.receive()
        wire.send({"value": None})
        wire.receive()
        wire.send({"value": None})
        time.sleep(1)

    session = Session(lambda: ThreadBox(deaf), [], replace(LIMITS, cell=0.5))
    session.run_cell("the cell answer", "1")
    with pytest.raises(OverLimit):
        session.call(1, 1, (torch.zeros(5_000_000),), {})
    session.close()


# --- outputs


@pytest.mark.parametrize(
    "output",
    [
        None,
        5,
        [],
        {},
        {"output_type": []},
        {"output_type": "widget"},
        {"output_type": "stream"},
        {"output_type": "stream", "text": 5, "name": {}},
        {"output_type": "stream", "text": "x" * 10**6},
        {"output_type": "error", "ename": None, "evalue": [], "traceback": "abc"},
        {
            "output_type": "error",
            "ename": "x" * 1000,
            "evalue": "y" * 10**5,
            "traceback": ["z" * 10**5] * 100,
        },
        {"output_type": "display_data"},
        {"output_type": "display_data", "data": []},
        {"output_type": "display_data", "data": {5: 5}},
        {
            "output_type": "execute_result",
            "data": {
                "text/plain": 5,
                "text/html": "<b>",
                "application/javascript": "alert(1)",
                "image/png": '" onerror="alert(1)',
                "image/jpeg": "abc=",
            },
            "metadata": {"a": 1},
        },
    ],
    ids=lambda output: str(output)[:50],
)
def test_an_output_is_in_nbformats_form_whatever_came(output):
    import nbformat

    came = proper(output)
    if came is not None:
        cell = {
            "cell_type": "code",
            "id": "a",
            "metadata": {},
            "source": "",
            "execution_count": None,
            "outputs": [came],
        }
        nbformat.validate({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        assert len(json.dumps(came)) < 1_000_000 and "alert" not in json.dumps(came)


def test_the_outputs_of_a_submission_have_an_end():
    huge = {"output_type": "stream", "name": "stdout", "text": "x" * 190_000}
    session = Session(None, [], LIMITS)
    assert len(session.outputs.fitting([huge] * 250)) == 26
    for _ in range(10):
        session.outputs.fitting([huge] * 250)
    assert session.outputs.fitting([huge] * 250) == []


# --- probes


@in_student
def grad_was_on(answer, x):
    """Looks at something that cannot be seen from outside."""
    seen = []
    answer(lambda: seen.append(torch.is_grad_enabled()), x)
    return seen, x


def test_a_probe_runs_beside_the_answer_and_at_home_alike(answers):
    x = torch.ones(1)
    probe_source = session_of(
        "import torch\ndef answer(f, x):\n    with torch.no_grad():\n        f()\n    x.add_(1)"
    )
    assert grad_was_on(probe_source.look({"answer"})["answer"], x) == ([False], x) and x.item() == 2
    probe_source.close()
    assert grad_was_on(lambda f, x: f(), x) == ([True], x)


def test_the_fine_tune_check_of_lab_03_passes_through_the_wire():
    session = session_of(
        "import copy, torch\nfrom torch import nn\nfrom utils.model import evaluate, train\n"
        + FINE_TUNE,
        rooms=("checks", "model"),
    )
    fine_tune.check_fine_tune(session.look({"fine_tune"})["fine_tune"])
    session.close()


FINE_TUNE = """
def fine_tune(model, pruner, dataloader, epochs, lr=0.05):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=1e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * len(dataloader["train"]))
    accuracies, best = [], None
    for _ in range(epochs):
        train(model, dataloader["train"], nn.functional.cross_entropy, optimizer, scheduler, callbacks=[lambda: pruner.apply(model)])
        accuracies.append(evaluate(model, dataloader["validation"]))
        if accuracies[-1] == max(accuracies):
            best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return accuracies
"""


# --- time of the checks


def test_the_checks_own_time_limit_ends_the_box_and_the_next_call_has_a_new_one():
    session = session_of("def slow():\n    import time\n    time.sleep(1)\ndef quick(): return 1")
    with pytest.raises(TookTooLong), time_limit(0.2):
        session.look({"slow"})["slow"]()
    assert session.box is None and session.events == [("the cell answer", "time", "ran over 0.2 s")]
    assert session.look({"quick"})["quick"]() == 1 and session.starts == 2
    session.close()


def test_a_time_limit_in_a_call_further_in_ends_the_call_further_out():
    session = session_of("def slow():\n    import time\n    time.sleep(1)\ndef call(f): f()")
    names = session.look({"slow", "call"})
    with pytest.raises(TookTooLong), time_limit(0.2):
        names["call"](own("f = lambda: slow()", slow=names["slow"]).f)
    assert session.box is None
    session.close()


def test_a_new_box_that_a_callback_started_is_not_taken_for_the_old_one():
    session = session_of("def call(f): return f()\nx = 3")
    call = session.look({"call"})["call"]

    def restart():
        session.close()
        return session.look({"x"})["x"]

    with pytest.raises(ProcessEnded):
        call(own("f = lambda: restart()", restart=restart).f)
    assert session.look({"x"}) == {"x": 3} and session.starts == 2
    session.close()


def test_a_call_that_dies_inside_a_callback_that_swallows_it_is_not_lost():
    session = session_of("def dies(f): raise SystemError\ndef call(f): return f()")
    names = session.look({"dies", "call"})

    def swallow():
        try:
            session.box.kill()
            names["dies"](1)
        except ProcessEnded:
            return 5

    with pytest.raises(ProcessEnded, match="ended the Python process"):
        names["call"](own("f = lambda: swallow()", swallow=swallow).f)
    session.close()


# --- processes that end


def forked(source="x = 1", **changes):
    return session_of(source, box=ForkBox, limits=replace(LIMITS, **changes))


@pytest.mark.parametrize(
    "ending, words",
    [
        ("os._exit(0)", "exit code 0"),
        ("os._exit(7)", "exit code 7"),
        ("os.kill(os.getpid(), 9)", "signal 9"),
        ("ctypes.string_at(0)", "signal 11"),
        ("os.close(WIRE)", "exit code 0"),
        ("os.execv('/bin/true', ['true'])", "exit code 0"),
    ],
)
def test_a_call_that_ends_the_process_costs_that_call(ending, words):
    session = forked(
        (
            "import ctypes, os, sys\nWIRE = sys._getframe(3).f_locals['self'].wire.writer\ndef "
            f"ends(): {ending}\ndef works(): return 5"
        )
    )
    with pytest.raises(ProcessEnded) as caught:
        session.look({"ends"})["ends"]()
    assert words in str(caught.value) and session.events == [
        ("the cell answer", "ended", str(caught.value))
    ]
    assert session.look({"works"})["works"]() == 5 and session.starts == 2
    session.close()


def test_cells_that_ran_are_run_again_once_in_a_new_process_and_the_one_that_ended_it_is_not(
    tmp_path,
):
    log = tmp_path / "log"
    session = forked(
        f"def note(word):\n    with open({str(log)!r}, 'a') as file: file.write(word)\nnote('a')"
    )
    session.run_cell("the cell two", "note('b'); x = 3")
    assert (
        session.run_cell("the cell three", "note('c'); import os; os._exit(1)")[0]["ename"]
        == "ProcessEnded"
    )
    session.run_cell("the cell four", "note('d')")
    assert log.read_text() == "abc" + "ab" + "d"
    assert session.look({"x", "nothing"}) == {"x": 3}
    assert [(where, kind) for where, kind, _ in session.events] == [("the cell three", "ended")]
    session.close()


def test_objects_of_an_ended_process_are_not_taken_for_those_of_the_next():
    session = forked(
        "import os\nclass A:\n    def end(self): os._exit(1)\n    def one(self): return 1\n"
        "    def same(self, x): return x\n    def call(self, f): return f()"
    )
    old = session.look({"A"})["A"]()
    with pytest.raises(ProcessEnded):
        old.end()
    new = session.look({"A"})["A"]()
    assert new.one() == 1
    with pytest.raises(ProcessEnded, match="has ended"):
        old.one()
    A, x = session.look({"A"})["A"], torch.ones(1)
    with pytest.raises(ProcessEnded, match="has ended"):
        A.one([x, old])
    with pytest.raises(TypeError, match="has ended"):
        A.call(new, own("f = lambda: old", old=old).f)
    assert A.same(new, x) is x and session.starts == 2
    session.close()


def test_a_process_that_ends_again_and_again_is_not_started_for_ever():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boxed, "STARTS", 3)
        session = forked()
        for _ in range(5):
            shown = session.run_cell("the cell end", "import os; os._exit(1)")
        assert session.starts == 3 and "ended its process 3 times" in shown[0]["evalue"]
        with pytest.raises(ProcessEnded):
            session.look({"x"})
        session.close()


def test_a_process_that_ends_when_its_cells_are_run_again_costs_the_rest_and_no_more(tmp_path):
    once = tmp_path / "once"
    session = forked(
        (
            f"import os\nif os.path.exists({str(once)!r}): os._exit(1)\nopen({str(once)!r}, "
            "'w')\ndef ends(): os._exit(1)"
        )
    )
    with pytest.raises(ProcessEnded):
        session.look({"ends"})["ends"]()
    for _ in range(3):
        with pytest.raises(ProcessEnded):
            session.look({"ends"})
    session.close()


# --- limits


def test_a_cell_that_runs_too_long_is_ended_and_the_next_one_runs():
    session = forked(cell=0.8)
    for source in (
        "while True: pass",
        "while True:\n    try: import time; time.sleep(10)\n    except BaseException: pass",
    ):
        assert session.run_cell("the cell slow", source)[0]["evalue"] == "ran over 0.8 s"
    session.run_cell("the cell next", "y = 2")
    assert session.look({"x", "y"}) == {"x": 1, "y": 2}
    assert session.events == [("the cell slow", "time", "ran over 0.8 s")]
    session.close()


def test_calls_to_and_fro_do_not_lengthen_the_time_of_a_call():
    session = forked(
        (
            "def call(f):\n    import time\n    time.sleep(0.8)\n    return f()\ndef slow():\n   "
            " import time\n    time.sleep(3)"
        ),
        cell=1,
    )
    names = session.look({"call", "slow"})
    begun = time.monotonic()
    with pytest.raises(OverLimit):
        names["call"](own("f = lambda: slow()", slow=names["slow"]).f)
    assert time.monotonic() - begun < 1.6
    session.close()


def test_the_time_of_a_submission_ends_its_cells_and_runs_no_more():
    session = forked(submission=0.8)
    assert (
        "for the whole notebook"
        in session.run_cell("the cell slow", "while True: pass")[0]["evalue"]
    )
    assert session.run_cell("the cell next", "x = 2")[0]["evalue"].startswith("not run: over 0.8 s")
    with pytest.raises(OverLimit):
        session.look({"x"})
    session.close()


def test_memory_beyond_the_limit_ends_the_process_with_its_children():
    session = forked(memory=1 << 30)
    source = (
        "import os, time\nif os.fork() == 0:\n    kept = bytearray(600 << 20)\n    "
        "time.sleep(20)\nkept = bytearray(600 << 20)\ntime.sleep(20)"
    )
    assert (
        session.run_cell("the cell large", source)[0]["evalue"]
        == "used more than 1024 MB of memory"
    )
    assert session.events == [("the cell large", "memory", "used more than 1024 MB of memory")]
    assert session.look({"x"}) == {"x": 1}
    session.close()


def test_output_without_end_is_cut_and_the_cell_ended_by_its_time():
    session = forked(cell=0.8)
    assert (
        session.run_cell("the cell loud", "while True: print('x' * 10_000)")[0]["evalue"]
        == "ran over 0.8 s"
    )
    shown = session.run_cell("the cell long", "for k in range(100): print(chr(120) * 10_000)")
    assert (
        session.events == [("the cell loud", "time", "ran over 0.8 s")] and shown == []
    )  # without IPython it prints to nowhere
    session.close()


def test_a_process_that_the_kernel_ended_for_want_of_memory_is_over_its_limit():
    session = forked()
    session.box.ran_out = lambda: True
    assert (
        "MB of memory"
        in session.run_cell("the cell large", "import os; os.kill(os.getpid(), 9)")[0]["evalue"]
    )
    session.close()


def test_texts_of_any_characters_are_kept_and_can_be_written():
    session = forked(
        "bad = 'a\\ud800b'\ndef f(): raise ValueError(bad)\ndef g(): return {bad: [bad]}"
    )
    names = session.look({"f", "g"})
    with pytest.raises(ValueError) as caught:
        names["f"]()
    assert str(caught.value) == "a\ud800b" and names["g"]() == {"a\ud800b": ["a\ud800b"]}
    session.close()


# --- a box as it is in grading


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    from grader.box import plan, stage

    folder = tmp_path_factory.mktemp("stage")
    folder.chmod(0o755)
    stage.build(folder, ["model"], plan.USER, plan.HOME)
    return plan.Plan(
        folder, plan.own_user(), ("model",), ("import torch\nprint('opened')\n3",), 2 << 30, 60
    )


@pytest.mark.box
def test_a_real_box_runs_cells_and_calls_and_starts_again(plan):
    from grader.box import backends

    name = "landlock" if backends.possible("landlock") is None else "none"
    boxes = backends.starter(name, plan)
    session = Session(boxes.box, ["model"], LIMITS)
    session.run_cell(
        "the cell answer",
        "print('hello')\ndef double(x): return 2 * x\ndef end():\n    import os\n    os._exit(3)",
    )
    assert session.opening == [
        [
            {"output_type": "stream", "name": "stdout", "text": "opened\n"},
            {
                "output_type": "execute_result",
                "data": {"text/plain": "3"},
                "metadata": {},
                "execution_count": None,
            },
        ]
    ]
    names = session.look({"double", "end"})
    assert names["double"](torch.ones(2)).tolist() == [2, 2]
    with pytest.raises(ProcessEnded, match="exit code 3"):
        names["end"]()
    assert session.look({"double"})["double"](3) == 6
    session.close(), boxes.close()
