import copy

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from grader.checker.remote import Remote
from grader.wire import layers
from grader.wire.plain import BadValue, Came
from tests.grader.wire.wires import Pair

IMAGE, SIGNAL, ROWS, LABELS = (
    torch.randn(2, 4, 8, 8),
    torch.randn(2, 4, 8),
    torch.randn(5, 6),
    torch.tensor([0, 1, 2, 3, 5]),
)
EXAMPLES = [  # a layer with arguments that are not the usual ones, and an input
    (nn.Linear(6, 3, bias=False), (ROWS,)),
    (nn.Linear(6, 3).double(), (ROWS.double(),)),
    (
        nn.Conv1d(4, 8, 3, stride=2, padding=1, dilation=2, groups=2, padding_mode="reflect"),
        (SIGNAL,),
    ),
    (nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding="valid", groups=2, bias=False), (IMAGE,)),
    (nn.Conv2d(4, 4, 3, padding="same", padding_mode="circular"), (IMAGE,)),
    (nn.BatchNorm1d(6, eps=1e-3, momentum=None, affine=False), (ROWS,)),
    (nn.BatchNorm2d(4, momentum=0.3, track_running_stats=False), (IMAGE,)),
    (nn.LayerNorm((8, 8), eps=1e-2, bias=False), (IMAGE,)),
    (nn.LayerNorm(6, elementwise_affine=False), (ROWS,)),
    (nn.Embedding(9, 3, padding_idx=1, max_norm=0.5, norm_type=1.0), (LABELS,)),
    (nn.ReLU(), (ROWS,)),
    (nn.LeakyReLU(0.3), (ROWS,)),
    (nn.ELU(0.2), (ROWS,)),
    (nn.GELU("tanh"), (ROWS,)),
    (nn.Tanh(), (ROWS,)),
    (nn.Sigmoid(), (ROWS,)),
    (nn.SiLU(), (ROWS,)),
    (nn.Softplus(2.0, 5.0), (ROWS,)),
    (nn.Identity(), (ROWS,)),
    (nn.Softmax(dim=0), (ROWS,)),
    (nn.LogSoftmax(dim=1), (ROWS,)),
    (nn.Flatten(2), (IMAGE,)),
    (nn.Unflatten(1, (2, 3)), (ROWS,)),
    (nn.MaxPool1d(2, stride=1, padding=1, ceil_mode=True), (SIGNAL,)),
    (nn.MaxPool2d((2, 3), return_indices=True), (IMAGE,)),
    (nn.AvgPool1d(3, count_include_pad=False, padding=1), (SIGNAL,)),
    (nn.AvgPool2d(2, divisor_override=3), (IMAGE,)),
    (nn.AdaptiveAvgPool1d(3), (SIGNAL,)),
    (nn.AdaptiveAvgPool2d((2, None)), (IMAGE,)),
    (nn.Dropout(0.9).eval(), (ROWS,)),
    (nn.Dropout2d(0.2).eval(), (IMAGE,)),
    (nn.CrossEntropyLoss(ignore_index=3, reduction="sum", label_smoothing=0.1), (ROWS, LABELS)),
    (nn.NLLLoss(ignore_index=-1), (ROWS, LABELS)),
    (nn.CrossEntropyLoss(weight=torch.arange(6.0)), (ROWS, LABELS)),
    (nn.MSELoss(reduction="none"), (ROWS, ROWS + 1)),
    (nn.L1Loss(reduction="sum"), (ROWS, ROWS + 1)),
    (nn.BCELoss(), (ROWS.sigmoid(), ROWS.sigmoid())),
    (nn.BCEWithLogitsLoss(), (ROWS, ROWS.sigmoid())),
]


def test_there_is_an_example_of_every_layer():
    assert {type(layer) for layer, _ in EXAMPLES} == set(layers.LAYERS)


@pytest.mark.parametrize("layer, given", EXAMPLES, ids=lambda part: type(part).__name__)
def test_a_layer_arrives_as_it_is_and_computes_the_same(layer, given):
    for got in Pair().both_ways(layer):
        assert (
            type(got) is type(layer) and repr(got) == repr(layer) and got.training == layer.training
        )
        assert [(n, type(p), p.requires_grad) for n, p in got.named_parameters()] == [
            (n, type(p), p.requires_grad) for n, p in layer.named_parameters()
        ]
        assert all(
            torch.equal(a, b)
            for a, b in zip(got.state_dict().values(), layer.state_dict().values(), strict=True)
        )
        expected, came = copy.deepcopy(layer)(*given), got(*given)
        assert (
            all(torch.equal(a, b) for a, b in zip(expected, came))
            if isinstance(expected, tuple)
            else torch.equal(came, expected)
        )


