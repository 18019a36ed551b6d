import collections
import enum
import gc
import json
import math
import random

import numpy as np
import pytest
import torch
from torch import nn

from grader.checker.remote import Remote
from grader.wire.frames import LARGEST_RAW
from grader.wire.plain import BITS, BadValue, Came, Raw
from grader.wire.tensors import DTYPES, bytes_of
from tests.grader.wire.wires import Pair


@pytest.fixture
def pair():
    return Pair()


def same_tensor(a, b):
    return (
        type(a) is type(b)
        and a.dtype == b.dtype
        and a.shape == b.shape
        and a.requires_grad == b.requires_grad
        and bytes_of(a) == bytes_of(b)
    )


# --- values by value


def tensors():
    numbers = torch.tensor([[0.0, -0.0, 1.5], [float("nan"), float("inf"), -float("inf")]])
    yield from (
        numbers.to(kind) for kind in (torch.float64, torch.float32, torch.float16, torch.bfloat16)
    )
    yield from (
        torch.tensor([[-3, 0], [7, 100]]).to(kind)
        for kind in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool)
    )
    complex_numbers = torch.tensor([1 + 2j, complex(-0.0, float("nan"))])
    yield from (
        complex_numbers.to(torch.complex64),
        complex_numbers.to(torch.complex128),
        complex_numbers.conj(),
        complex_numbers.conj().imag,
    )
    yield from (
        torch.tensor(3.5),
        torch.tensor(True),
        torch.empty(0),
        torch.empty(2, 0, 3, dtype=torch.int8),
    )
    yield from (
        torch.arange(12.0).view(3, 4).t(),
        torch.arange(12.0)[::3],
        torch.tensor(2.0).expand(4, 5),
        torch.arange(8.0).flip(0)[1:5],
    )
    yield from (
        torch.ones(2, requires_grad=True),
        torch.ones(2, dtype=torch.complex64, requires_grad=True),
    )
    yield from (
        nn.Parameter(torch.randn(2, 3)),
        nn.Parameter(torch.arange(3), requires_grad=False),
        nn.Parameter(torch.zeros(2, dtype=torch.complex64)),
    )
    yield torch.tensor([0x7FC00001, 0x7F800001, 0x00000001], dtype=torch.int32).view(
        torch.float32
    )  # NaNs with a payload, a denormal


@pytest.mark.parametrize("tensor", list(tensors()), ids=lambda t: f"{t.dtype}{list(t.shape)}"[6:])
def test_a_tensor_arrives_with_its_bits_dtype_shape_and_kind(pair, tensor):
    for got in pair.both_ways(tensor):
        assert same_tensor(
            got,
            tensor.detach().resolve_conj().resolve_neg().requires_grad_(tensor.requires_grad)
            if type(tensor) is torch.Tensor
            else tensor,
        )


def test_every_dtype_of_the_wire_is_among_the_tensors_tried():
    assert {tensor.dtype for tensor in tensors()} == set(DTYPES.values())


def test_the_result_of_a_computation_arrives_as_a_leaf_that_requires_grad(pair):
    got = pair.to_checker(torch.ones(2, requires_grad=True) * 3)
    assert got.requires_grad and got.is_leaf and got.tolist() == [3, 3]


def test_a_gradient_arrives_with_its_tensor(pair):
    weight = nn.Parameter(torch.ones(3))
    (weight.square().sum()).backward()
    for got in pair.both_ways(weight):
        assert torch.equal(got.grad, 2 * torch.ones(3))


ARRAYS = [
    *(np.array([[1, 0], [3, 100]]).astype(kind) for kind in "bBhHiIlLqQefdgFDG?"),
    np.array([-0.0, np.nan, np.inf]),
    np.zeros((0, 3)),
    np.array(2.5),
    np.arange(12).reshape(3, 4).T,
    np.arange(10)[::-2],
    np.broadcast_to(np.float32(3), (2, 5)),
    np.arange(3, dtype=">i4"),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype.str}{list(a.shape)}")
