"""Objects that both sides know change on both, as they would at home."""

import gc
import json
import math
import random

import numpy as np
import pytest
import torch
from torch import nn

from grader.wire.plain import BadValue, Came, Raw
from tests.grader.wire.wires import TENSOR, Pair, same_tensor


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
