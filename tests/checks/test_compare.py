"""When two things are alike, and what is said of a thing of the wrong kind."""

import math
from fractions import Fraction

import pytest
import torch
from torch import nn

from utils.checks.compare import Unfit, alike, as_dict, as_mask, as_number, as_tensor, copied

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


def test_networks_are_alike_by_their_values_types_and_modes():
    a, b = nn.Linear(2, 3), nn.Linear(2, 3)
    assert not alike(a, b)
    b.load_state_dict(a.state_dict())
    assert alike(a, b)
    assert not alike(a, copied(a).double()) and not alike(a, copied(a).eval())
    assert not alike(a, copied(a).requires_grad_(False))


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
