"""The data sets: sizes, a split without overlap, loaders that are shuffled and repeatable; no
global seed is touched.
"""

import random

import numpy
import pytest
import torch

from utils.model import digits, loaders, mnist1d


@pytest.mark.parametrize(
    "load, sizes, features", [(digits, (1077, 180, 540), 64), (mnist1d, (3400, 600, 1000), 40)]
)
def test_sizes_types_and_classes(load, sizes, features):
    data = load()
    assert tuple(len(y) for _, y in data) == sizes
    for x, y in data:
        assert (
            x.shape == (len(y), features)
            and x.dtype == torch.float32
            and set(y.tolist()) == set(range(10))
        )


def test_the_three_parts_of_digits_share_no_picture_but_the_twins_in_the_data_set():
    from sklearn.datasets import load_digits

    whole = {tuple(x) for x in load_digits().data}
    parts = [{tuple((x + 0.3).mul(16).round().tolist()) for x in part[0]} for part in digits()]
    assert set.union(*parts) == whole and sum(len(part[1]) for part in digits()) == len(
        load_digits().data
    )


def test_making_mnist1d_leaves_every_random_generator_alone():
    def drawn():
        return random.random(), numpy.random.rand(), torch.rand(1).item()

    random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
    expected = drawn()
    random.seed(1), numpy.random.seed(1), torch.manual_seed(1)
    mnist1d()
    assert drawn() == expected


def test_a_training_loader_shows_everything_once_shuffled_and_repeatably():
    def epoch(seed):
        return torch.cat([y for _, y in loaders(digits(), batch_size=100, seed=seed)["train"]])

    labels = digits().train[1]
    assert torch.equal(epoch(0).sort().values, labels.sort().values) and not torch.equal(
        epoch(0), labels
    )
    assert torch.equal(epoch(3), epoch(3)) and not torch.equal(epoch(3), epoch(4))
    assert len(loaders(digits(), batch_size=100)["train"]) == 11
