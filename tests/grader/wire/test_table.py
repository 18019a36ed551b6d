"""Objects that both sides know by a number, for as long as they live."""

import gc

import numpy as np
import torch
from torch import nn


def test_the_same_object_of_the_box_has_the_same_number_twice(pair):
    thing = object()
    first, second = pair.to_checker([thing, thing])
    assert first._at[1] == second._at[1] == pair.to_checker(thing)._at[1]


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