def test_an_array_arrives_with_its_bits_dtype_and_shape(pair, array):
    for got in pair.both_ways(array):
        assert (
            type(got) is np.ndarray
            and got.dtype == array.dtype
            and got.shape == array.shape
            and got.tobytes() == array.tobytes()
        )
        got[...] = 0  # and is nobody else's


@pytest.mark.parametrize(
    "scalar",
    [
        np.float32(0.1),
        np.float64(-0.0),
        np.int8(-3),
        np.bool_(True),
        np.uint64(2**64 - 1),
        np.complex64(1 - 2j),
    ],
)
def test_a_numpy_scalar_arrives_as_one(pair, scalar):
    for got in pair.both_ways(scalar):
        assert type(got) is type(scalar) and got.tobytes() == scalar.tobytes()


PLAIN = [
    None,
    True,
    False,
    0,
    -1,
    2**63,
    -(2**64),
    2**BITS - 1,
    -(2**BITS) + 1,
    0.0,
    1.5,
    5e-324,
    math.inf,
    -math.inf,
    "",
    "a\x00\n\u20ac\U0001f600",
    b"",
    bytes(range(256)),
    2 + 3j,
    complex(0.0, -math.inf),
    slice(None),
    slice(1, None, -2),
    range(0),
    range(5, -5, -3),
    range(2**70, 2**70 + 3),
    ...,
    torch.Size([2, 0, 3]),
    torch.Size([]),
    torch.float32,
    torch.bfloat16,
    torch.uint16,
    torch.device("cpu"),
    torch.device("cuda:1"),
    [],
    (),
    {},
    set(),
    frozenset(),
    [1, [2, [3, (4, {5: 6})]]],
    {(1, "a"): [1.5], None: (), 2.5: {1, 2}, frozenset({3}): 3},
    {1, (2, 3)},
    ({"a": None},),
    [[]] * 3,
]


@pytest.mark.parametrize("value", PLAIN, ids=lambda v: repr(v)[:30])
def test_a_plain_value_arrives_equal_and_of_the_same_type(pair, value):
    for got in pair.both_ways(value):
        assert got == value and types_of(got) == types_of(value)


def types_of(value):
    if type(value) is dict:
        return [dict, *((types_of(key), types_of(item)) for key, item in value.items())]
    return [type(value), *map(types_of, value)] if type(value) in (list, tuple) else [type(value)]


@pytest.mark.parametrize("value", [-0.0, math.nan])
def test_minus_zero_and_nan_arrive_as_themselves(pair, value):
    for got in pair.both_ways(value):
        assert math.copysign(1, got) == math.copysign(1, value) and (got != got) == (value != value)


def test_the_order_of_a_dictionary_is_kept_also_that_of_an_ordered_one(pair):
    ordered = collections.OrderedDict(a=1, b=2)
    ordered.move_to_end("a")
    for value in ({"b": 1, "a": 2}, ordered):
        for got in pair.both_ways(value):
            assert list(got) == list(value)


def test_a_generator_arrives_in_its_state(pair):
    generator = torch.Generator().manual_seed(5)
    torch.rand(3, generator=generator)
    for got in pair.both_ways(generator):
        assert torch.equal(
            torch.rand(4, generator=got), torch.rand(4, generator=generator.clone_state())
        )


def test_a_named_tuple_has_its_names_in_the_box_and_is_a_plain_tuple_for_the_checker(pair):
    Line = collections.namedtuple("Line", "slope intercept")
    there = pair.to_box(Line(2, [3]))
    assert (type(there).__name__, there.slope, there.intercept) == ("Line", 2, [3])
    got = pair.to_checker(there)
    assert type(got) is tuple and got == (2, [3])


# --- what lies is reduced to what it holds


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


class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, kinds, given=(), named=None):
        return torch.ones(7)


class LyingParameter(nn.Parameter):
    __torch_function__ = LyingTensor.__torch_function__