def test_a_network_of_networks_arrives_with_its_names_flags_and_tied_layers():
    network = nn.Sequential()
    network.add_module("first", nn.Sequential(nn.Linear(6, 6), nn.ReLU()))
    network.add_module(
        "second", nn.ModuleList([nn.Linear(6, 2), nn.ModuleDict({"bn": nn.BatchNorm1d(2).eval()})])
    )
    network.register_parameter("own", nn.Parameter(torch.ones(1)))
    network.register_buffer("mask", torch.zeros(2, dtype=torch.bool))
    network.first[0].weight.requires_grad_(False)
    for got in Pair().both_ways(network):
        assert repr(got) == repr(network) and [m.training for m in got.modules()] == [
            m.training for m in network.modules()
        ]
        assert [(n, p.requires_grad) for n, p in got.named_parameters()] == [
            (n, p.requires_grad) for n, p in network.named_parameters()
        ]
        assert all(
            torch.equal(a, b)
            for a, b in zip(got.state_dict().values(), network.state_dict().values(), strict=True)
        )


def test_a_layer_of_the_box_does_not_compute_in_place_for_the_checker():
    data = torch.tensor([-1.0, 2.0])
    for layer in (nn.ReLU(inplace=True), nn.Dropout(1.0, inplace=True)):
        Pair().to_checker(layer)(data)
        assert data.tolist() == [-1, 2]
    assert Pair().to_box(nn.ReLU(inplace=True)).inplace


class Own(nn.Linear):
    pass


def pruned_by_torch():
    layer = nn.Linear(2, 2)
    prune.l1_unstructured(layer, "weight", amount=0.5)
    return layer


@pytest.mark.parametrize(
    "network",
    [
        Own(2, 2),
        nn.Sequential(nn.ReLU(), nn.Sequential(Own(2, 2))),
        pruned_by_torch(),
        nn.LSTM(1, 1),
    ],
    ids=lambda network: type(network).__name__,
)
def test_a_network_with_a_part_that_cannot_be_rebuilt_stays_where_it_is(network):
    assert isinstance(Pair().to_checker(network), Remote)


def test_a_layer_of_changed_size_arrives_with_the_weights_that_it_has():
    layer = nn.Linear(4, 4)
    layer.weight = nn.Parameter(layer.weight[:2].clone())
    layer.bias = nn.Parameter(layer.bias[:2].clone())
    got = Pair().to_checker(layer)
    assert got(torch.ones(1, 4)).shape == (1, 2)


def tree(kind, given=None, parameters=(), buffers=(), children=()):
    arguments = [[name, value] for name, value in (given or {}).items()]
    return {
        "t": "module",
        "k": kind,
        "m": True,
        "a": arguments,
        "p": list(parameters),
        "b": list(buffers),
        "c": list(children),
    }


