import pytest
import torch
from torch import nn

from utils.model import convnet, flat, mlp, prunable, split
from utils.model.parameters import weight_positions


@pytest.mark.parametrize(
    "model",
    [mlp(5, 4, 3, batchnorm=True), convnet(), nn.BatchNorm1d(3)],
    ids=["mlp", "convnet", "no weights"],
)
def test_the_positions_in_a_flat_model_are_those_of_the_weights_in_order(model):
    positions = weight_positions(model)
    marked = split(model, torch.zeros(len(flat(model))).index_fill(0, positions, 1))
    assert all(bool((part == (name in prunable(model))).all()) for name, part in marked.items())
    assert torch.equal(positions, positions.unique())