@pytest.mark.parametrize("kind", [LyingTensor, LyingParameter])
def test_a_tensor_that_lies_about_itself_is_reduced_to_its_bytes(pair, kind):
    real = torch.tensor([1.0, -2.0, 0.0])
    got = pair.to_checker([real.as_subclass(kind)])[0]
    assert type(got) is (nn.Parameter if kind is LyingParameter else torch.Tensor) and torch.equal(
        got, real
    )


# --- what cannot cross


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


def test_the_same_object_of_the_box_has_the_same_number_twice(pair):
    thing = object()
    first, second = pair.to_checker([thing, thing])
    assert first._at[1] == second._at[1] == pair.to_checker(thing)._at[1]


# --- objects that both know


def test_an_argument_that_is_changed_in_the_box_is_changed_at_home(pair):
    tensor, array, numbers, table, bag, generator = (
        torch.ones(3),
        np.ones(3),
        [1],
        {"a": 1},
        {1},
        torch.Generator().manual_seed(1),
    )
    there = pair.to_box([tensor, array, numbers, table, bag, generator])
    (
        there[0].mul_(2),
        there[2].append([2]),
        there[3].update(b=2),
        there[4].add(2),
        there[5].manual_seed(9),
    )
    there[1][0] = 5
    pair.to_checker(None)
    assert (
        tensor.tolist() == [2, 2, 2]
        and array.tolist() == [5, 1, 1]
        and numbers == [1, [2]]
        and table == {"a": 1, "b": 2}
        and bag == {1, 2}
    )
    assert generator.initial_seed() == torch.Generator().manual_seed(9).initial_seed()


def test_an_object_of_the_checker_comes_back_as_itself(pair):
    things = [
        torch.ones(2),
        np.ones(2),
        [1],
        {"a": 1},
        {1},
        torch.Generator(),
        nn.Linear(2, 2),
        nn.Parameter(torch.ones(1)),
        nn.Sequential(nn.ReLU()),
    ]
    for thing, back in zip(things, pair.to_checker(pair.to_box(list(things))[::-1])[::-1]):
        assert back is thing


def test_what_stands_twice_in_a_frame_is_one_object_on_the_other_side(pair):
    tensor, array = torch.ones(2), np.ones(2)
    for got in (
        pair.to_box([tensor, array, {"t": tensor}, (array,)]),
        pair.to_checker([tensor, array, {"t": tensor}, (array,)]),
    ):
        assert got[0] is got[2]["t"] and got[1] is got[3][0]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.mul_(2),
        lambda t: t.data.fill_(7),
        lambda t: setattr(t, "data", torch.zeros(5)),
        lambda t: setattr(t, "data", torch.zeros(2, dtype=torch.float64)),
        lambda t: t.requires_grad_(),
        lambda t: t.numpy().fill(3),
        lambda t: t.neg_().abs_(),
        lambda t: t.resize_(0),
        lambda t: t.fill_(math.nan),
        lambda t: setattr(t, "grad", torch.ones(2)),
    ],
)
def test_a_tensor_changed_in_any_way_arrives_changed_in_both_directions(pair, change):
    for first, second in ((0, 1), (1, 0)):
        ends = [torch.tensor([1.0, -2.0])]
        ends.append(pair.to_box(ends[0]))
        oracle = torch.tensor([1.0, -2.0])
        with torch.no_grad():
            change(ends[first])
            change(oracle)
        pair.to_box(None) if first == 0 else pair.to_checker(None)
        assert same_tensor(ends[second], oracle)
        assert (ends[second].grad is None) == (oracle.grad is None)
        assert oracle.grad is None or torch.equal(ends[second].grad, oracle.grad)


def test_a_gradient_made_in_the_box_trains_the_network_at_home(pair):
    network = nn.Linear(2, 1)
    before = network.weight.detach().clone()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
    pair.to_box(network)(torch.ones(1, 2)).sum().backward()
    pair.to_checker(None)
    optimizer.step()
    assert torch.allclose(network.weight, before - 0.5)
    optimizer.zero_grad()
    assert pair.to_box(network).weight.grad is None