LINEAR = {"in_features": 2, "out_features": 1, "bias": True}
CONV = {
    "in_channels": 1,
    "out_channels": 1,
    "kernel_size": 3,
    "stride": 1,
    "padding": 0,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "padding_mode": "zeros",
}
WEIGHT = {"t": "tensor", "d": "float32", "s": [1, 2], "g": True, "p": True, "b": [0, 8]}
BIAS = {**WEIGHT, "s": [1], "b": [8, 4]}
HOSTILE = [
    tree("Linear", LINEAR),
    tree("Linear", {**LINEAR, "in_features": 10**9, "out_features": 10**9}),
    tree("Linear", {**LINEAR, "in_features": 10**40}),
    tree("Linear", {**LINEAR, "device": "cpu"}),
    tree("Linear", {"in_features": 2}),
    tree("Linear", LINEAR, [["weight", WEIGHT]]),
    tree("Linear", LINEAR, [["weight", None], ["bias", BIAS]]),
    tree("Linear", LINEAR, [["weight", {**WEIGHT, "p": False}], ["bias", BIAS]]),
    tree("Linear", LINEAR, [["weight", 5], ["bias", BIAS]]),
    tree("Linear", LINEAR, [["weight", WEIGHT], ["bias", BIAS], ["a.b", BIAS]]),
    tree("Linear", LINEAR, [["weight", WEIGHT], ["bias", BIAS], [5, None]]),
    tree("Linear", LINEAR, [["weight", WEIGHT], ["bias", BIAS], ["", None]]),
    tree("Linear", LINEAR, [["weight", WEIGHT], ["bias", BIAS], ["x" * 1000, None]]),
    tree("Linear", LINEAR, [["weight", WEIGHT], ["bias", BIAS]], [["b", 3]]),
    tree("Linear", LINEAR, [["weight", WEIGHT], ["bias", BIAS]], [], [["c", WEIGHT]]),
    tree("Linear", LINEAR, [["weight", WEIGHT], ["bias"]]),
    *(
        tree("Conv2d", {**CONV, name: value})
        for name in CONV
        for value in (
            0,
            -1,
            10**9,
            10**30,
            "same",
            None,
            1.5,
            {"t": "list", "v": [1]},
            {"t": "tuple", "v": [3] * 500},
        )
    ),
    *(
        tree("Conv2d", {**CONV, "stride": value})
        for value in (
            WEIGHT,
            {"t": "handle", "h": 1, "n": "x", "c": True},
            {"t": "module", "k": "ReLU"},
        )
    ),
    tree(
        "Embedding",
        {
            "num_embeddings": 10**9,
            "embedding_dim": 10**9,
            "padding_idx": None,
            "max_norm": None,
            "norm_type": 2.0,
            "scale_grad_by_freq": False,
            "sparse": False,
        },
    ),
    tree("AdaptiveAvgPool2d", {"output_size": 50_000}),
    tree("AdaptiveAvgPool2d", {"output_size": {"t": "tuple", "v": [50_000, 50_000]}}),
    tree("AvgPool1d", {"kernel_size": 2}),
    tree("Unflatten", {"dim": 1, "unflattened_size": {"t": "tuple", "v": ["a", {}]}}),
    tree("Unflatten", {"dim": 1, "unflattened_size": 5}),
    tree(
        "LayerNorm",
        {
            "normalized_shape": {"t": "tuple", "v": [10**9] * 8},
            "eps": 1e-5,
            "elementwise_affine": True,
            "bias": True,
        },
    ),
    tree("Dropout", {"p": 5, "inplace": False}),
    tree("Dropout", {"p": "a", "inplace": False}),
    tree(
        "BatchNorm1d",
        {
            "num_features": 10**12,
            "eps": 0,
            "momentum": 0,
            "affine": True,
            "track_running_stats": True,
        },
    ),
    tree("Bilinear", {"a": 1}),
    tree("__init__", {"a": 1}),
    tree("Module", {"a": 1}),
    {**tree("Sequential", {}), "k": None},
    {**tree("Sequential", {}), "k": []},
    {**tree("Sequential", {}), "a": 5},
    {**tree("Sequential", {}), "p": {}},
    {**tree("Sequential", {}), "c": [["0", {"t": "handle", "h": 1, "n": "x", "c": True}]]},
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda tree: str(tree)[13:90])
def test_a_network_that_is_none_is_refused_and_costs_nothing(hostile):
    with pytest.raises(BadValue):
        Pair().host.decode(hostile, Came(bytes(1000)))


def test_the_tree_that_the_hostile_ones_are_made_from_is_a_network():
    got = Pair().host.decode(
        tree("Linear", LINEAR, [["weight", WEIGHT], ["bias", BIAS]]), Came(bytes(12))
    )
    assert type(got) is nn.Linear and got(torch.ones(1, 2)).item() == 0


def test_a_network_that_the_box_puts_into_itself_is_still_one_network():
    pair, network = Pair(), nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    pair.to_box(network)
    number = pair.host.table.number_of[id(network)]
    pair.host.apply(
        [[number, {**tree("Sequential", {}), "c": [["0", {"t": "ref", "r": number}]]}]], Came()
    )
    assert list(network.modules()) == [network]
    with pytest.raises(RecursionError):
        network(torch.ones(1, 2))
