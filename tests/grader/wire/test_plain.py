"""The small kinds of values arrive equal and of the same type."""

import math
from fractions import Fraction

import pytest
import torch

from grader.wire.plain import BITS

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
    Fraction(-7, 3**50),
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


def test_a_generator_arrives_in_its_state(pair):
    generator = torch.Generator().manual_seed(5)
    torch.rand(3, generator=generator)
    for got in pair.both_ways(generator):
        assert torch.equal(
            torch.rand(4, generator=got), torch.rand(4, generator=generator.clone_state())
        )
