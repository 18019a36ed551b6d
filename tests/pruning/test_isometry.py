import copy

import pytest
import torch
from torch import nn

from utils.importance import random
from utils.model import initialize, mlp, prunable
from utils.pruning import isometry_gap, keep_top, restore_isometry


@pytest.fixture(scope="module")
def network():
    return initialize(mlp(12, 20, 20, 5, activation=nn.Tanh), nn.init.orthogonal_, seed=0)


def test_the_gap_is_the_distance_of_the_squared_singular_values_from_1():
    for shape in ((4, 9), (9, 4), (6, 2, 3, 3)):
        weight = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        values = torch.linalg.svdvals(weight.flatten(1))
        assert float(isometry_gap(weight)) == pytest.approx(float((values**2 - 1).square().sum()))


def test_orthogonal_layers_have_no_gap(network):
    assert all(float(isometry_gap(w)) < 1e-9 for w in prunable(network).values())


def test_restoring_brings_the_singular_values_back_and_keeps_the_zeros(network):
    masks = keep_top(random(network, generator=torch.Generator().manual_seed(1)), 0.6)
    restored = copy.deepcopy(network)
    restore_isometry(restored, masks)
    for name, weight in prunable(restored).items():
        assert not weight[masks[name] == 0].any()
        before = isometry_gap(prunable(network)[name] * masks[name])
        assert float(isometry_gap(weight)) < 0.01 * float(before)
    assert all(
        torch.equal(restored.get_parameter(f"fc{i}.bias"), network.get_parameter(f"fc{i}.bias"))
        for i in (1, 2, 3)
    )
