"""What an answer can ask of the objects that a check lends, and that it can reach nothing else."""

import types

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from grader.checker import session as sessions
from grader.checker.remote import Remote
from grader.checker.session import Session
from grader.wire.frames import Wire
from tests.grader.checker.asking import SECRET, Asker
from tests.grader.checker.boxes import own
from utils.checks.lab03 import fine_tune

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
        best=(1,),
        lr=0.1,
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


def test_a_lent_iterator_gives_only_what_it_goes_through(answers):
    generator = own("def g():\n    secret = SECRET\n    yield 1", SECRET=SECRET).g()
    for name in {
        name for name in dir(generator) + dir(types.FrameType) if not name.startswith("_")
    }:
        with pytest.raises(AttributeError):
            answers.get(generator, name)
    assert answers.go_through(generator) == [1]
