"""GraSP against the exact Hessian, the gradient flow against a small step."""

import copy

import pytest
import torch
from torch import nn

from tests.importance.oracles import cross_entropy, leaves_the_model_as_it_was
from utils.importance import gradient_flow, grasp, snip
from utils.model import flat, hessian, split
from utils.pruning import apply_masks, keep_top


def squared_gradient(model, batch, temperature=1.0):
    return lambda theta: (
        torch.func.grad(cross_entropy(model, batch, temperature))(theta).square().sum()
    )


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


def test_grasp_leaves_the_model_as_it_was():
    leaves_the_model_as_it_was(grasp)


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


def test_in_half_precision_the_scores_are_those_of_float32():
    """In float16 itself nearly all of them would be 0."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(20, 30), nn.ReLU(), nn.Linear(30, 5)).half()
    x, y = torch.randn(40, 20).half(), torch.randint(0, 5, (40,))
    exact = grasp(copy.deepcopy(model).float(), (x.float(), y))
    for name, score in grasp(model, (x, y)).items():
        assert torch.equal(score, exact[name]) and (score != 0).any()
