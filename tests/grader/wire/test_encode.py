"""What becomes a tree: values reduced to what they hold; the rest is an object or cannot cross."""

import collections
import enum

import numpy as np
import pytest
import torch
from torch import nn

from grader.checker.remote import Remote
from grader.wire.frames import LARGEST_RAW
from grader.wire.plain import BITS, BadValue, Raw
from tests.grader.wire.wires import Pair


def test_the_order_of_a_dictionary_is_kept_also_that_of_an_ordered_one(pair):
    ordered = collections.OrderedDict(a=1, b=2)
    ordered.move_to_end("a")
    for value in ({"b": 1, "a": 2}, ordered):
        for got in pair.both_ways(value):
            assert list(got) == list(value)


def test_a_named_tuple_has_its_names_in_the_box_and_is_a_plain_tuple_for_the_checker(pair):
    Line = collections.namedtuple("Line", "slope intercept")
    there = pair.to_box(Line(2, [3]))
    assert (type(there).__name__, there.slope, there.intercept) == ("Line", 2, [3])
    got = pair.to_checker(there)
    assert type(got) is tuple and got == (2, [3])


class Liar:
    """Every question about it gets a false answer."""

    def lie(self, *ignored):
        return 42

    __eq__ = __len__ = __hash__ = __abs__ = lie
    __str__ = __repr__ = __format__ = lambda self, *ignored: "42"
    __iter__ = lambda self: iter([42])
    __bool__ = lambda self: True


for name in ("add", "radd", "sub", "pos", "int", "float", "index", "getitem", "contains"):
    setattr(Liar, f"__{name}__", Liar.lie)


class Colour(enum.IntEnum):
    RED = 7


LIARS = [
    (type("Int", (Liar, int), {"bit_length": Liar.lie})(5), 5),
    (type("Float", (Liar, float), {})(2.5), 2.5),
    (type("Str", (Liar, str), {})("abc"), "abc"),
    (type("List", (Liar, list), {})([1, 2]), [1, 2]),
    (type("Tuple", (Liar, tuple), {})((1, 2)), (1, 2)),
    (type("Set", (Liar, set), {})({1}), {1}),
    (type("Dict", (Liar, dict), {"items": Liar.lie, "keys": Liar.lie})({"a": 1}), {"a": 1}),
    (Colour.RED, 7),
    (np.str_("abc"), "abc"),
    (collections.Counter("aab"), {"a": 2, "b": 1}),
    (collections.defaultdict(list, {1: [2]}), {1: [2]}),
    (collections.namedtuple("P", "x y")(1, 2), (1, 2)),
    (torch.tensor([3.0, 1.0]).sort(), (torch.tensor([1.0, 3.0]), torch.tensor([1, 0]))),
]


@pytest.mark.parametrize("liar, truth", LIARS, ids=lambda v: type(v).__name__)
def test_a_subclass_is_reduced_to_the_plain_value_that_it_holds(pair, liar, truth):
    got = pair.to_checker(liar)
    assert type(got) is type(truth)
    assert (
        all(map(torch.equal, got, truth))
        if torch.is_tensor(truth[0] if isinstance(truth, tuple) else None)
        else got == truth
    )


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        2**BITS,
        -(2**BITS),
        nested(60),
        range(10**7),
        range(10**30),
        torch.zeros(1).expand(LARGEST_RAW),
        np.broadcast_to(np.zeros(1), (LARGEST_RAW,)),
    ],
    ids=lambda v: f"{type(v).__name__}",
)
def test_what_is_too_large_or_too_deep_cannot_cross_from_either_side(pair, value):
    for side in (pair.host, pair.guest):
        with pytest.raises(BadValue):
            side.encode(value, Raw())


def test_a_list_that_holds_itself_cannot_leave_the_box(pair):
    value = []
    value.append(value)
    with pytest.raises(BadValue, match="deep"):
        pair.guest.encode(value, Raw())


@pytest.mark.parametrize(
    "value",
    [
        object(),
        len,
        lambda: 0,
        nn.ReLU,
        np.array([object()]),
        np.array(["a"]),
        torch.eye(2).to_sparse(),
        torch.empty(2, device="meta"),
        torch.Generator,
        iter([]),
        {}.keys(),
        type("Net", (nn.Module,), {})(),
        nn.Sequential(type("Layer", (nn.Linear,), {})(1, 1)),
        slice("a"),
        nn.LSTM(1, 1),
        collections.deque(),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_the_box_sends_that_is_no_value_is_an_object_to_be_called_and_no_more(pair, value):
    assert isinstance(pair.to_checker(value), Remote)


def test_what_stands_twice_in_a_frame_is_one_object_on_the_other_side(pair):
    tensor, array = torch.ones(2), np.ones(2)
    for got in (
        pair.to_box([tensor, array, {"t": tensor}, (array,)]),
        pair.to_checker([tensor, array, {"t": tensor}, (array,)]),
    ):
        assert got[0] is got[2]["t"] and got[1] is got[3][0]


def test_tied_weights_stay_one_parameter(pair):
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    network[1].weight = network[0].weight
    for got in (pair.to_box(network), *Pair().both_ways(network)):
        assert got[0].weight is got[1].weight and len(list(got.parameters())) == 3


def test_what_cannot_cross_is_not_half_shared(pair):
    tensor = torch.ones(2)
    with pytest.raises(BadValue):
        pair.host.encode([tensor, 2**5000], Raw())
    pair.host.table.unshare(range(100))
    assert pair.to_box([tensor])[0].tolist() == [1, 1]
