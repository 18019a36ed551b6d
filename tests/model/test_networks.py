"""The networks: names, shapes, and seeds that depend on nothing else."""

import pytest
import torch
from torch import nn

from utils.model import (
    convnet,
    density,
    initialize,
    mlp,
    num_weights,
    num_zeros,
    prunable,
    sparsity,
)


def test_prunable_are_weights_by_name_and_no_biases():
    assert list(prunable(mlp(64, 100, 10, batchnorm=True))) == ["fc1.weight", "fc2.weight"]
    assert list(prunable(convnet())) == ["conv1.weight", "conv2.weight", "fc.weight"]


def test_prunable_shares_the_memory_of_the_model():
    model = mlp(3, 2)
    prunable(model)["fc1.weight"].zero_()
    assert (
        num_zeros(model) == num_weights(model) == 6 and sparsity(model) == 1 and density(model) == 0
    )


@pytest.mark.parametrize(
    "build", [lambda seed: mlp(64, 30, 10, seed=seed), lambda seed: convnet(seed=seed)]
)
def test_a_seed_decides_the_weights_and_leaves_torchs_random_state_alone(build):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    first = build(1)
    assert torch.equal(torch.rand(3), expected)
    same, other = build(1), build(2)
    for name, p in first.named_parameters():
        assert torch.equal(p, same.get_parameter(name))
    assert not torch.equal(
        prunable(first)[next(iter(prunable(first)))], prunable(other)[next(iter(prunable(other)))]
    )


@pytest.mark.parametrize(
    "model", [mlp(64, 30, 10), mlp(64, 30, 20, 10, batchnorm=True), convnet((4, 6))]
)
def test_they_map_flat_pictures_to_ten_scores(model):
    assert model(torch.rand(7, 64)).shape == (7, 10)


def test_a_network_with_one_width_is_refused():
    with pytest.raises(ValueError, match="input and an output"):
        mlp(64)


def test_initialize_is_torchs_function_on_every_weight_and_depends_on_the_seed_alone():
    model = initialize(mlp(64, 400, 10, batchnorm=True), nn.init.kaiming_normal_, seed=3)
    assert float(model.fc1.weight.std()) == pytest.approx((2 / 64) ** 0.5, rel=0.02)
    assert float(model.fc2.weight.std()) == pytest.approx((2 / 400) ** 0.5, rel=0.05)
    assert (
        not model.fc1.bias.any()
        and not model.bn1.bias.any()
        and bool((model.bn1.weight == 1).all())
    )
    again = initialize(mlp(64, 400, 10, batchnorm=True), nn.init.kaiming_normal_, seed=3)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters()))