def test_a_parameter_replaced_in_the_box_is_a_new_one_at_home(pair):
    network = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    old_weight, old_bias = network[0].weight, network[0].bias
    pair.to_box(network)[0].weight = nn.Parameter(torch.zeros(2, 2))
    pair.to_checker(None)
    assert (
        network[0].weight is not old_weight
        and network[0].bias is old_bias
        and not network[0].weight.any()
    )


def test_layers_replaced_added_and_set_up_anew_in_the_box_are_so_at_home(pair):
    network = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Dropout(0.1))
    there = pair.to_box(network)
    there[0] = nn.Linear(2, 3, bias=False)
    there.append(nn.Tanh())
    there[1].momentum = 0.7
    there[2].p = 0.9
    there.eval()
    there[1].register_buffer("mask", torch.ones(3))
    pair.to_checker(None)
    assert (
        network[0].bias is None
        and type(network[3]) is nn.Tanh
        and network[1].momentum == 0.7
        and network[2].p == 0.9
    )
    assert not any(
        module.training
        for module in network.modules()
        if module is not network[0] and module is not network[3]
    )
    assert "mask" in dict(network.named_buffers(recurse=True)) or "1.mask" in dict(
        network.named_buffers()
    )


def test_what_the_box_puts_into_a_network_is_known_to_both_from_then_on(pair):
    network = nn.Sequential(nn.Linear(2, 2))
    there = pair.to_box(network)
    kept = there[0].weight = nn.Parameter(torch.zeros(2, 2))
    there.append(nn.Linear(2, 2))
    pair.to_checker(None)
    here, layer = network[0].weight, network[1]
    with torch.no_grad():
        here.add_(1), layer.bias.fill_(3)
    pair.to_box(None)
    assert kept.tolist() == [[1, 1], [1, 1]] and there[1].bias.tolist() == [3, 3]
    with torch.no_grad():
        kept.mul_(5), there[1].bias.mul_(5)
    assert pair.to_checker(kept) is here is network[0].weight and here.tolist() == [[5, 5], [5, 5]]
    assert network[1] is layer and layer.bias.tolist() == [15, 15]
    pair.host.table.held.clear()
    del here, layer
    network[1] = nn.ReLU()
    gc.collect()
    pair.to_box(None)
    assert (
        kept is there[0].weight
        and type(there[1]) is nn.ReLU
        and len(pair.guest.table.shared) == len(pair.host.table.shared) == 5
    )


def test_what_the_box_puts_into_a_list_is_known_to_both_from_then_on(pair):
    items = []
    there = pair.to_box(items)
    there.append(torch.zeros(1))
    pair.to_checker(None)
    first = items[0]
    there[0].add_(1)
    pair.to_checker(None)
    assert items[0] is first and first.item() == 1


def test_batch_norm_statistics_come_home(pair):
    network, x = nn.Sequential(nn.BatchNorm1d(3)), torch.randn(8, 3)
    twin = nn.Sequential(nn.BatchNorm1d(3))
    pair.to_box(network)(x), twin(x)
    pair.to_checker(None)
    assert all(
        torch.equal(a, b) for a, b in zip(network.state_dict().values(), twin.state_dict().values())
    )


def test_an_object_kept_by_the_box_is_followed_as_long_as_it_lives(pair):
    tensor = torch.zeros(2)
    kept = pair.to_box(tensor)
    for step in range(1, 4):
        kept.add_(1)
        pair.to_checker(None)
        assert tensor.tolist() == [step, step]
        tensor.mul_(10)
        pair.to_box(None)
        assert kept.tolist() == [10 * step, 10 * step]
        tensor.div_(10), pair.to_box(None)


def test_an_object_that_is_gone_at_home_is_an_ordinary_one_in_the_box(pair):
    kept = pair.to_box(torch.zeros(2))
    pair.host.table.held.clear()
    gc.collect()
    pair.to_box(None)
    assert not pair.guest.table.shared and pair.to_checker(kept).tolist() == [0, 0]


