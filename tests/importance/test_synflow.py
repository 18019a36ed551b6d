"""SynFlow against products of matrices."""

import copy

import pytest
import torch
from torch import nn

from tests.importance.oracles import leaves_the_model_as_it_was
from utils.importance import synflow
from utils.model import convnet, initialize, mlp, prunable


def test_synflow_is_the_product_of_the_matrices(relu, batch):
    w1, w2, w3 = (w.abs() for w in prunable(relu).values())
    below = [torch.ones(5, dtype=w1.dtype), w1.sum(1), w2 @ w1.sum(1)]  # what comes into each layer
    above = [
        w2.T @ w3.sum(0),
        w3.sum(0),
        torch.ones(3, dtype=w1.dtype),
    ]  # what goes on from it to the end
    flow = (w3 @ w2 @ w1).sum()
    for score, w, up, down in zip(synflow(relu, batch).values(), (w1, w2, w3), above, below):
        assert torch.allclose(score, w * torch.outer(up, down) / flow, rtol=1e-12)


def test_synaptic_flow_is_conserved_by_layers_and_by_units(relu, batch):
    first, second, third = synflow(relu, batch).values()
    assert [float(score.sum()) for score in (first, second, third)] == pytest.approx([1, 1, 1])
    assert torch.allclose(first.sum(1), second.sum(0)) and torch.allclose(
        second.sum(1), third.sum(0)
    )


def test_synflow_looks_neither_at_signs_nor_data_nor_biases(relu, batch):
    other = copy.deepcopy(relu)
    with torch.no_grad():
        other.fc2.weight.neg_()
        other.fc1.bias.add_(5)
    for a, b in zip(synflow(relu, batch).values(), synflow(other, (batch[0] * 7, None)).values()):
        assert torch.equal(a, b)


def test_synflow_bears_a_network_whose_flow_overflows_float32():
    deep = initialize(mlp(*[512] * 42), nn.init.kaiming_normal_, seed=0)
    flow = torch.ones(512)
    for weight in prunable(deep).values():
        flow = weight.abs() @ flow
    assert flow.sum().isinf()
    scores = synflow(deep, (torch.ones(2, 512), None))
    assert all(
        float(score.double().sum()) == pytest.approx(1, abs=1e-4) for score in scores.values()
    )


def test_synflow_without_a_path_is_zero(relu, batch):
    cut = copy.deepcopy(relu)
    cut.fc2.weight.data.zero_()
    assert all(not score.any() for score in synflow(cut, batch).values())


def test_a_network_with_convolutions_and_batchnorm_conserves_flow_too():
    model, x = convnet(seed=0).train(), torch.ones(4, 64)
    model(
        torch.randn(16, 64, generator=torch.Generator().manual_seed(0))
    )  # BatchNorm remembers something
    sums = [float(score.sum()) for score in synflow(model, (x, None)).values()]
    assert sums == pytest.approx([1, 1, 1], abs=1e-5)


def test_synflow_leaves_the_model_as_it_was():
    leaves_the_model_as_it_was(synflow)


class Residual(nn.Module):
    """A small network with a skip, a sum of two paths, and pooling."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, padding=1)
        self.body = nn.Sequential(nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3, padding=1))
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = self.stem(x)
        return self.head((x + self.body(x)).relu().mean((2, 3)))


def test_synflow_takes_networks_with_skips_where_each_path_counts():
    torch.manual_seed(0)
    model = Residual()
    scores = synflow(model, (torch.ones(1, 1, 6, 6), None))
    sums = {name: float(score.sum()) for name, score in scores.items()}
    assert sums["stem.weight"] == pytest.approx(1) and sums["head.weight"] == pytest.approx(1)
    assert 0 < sums["body.2.weight"] < 1  # the rest goes through the skip


@pytest.mark.parametrize(
    "layer", [nn.Tanh(), nn.LayerNorm(4), nn.GELU(), nn.Sigmoid()], ids=lambda l: type(l).__name__
)
def test_synflow_refuses_a_network_whose_output_does_not_grow_with_its_inputs(layer):
    model = nn.Sequential(nn.Linear(3, 4), layer, nn.Linear(4, 2))
    with pytest.raises(ValueError, match="in proportion"):
        synflow(model, (torch.ones(2, 3), None))


def test_synflow_refuses_inputs_that_are_codes():
    with pytest.raises(ValueError, match="codes"):
        synflow(nn.Embedding(5, 2), (torch.zeros(3, dtype=torch.long), None))


def test_synflow_scores_frozen_weights_too(relu, batch):
    frozen = copy.deepcopy(relu).requires_grad_(False)
    for a, b in zip(synflow(relu, batch).values(), synflow(frozen, batch).values()):
        assert torch.equal(a, b)
