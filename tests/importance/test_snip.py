"""SNIP against gates and differences."""

import copy

import pytest
import torch
from torch import nn

from tests.importance.oracles import cross_entropy, leaves_the_model_as_it_was
from utils.importance import snip
from utils.model import flat, prunable


def test_snip_is_the_gradient_by_gates(network, batch):
    gates = {name: torch.ones_like(w, requires_grad=True) for name, w in prunable(network).items()}
    gated = dict(network.named_parameters()) | {
        name: gate * network.get_parameter(name).detach() for name, gate in gates.items()
    }
    gradients = torch.autograd.grad(
        nn.functional.cross_entropy(
            torch.func.functional_call(network, gated, (batch[0],)), batch[1]
        ),
        list(gates.values()),
    )
    total = sum(g.abs().sum() for g in gradients)
    for score, g in zip(snip(network, batch).values(), gradients):
        assert torch.allclose(score, g.abs() / total)


def test_snip_is_the_first_order_change_of_the_loss_when_a_weight_goes(network, batch):
    scores, loss, theta, share = (
        snip(network, batch),
        cross_entropy(network, batch),
        flat(network),
        1e-6,
    )
    changes = {name: torch.zeros_like(w) for name, w in prunable(network).items()}
    for name, change in changes.items():
        for q in range(change.numel()):
            smaller = copy.deepcopy(network)
            smaller.get_parameter(name).data.view(-1)[q] *= 1 - share
            change.view(-1)[q] = (loss(flat(smaller)) - loss(theta)).abs() / share
    total = sum(change.sum() for change in changes.values())
    for name in scores:
        assert torch.allclose(scores[name], changes[name] / total, atol=1e-6)


def test_signed_snip_adds_up_to_the_same_in_every_layer_without_biases(relu, batch):
    """Multiplying one layer by a constant, or another one, changes a ReLU network's loss alike."""
    weights = [relu.get_parameter(name) for name in prunable(relu)]
    gradients = torch.autograd.grad(nn.functional.cross_entropy(relu(batch[0]), batch[1]), weights)
    sums = [float((w * g).sum()) for w, g in zip(weights, gradients)]
    assert sums == pytest.approx([sums[0]] * 3) and abs(sums[0]) > 1e-6


def test_snip_leaves_the_model_as_it_was():
    leaves_the_model_as_it_was(snip)


def test_snip_of_a_transformer_takes_any_loss_and_is_the_same_each_time():
    """One loss for each place of a sequence; dropout is off while scoring."""
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, dropout=0.5, batch_first=True)
    model = nn.Sequential(nn.Embedding(11, 8), nn.TransformerEncoder(layer, 2), nn.Linear(8, 5))
    batch = torch.randint(0, 11, (3, 7)), torch.randint(0, 5, (3, 7))

    def of_each_place(outputs, targets):
        return nn.functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())

    first, second = snip(model, batch, of_each_place), snip(model, batch, of_each_place)
    assert first.keys() == prunable(model).keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert float(sum(score.sum() for score in first.values())) == pytest.approx(1, abs=1e-5)