def test_containers_are_shared_until_they_are_given_back(pair):
    numbers = [1]
    kept = pair.to_box(numbers)
    pair.host.table.give_back()
    pair.to_box(None)
    kept.append(2)
    pair.to_checker(None)
    assert numbers == [1] and not pair.guest.table.shared


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


def test_an_argument_changed_into_what_cannot_cross_says_so_once(pair):
    numbers = [1]
    pair.to_box(numbers).append(2**5000)
    with pytest.raises(BadValue, match="900 digits"):
        pair.to_checker(None)
    assert pair.to_checker(3) == 3 and numbers == [1]


def test_a_frame_that_was_not_sent_leaves_its_changes_for_the_next(pair):
    tensor = torch.zeros(1)
    pair.to_box(tensor).add_(1)
    pair.guest.changes(Raw())
    pair.to_checker(None)
    assert tensor.item() == 1


def operations(seed):
    """Functions that change one state (a list of a tensor, a network, a list, a dictionary, an
    array) in place."""
    choose = random.Random(seed)

    def random_tensor():
        return torch.tensor([choose.uniform(-2, 2) for _ in range(4)])

    moves = [
        lambda s, x: s[0].add_(x),
        lambda s, x: s[0].mul_(-1),
        lambda s, x: setattr(s[0], "data", x.clone()),
        lambda s, x: s[1][0].weight.data.copy_(x.view(2, 2)),
        lambda s, x: setattr(s[1][0], "bias", nn.Parameter(x[:2].clone())),
        lambda s, x: s[1].train(not s[1].training),
        lambda s, x: s[1][1](x.view(2, 2)),
        lambda s, x: s[2].append(x.tolist()),
        lambda s, x: s[2] and s[2].pop(),
        lambda s, x: s[2].insert(0, s[0]),
        lambda s, x: s[3].update({x.tolist()[0]: x.clone()}),
        lambda s, x: s[3].pop(next(iter(s[3]), None), None),
        lambda s, x: s[4].__setitem__(slice(0, 2), x.numpy()[:2]),
        lambda s, x: s[3].update(same=s[4]),
        lambda s, x: s[1][0].weight.requires_grad_(not s[1][0].weight.requires_grad),
        lambda s, x: s[1][0].bias.add_(x[:2]),
        lambda s, x: (
            s[1].__setitem__(0, nn.Linear(2, 2)),
            s[1][0].weight.data.copy_(x.view(2, 2)),
            s[1][0].bias.data.copy_(x[:2]),
        ),
        lambda s, x: s[2][0].sub_(1) if s[2] and torch.is_tensor(s[2][0]) else 0,
        lambda s, x: s[2].append(x.clone()),
        lambda s, x: s[3] and next(iter(s[3].values())).__imul__(2),
    ]
    return [(choose.choice(moves), random_tensor(), choose.random() < 0.5) for _ in range(80)]


def start():
    network = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    with torch.no_grad():
        network[0].weight.fill_(0.5), network[0].bias.fill_(0.25)
    return [torch.zeros(4), network, [], {}, np.zeros(4)]


def picture(state):
    tensor, network, numbers, table, array = state
    shown = [
        tensor.tolist(),
        [(name, p.tolist(), p.requires_grad) for name, p in network.named_parameters()],
        [b.tolist() for b in network.buffers()],
        network.training,
        [n.tolist() if torch.is_tensor(n) else n for n in numbers],
        [(k, v.tolist()) for k, v in table.items()],
        array.tolist(),
        [n is tensor for n in numbers],
        [v is array for v in table.values()],
    ]
    return json.dumps(shown)


@pytest.mark.parametrize("seed", range(15))
def test_random_changes_on_either_side_of_the_wire_end_as_they_would_at_home(seed):
    pair, home, here = Pair(), start(), start()
    there = list(pair.to_box(tuple(here)))
    for change, x, in_box in operations(seed):
        with torch.no_grad():
            change(home, x)
            change(there if in_box else here, x)
        pair.to_box(None) if not in_box else pair.to_checker(None)
        assert picture(here) == picture(there) == picture(home)


