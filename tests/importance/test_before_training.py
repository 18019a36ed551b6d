"""SNIP, GraSP, SynFlow and the gradient flow, against gates, the exact Hessian and products of
matrices.
"""

import copy

import pytest
import torch
from torch import nn

from utils.importance import gradient_flow, grasp, snip, synflow
from utils.model import convnet, digits, flat, hessian, initialize, mlp, prunable, split
from utils.pruning import apply_masks, keep_top


@pytest.fixture(scope="module")
def network():
    return initialize(mlp(5, 7, 6, 3, activation=nn.Tanh), nn.init.xavier_normal_, seed=0).double()


@pytest.fixture(scope="module")
def relu():
    return initialize(mlp(5, 7, 6, 3), nn.init.kaiming_normal_, seed=0).double()


@pytest.fixture(scope="module")
def batch():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(40, 5, dtype=torch.float64, generator=generator), torch.randint(
        0, 3, (40,), generator=generator
    )


def cross_entropy(model, batch, temperature=1.0):
    return lambda theta: nn.functional.cross_entropy(
        torch.func.functional_call(model, split(model, theta), (batch[0],)) / temperature, batch[1]
    )


def squared_gradient(model, batch, temperature=1.0):
    return lambda theta: (
        torch.func.grad(cross_entropy(model, batch, temperature))(theta).square().sum()
    )


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


@pytest.mark.parametrize("temperature", [1.0, 200.0])
def test_grasp_is_theta_times_hessian_times_gradient(network, batch, temperature):
    loss, theta = cross_entropy(network, batch, temperature), flat(network)
    expected = split(network, theta * (hessian(loss, theta) @ torch.func.grad(loss)(theta)))
    for name, score in grasp(network, batch, temperature).items():
        assert torch.allclose(score, expected[name], rtol=1e-6, atol=0)


def test_grasp_has_the_sign_that_keeps_the_gradient_norm(network, batch):
    """Shrink one weight by a part of 1e-6: |g|^2 changes by -2 theta_q (H g)_q times that part."""
    scores, norm, share = grasp(network, batch, 1.0), squared_gradient(network, batch), 1e-6
    for name, q in (("fc1.weight", 3), ("fc2.weight", 10), ("fc3.weight", 0)):
        smaller = copy.deepcopy(network)
        smaller.get_parameter(name).data.view(-1)[q] *= 1 - share
        change = (norm(flat(smaller)) - norm(flat(network))) / share
        assert float(change) == pytest.approx(-2 * float(scores[name].view(-1)[q]), rel=1e-4)


def test_grasp_loses_less_of_the_gradient_than_its_opposite(network, batch):
    scores, norm = grasp(network, batch, 1.0), squared_gradient(network, batch)
    left = {}
    for sign in (1, -1):
        pruned = copy.deepcopy(network)
        apply_masks(pruned, keep_top({name: sign * score for name, score in scores.items()}, 0.1))
        left[sign] = float(norm(flat(pruned)))
    assert left[1] > float(norm(flat(network))) > left[-1]


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


@pytest.mark.parametrize("importance", [snip, grasp, synflow])
def test_scoring_leaves_the_model_as_it_was(importance):
    model = convnet(seed=0).eval()
    before = copy.deepcopy(model.state_dict())
    scores = importance(model, tuple(part[:20] for part in digits().train))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not model.training and all(p.grad is None for p in model.parameters())
    assert {name: score.shape for name, score in scores.items()} == {
        name: w.shape for name, w in prunable(model).items()
    }


def test_gradient_flow_is_how_fast_a_small_step_lowers_the_loss(network, batch):
    masks = keep_top(snip(network, batch), 0.5)
    pruned = copy.deepcopy(network)
    apply_masks(pruned, masks)
    weights = [pruned.get_parameter(name) for name in masks]
    loss = nn.functional.cross_entropy(pruned(batch[0]), batch[1])
    gradients, lr = torch.autograd.grad(loss, weights), 1e-6
    with torch.no_grad():
        for w, g, mask in zip(weights, gradients, masks.values()):
            w -= lr * g * mask
        fall = loss - nn.functional.cross_entropy(pruned(batch[0]), batch[1])
    assert gradient_flow(network, masks, batch) == pytest.approx(float(fall) / lr, rel=1e-4)
