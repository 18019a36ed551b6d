"""A student's functions that many tests call, and a box that asks for everything."""

import json
import re
from dataclasses import replace

from grader.checker import session as sessions
from grader.checker.session import Session
from tests.grader.checker.boxes import LIMITS, ForkBox, session_of

ANSWERS = """
import copy
from collections import OrderedDict
import numpy
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
        kinds = isinstance(error, ValueError), isinstance(error, KeyError)
        return type(error).__name__, *kinds, str(error)
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
def on_a_copy(f, model):
    twin = copy.deepcopy(model)
    f(twin)
    return dict(twin.state_dict())
def on_its_own(f):
    x, a, inside = torch.ones(3), numpy.zeros(2), {"x": torch.ones(1)}
    same = f(x, a, inside) is x
    return x, a, inside["x"], same
def on_its_containers(f):
    inner = [1]
    table, ordered, bag = {"a": inner}, OrderedDict(b=2), {3}
    generator = torch.Generator().manual_seed(0)
    f([inner, table], ordered, bag, generator)
    return inner, table, list(ordered.items()), bag, generator, table["a"] is inner
def on_its_network(f):
    network = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Dropout(0.5)))
    inner = network[1][0]
    f(network)
    return network, [part.training for part in network.modules()], inner is network[1][0], inner.p
def without_grad(f, *given):
    with torch.no_grad():
        return f(*given)
def grad_is_on(*_): return torch.is_grad_enabled()
def call_often(f):
    for _ in range(20): f([torch.ones(2)])
def on_batch(f): return torch.vmap(f)(torch.ones(2, 3))
def later(f, keep):
    x = torch.ones(3)
    keep(x)
    x.zero_()
    f()
"""


ALL = set(re.findall(r"^(?:def|class) (\w+)", ANSWERS, re.M))


MARK = "pelican: a secret of the checker's"


SECRET = [MARK]


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


def forked(source="x = 1", **changes):
    return session_of(source, box=ForkBox, limits=replace(LIMITS, **changes))