# --- hostile trees


def raises(tree, data=b""):
    with pytest.raises(BadValue):
        Pair().host.decode(tree, Came(data))


TENSOR = {"t": "tensor", "d": "float32", "s": [2], "g": False, "p": False, "b": [0, 8]}


@pytest.mark.parametrize(
    "tree",
    [
        [],
        [1],
        {},
        {"t": "?"},
        {"t": []},
        {"t": None},
        {"t": "ref"},
        {"t": "ref", "r": 99},
        {"t": "ref", "r": []},
        {"t": "again", "at": 0},
        {"t": "again", "at": []},
        {"t": "name", "n": "os.system"},
        {"t": "yours", "h": 1},
        {"t": "yours", "h": []},
        {"t": "handle"},
        {"t": "handle", "h": "1", "n": "a", "c": True},
        {"t": "handle", "h": True, "n": "a", "c": 1},
        {"t": "list", "v": 5},
        {"t": "list", "v": [[]]},
        {"t": "dict", "v": [[{"t": "list", "v": []}, 1]]},
        {"t": "dict", "v": [[1]]},
        {"t": "set", "v": [{"t": "list", "v": []}]},
        {**TENSOR, "s": [3]},
        {**TENSOR, "s": [10**9]},
        {**TENSOR, "s": [-2]},
        {**TENSOR, "s": [2.0]},
        {**TENSOR, "s": "ab"},
        {**TENSOR, "s": [True, 2]},
        {**TENSOR, "b": [0, 9]},
        {**TENSOR, "b": [-1, 8]},
        {**TENSOR, "b": [4, 8]},
        {**TENSOR, "b": [0.0, 8]},
        {**TENSOR, "b": [0, 10**30]},
        {**TENSOR, "b": None},
        {**TENSOR, "d": "object"},
        {**TENSOR, "d": []},
        {**TENSOR, "s": [0, 10**18], "b": [0, 0]},
        {**TENSOR, "s": [0, 2**62, 2**62], "b": [0, 0]},
        {**TENSOR, "s": [1] * 40, "b": [0, 4]},
        {**TENSOR, "q": {**TENSOR, "s": [1], "b": [0, 4]}},
        {**TENSOR, "t": "array", "d": "|O"},
        {**TENSOR, "t": "array", "d": "f4,f4"},
        {**TENSOR, "t": "array", "d": {"names": ["a"], "formats": ["O"]}},
        *(
            {**TENSOR, "t": "array", "d": kind, "s": [1]}
            for kind in ("<U2", "|S8", "|V8", "<M8", "<m8", "|O", "|O8")
        ),
        {**TENSOR, "t": "array", "d": "(2,)f4"},
        {**TENSOR, "t": "scalar", "d": "V8"},
        {"t": "range", "v": [0, 10**12, 1]},
        {"t": "range", "v": [0, 10, 0]},
        {"t": "range", "v": [0.5, 1, 1]},
        {"t": "slice", "v": [{}, 1, 1]},
        {"t": "size", "v": ["a"]},
        {"t": "size", "v": 3},
        {"t": "device", "v": 0},
        {"t": "device", "v": "nowhere"},
        {"t": "dtype", "v": "load"},
        {"t": "dtype", "v": 3},
        {"t": "generator", "b": [0, 8]},
        {"t": "complex", "v": ["a", 1]},
        {"t": "complex", "v": [1, 2, 3]},
        {"t": "bytes", "b": [0, 100]},
        {"t": "module"},
        {"t": "module", "k": "Linear", "a": [], "p": [], "b": [], "c": [], "m": True},
    ],
    ids=lambda tree: str(tree)[:60],
)
def test_a_tree_that_claims_what_is_not_so_is_a_bad_value(tree):
    raises(tree, bytes(8))
    raises({"t": "list", "v": [tree]}, bytes(8))
    raises({"t": "dict", "v": [["a", tree]]}, bytes(8))


