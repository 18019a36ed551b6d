"""When two things are alike, and what is said of a thing of the wrong kind."""

import math
from fractions import Fraction

import pytest
import torch
from torch import nn

from utils.checks.compare import (
    Unfit,
    alike,
    as_dict,
    as_mask,
    as_number,
    as_tensor,
    copied,
    replaced,
)

ALIKE = [
    (torch.tensor([1.0, 2]), torch.tensor([1, 2])),
    (torch.tensor([True, False]), torch.tensor([1.0, 0])),
    (torch.eye(3), torch.eye(3).to_sparse_csr()),
    (torch.tensor(0.5), 0.5),
    (Fraction(1, 2), 0.5),
    (True, 1),
    ([1, "a"], (1.0, "a")),
    ({"a": [1]}, {"a": (1,)}),
    (ValueError("x"), ValueError("x")),
    (None, None),
    (math.inf, math.inf),
]
DIFFERENT = [
    (torch.zeros(2), torch.zeros(1, 2)),
    (torch.tensor([math.nan]), torch.tensor([math.nan])),
    (math.nan, math.nan),
    (1e-3, 1e-3 + 1e-7),
    (0.0, 1e-7),
    ({"a": 1}, {"b": 1}),
    ([1], [1, 2]),
    ([1], 1),
    (ValueError("x"), TypeError("x")),
    (None, 0),
    ("1", 1),
    (object(), object()),
    (torch.zeros(1), 0),
]


@pytest.mark.parametrize("a, b", ALIKE)
def test_alike(a, b):
    assert alike(a, b) and alike(b, a)


@pytest.mark.parametrize("a, b", DIFFERENT)
def test_different(a, b):
    assert not alike(a, b) and not alike(b, a)


def test_nan_is_like_nan_where_it_is_asked_for():
    assert alike(torch.tensor([math.nan]), torch.tensor([math.nan]), nan=True)
    assert alike(math.nan, math.nan, nan=True) and not alike(math.nan, 0, nan=True)


def network():
    generator = torch.Generator().manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Dropout(0.5))
    for p in model.parameters():
        p.data = torch.randn(p.shape, generator=generator)
    return model


CHANGES = {
    "a weight": lambda m: m[0].weight.data.mul_(2),
    "a buffer": lambda m: m[1].running_mean.add_(1),
    "the type": lambda m: m.double(),
    "what is trained": lambda m: m[0].bias.requires_grad_(False),
    "a gradient": lambda m: m(torch.ones(4, 2)).sum().backward(),
    "the mode": lambda m: m.eval(),
    "the mode of one layer": lambda m: m[1].eval(),
    "the setting of a layer": lambda m: setattr(m[3], "p", 0.1),
    "a layer without weights": lambda m: setattr(m, "2", nn.Tanh()),
    "a layer more": lambda m: m.append(nn.ReLU()),
    "no layer left": lambda m: m._modules.clear(),
    "a parameter more": lambda m: m.register_parameter("gate", nn.Parameter(torch.ones(1))),
    "a buffer more": lambda m: m.register_buffer("gate", torch.ones(1), persistent=False),
    "no bias": lambda m: setattr(m[0], "bias", None),
    "a hook of a layer": lambda m: m[2].register_forward_hook(lambda *_: None),
    "a hook of a weight": lambda m: m[0].weight.register_hook(lambda grad: grad),
    "another hook of a weight": lambda m: m[0].weight.register_post_accumulate_grad_hook(print),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_network_is_not_as_it_was_after_a_change_of(change):
    model, before = network(), network()
    assert alike(model, before, rtol=0, atol=0)
    change(model)
    assert not alike(model, before, rtol=0, atol=0) and not alike(before, model, rtol=0, atol=0)


def test_equal_parameters_in_place_of_the_old_ones_are_replaced_ones():
    model = network()
    before = dict(model.named_parameters())
    model.load_state_dict(network().state_dict())
    assert replaced(before, model) == []
    model[0].weight = nn.Parameter(model[0].weight.detach())
    assert replaced(before, model) == ["0.weight"]


def test_a_copy_of_a_network_has_its_gradients_and_hooks():
    model = network()
    model[0].weight.grad = torch.ones(3, 2)
    model[2].register_forward_hook(lambda *_: None)
    other = copied(model)
    assert alike(other, model, rtol=0, atol=0)
    other[0].weight.grad.zero_()
    assert model[0].weight.grad.any()


def test_a_copy_is_independent():
    layer, w = nn.Linear(2, 2), torch.ones(2, requires_grad=True)
    given = {"layer": layer, "list": [w, 2 * w], "number": 3}
    other = copied(given)
    with torch.no_grad():
        other["layer"].weight.zero_()
        other["list"][0].zero_()
    assert layer.weight.any() and w.all()
    assert torch.equal(other["list"][1], torch.full((2,), 2.0)) and other["number"] == 3


@pytest.mark.parametrize(
    "read, words",
    [
        (lambda: as_number(None), "a number, not None"),
        (lambda: as_number(torch.zeros(2)), "a number, not a Tensor"),
        (lambda: as_tensor([1], (1,)), "a tensor of shape (1,), not a list of 1: 1"),
        (lambda: as_tensor(torch.zeros(2), (1,)), "a tensor of shape (1,), not one of shape (2,)"),
        (lambda: as_mask(torch.tensor([0.5]), torch.zeros(1)), "a mask: only 0 and 1"),
        (lambda: as_dict([], "ab"), "a dictionary: a, b, not a list"),
        (lambda: as_dict({"a": 1}, "ab"), "the names a, b, not a"),
    ],
)
def test_a_thing_of_the_wrong_kind_is_unfit(read, words):
    with pytest.raises(Unfit) as unfit:
        read()
    assert words in str(unfit.value)


def test_right_kinds_come_back_plain():
    assert as_number(torch.tensor([2.0])) == 2.0
    assert as_mask(torch.tensor([0.0, 1.0]), torch.zeros(2)).tolist() == [False, True]
    assert list(as_dict({"b": 1, "a": 2}, "ab")) == ["a", "b"]
