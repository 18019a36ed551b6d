"""Importances have the names and shapes of the prunable weights, and high means keep."""

import torch

from utils.importance import magnitude, random
from utils.model import convnet, prunable


def test_magnitude_is_the_size_of_each_weight():
    model = convnet(seed=0)
    for name, score in magnitude(model).items():
        assert torch.equal(score, prunable(model)[name].abs())


def test_random_importance_is_repeatable_and_ignores_the_weights():
    model, other = convnet(seed=0), convnet(seed=1)
    first, second = (random(m, generator=torch.Generator().manual_seed(3)) for m in (model, other))
    assert all(
        torch.equal(first[name], second[name]) and first[name].shape == w.shape
        for name, w in prunable(model).items()
    )