def test_no_subclass_of_a_plain_type_and_no_name_of_the_boxs_choosing_comes_in(pair):
    got = pair.host.decode({"t": "tuple", "v": [1], "n": "os.system", "f": ["x"]}, Came())
    assert type(got) is tuple


def test_containers_too_deep_are_a_bad_value():
    tree = 1
    for _ in range(900):
        tree = {"t": "list", "v": [tree]}
    raises(tree)


def test_the_bytes_of_a_frame_make_no_more_than_their_own_size():
    raises({"t": "list", "v": [TENSOR, TENSOR]}, bytes(8))
    assert (
        len(
            Pair().host.decode(
                {"t": "list", "v": [TENSOR, {"t": "again", "at": 0}]}
                | {"v": [{**TENSOR, "at": 0}, {"t": "again", "at": 0}]},
                Came(bytes(8)),
            )
        )
        == 2
    )


def test_only_tensors_and_arrays_can_stand_in_a_frame_twice():
    bomb = [
        {"t": "list", "v": [], "at": 0},
        *({"t": "list", "v": [{"t": "again", "at": k}] * 2, "at": k + 1} for k in range(100)),
    ]
    raises({"t": "list", "v": bomb})


@pytest.mark.parametrize(
    "changes",
    [
        None,
        5,
        {},
        [[1]],
        [5],
        [[1, 5]],
        [[1, []]],
        [[1, None]],
        [[1, {"t": "list", "v": []}]],
        [[[], {}]],
        [[1, {"t": "ref", "r": 1}]],
        [[1, {**TENSOR, "s": [1]}]],
        [[2, TENSOR]],
        [[3, {"t": "set", "v": []}]],
        [[4, {"t": "list", "v": []}]],
        [[2, {"t": "module", "k": "Sequential", "a": [], "p": [], "b": [], "c": [], "m": 1}]],
        [
            [
                2,
                {
                    "t": "module",
                    "k": "Linear",
                    "a": [["in_features", 2], ["out_features", 1], ["bias", True]],
                    "p": [["weight", 3], ["bias", None]],
                    "b": [],
                    "c": [],
                    "m": 1,
                },
            ]
        ],
        [[5, {"t": "array", "d": "<f8", "s": [1], "b": [0, 8]}]],
        [[6, {"t": "generator", "b": [0, 8]}]],
    ],
    ids=lambda changes: str(changes)[:60],
)
def test_changes_that_are_none_are_a_bad_value(pair, changes):
    held = [torch.ones(2), nn.Linear(2, 1), [1], {}, np.ones(2), torch.Generator()]
    for thing in held:
        pair.to_box(thing)
    by_number = {
        pair.host.table.number_of[id(thing)]: position + 1 for position, thing in enumerate(held)
    }
    numbers = {position: number for number, position in by_number.items()}
    if isinstance(changes, list):
        changes = [
            [numbers.get(pair_[0], pair_[0]) if isinstance(pair_[0], int) else pair_[0], *pair_[1:]]
            if isinstance(pair_, list)
            else pair_
            for pair_ in changes
        ]
    with pytest.raises(BadValue):
        pair.host.apply(changes, Came(bytes(8)))


def test_a_box_changes_nothing_that_it_was_not_given(pair):
    given, kept = torch.ones(2), torch.ones(2)
    pair.to_box(given)
    pair.host.apply(
        [[number, TENSOR | {"b": [8 * k, 8]}] for k, number in enumerate(range(-5, 20))],
        Came(bytes(8 * 25)),
    )
    assert given.tolist() == [0, 0] and kept.tolist() == [1, 1]


def test_a_list_of_the_checkers_that_the_box_puts_into_itself_breaks_nothing(pair):
    numbers = [1]
    number = (pair.to_box(numbers), pair.host.table.number_of[id(numbers)])[1]
    pair.host.apply([[number, {"t": "list", "v": [{"t": "ref", "r": number}]}]], Came())
    assert numbers[0] is numbers
    pair.to_box(None)
