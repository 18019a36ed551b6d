"""The checks of lab 05 accept right answers in any form, and their oracles agree with matrices, gates and known values."""

import copy

import pytest
import torch
from torch import nn
from torch.func import functional_call

from tests.checks.lab05 import wrong_answers as wrong
from utils.checks import lab05 as checks
from utils.checks.lab05 import erdos_renyi, networks, snip, synflow
from utils.model import flat, flat_loss, gradient, hessian_vector_product, prunable, split


@pytest.fixture
def generator():
    return torch.Generator().manual_seed(0)


def snip_by_gates(model, batch):
    gates = {name: torch.ones_like(w, requires_grad=True) for name, w in prunable(model).items()}
    gated = {name: gate * model.get_parameter(name) for name, gate in gates.items()}
    nn.functional.cross_entropy(
        functional_call(model, gated, (batch[0],)), batch[1], reduction="sum"
    ).backward()
    total = sum(gate.grad.abs().sum() for gate in gates.values())
    return {name: gate.grad.abs() / total for name, gate in gates.items()}


def snip_that_cleans_up(model, batch):
    model.zero_grad()
    found = wrong.by_backward(model, batch)
    model.zero_grad()
    return wrong.divided(lambda *_: found)(model, batch)


def grasp_by_vector(model, batch, temperature=200.0):
    hot = nn.Sequential(model, Divided(temperature))
    loss, theta = flat_loss(hot, batch), flat(hot)
    return {
        name: split(model, theta * hessian_vector_product(loss, theta, gradient(loss, theta)))[name]
        for name in prunable(model)
    }


class Divided(nn.Module):
    def __init__(self, temperature):
        super().__init__()
        self.temperature = temperature

    def forward(self, x):
        return x / self.temperature


def synflow_in_place(model, batch):
    """Takes absolute values in the model itself and puts everything back."""
    if next(model.parameters()).dtype != torch.float64:
        return wrong.synflow(model, batch)
    before = copy.deepcopy(model.state_dict())
    scores = wrong.synflow_with(copied=lambda model: model, convert=lambda model: model)(
        model, batch
    )
    model.load_state_dict(before)
    return scores


def boolean_masks(*arguments):
    return {name: mask.bool() for name, mask in wrong.prune_iteratively(*arguments).items()}


def pruned_in_place(model, importance, schedule, steps, batch):
    before = copy.deepcopy(model.state_dict())
    masks = wrong.iterative(copied=lambda model: model)(model, importance, schedule, steps, batch)
    model.load_state_dict(before)
    return masks


def from_step_0(model, importance, schedule, steps, batch):
    """Step 0 prunes nothing: the dense network is scored twice."""
    return wrong.iterative(time=lambda k, steps: (k - 1) / (steps - 1))(
        model, importance, schedule, steps + 1, batch
    )


def masks_like_the_scores(model, importance, schedule, steps, batch):
    importance(model, batch)
    return wrong.prune_iteratively(model, importance, schedule, steps, batch)


def flow_as_a_tensor(model, masks, batch):
    return torch.tensor(wrong.flow_with()(model, masks, batch))


@pytest.mark.parametrize(
    "check, answer",
    [
        (checks.check_snip, snip_by_gates),
        (checks.check_snip, snip_that_cleans_up),
        (checks.check_snip, wrong.snip),
        (checks.check_grasp, grasp_by_vector),
        (checks.check_grasp, wrong.grasp),
        (checks.check_synflow, wrong.synflow),
        (checks.check_synflow, synflow_in_place),
        (checks.check_prune_iteratively, wrong.prune_iteratively),
        (checks.check_prune_iteratively, boolean_masks),
        (checks.check_prune_iteratively, pruned_in_place),
        (checks.check_prune_iteratively, from_step_0),
        (checks.check_prune_iteratively, masks_like_the_scores),
        (checks.check_gradient_flow, flow_as_a_tensor),
        (checks.check_gradient_flow, wrong.flow_with(put=True, mask=True)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_another_form_of_the_right_answer_is_accepted(check, answer):
    for _ in range(5):
        check(answer)


def test_the_right_synflow_is_the_product_of_the_matrices(generator):
    model = networks.network(generator, 4, 5, 3)
    first, second = (w.abs() for w in prunable(model).values())
    found, whole = synflow.parts(model, torch.zeros(2, 4)), (second @ first).sum()
    assert torch.allclose(found["fc1.weight"], first * second.sum(0)[:, None] / whole)
    assert torch.allclose(found["fc2.weight"], second * first.sum(1) / whole)


def test_the_gradient_by_gates_is_the_weight_times_its_gradient(generator):
    model = networks.network(generator, 4, 5, 3)
    examples = networks.batch(generator, model, 6)
    weights = {name: w.clone() for name, w in prunable(model).items()}
    slopes = networks.gradients(model, weights, examples)
    assert all(
        torch.allclose(g, weights[name] * slopes[name])
        for name, g in snip.by_gates(model, examples).items()
    )


def test_the_right_densities_are_the_known_ones_and_a_second_layer_becomes_dense_in_the_chain():
    densities = [1 - s for s in erdos_renyi.right(erdos_renyi.CONVOLUTIONS, 0.9).values()]
    assert densities == pytest.approx([1.0, 0.1507, 0.0742, 1.0], abs=1e-4)
    assert erdos_renyi.right(erdos_renyi.TWO, 0.8) == pytest.approx(
        {"fc1": 1 - 2 * 40 / 300, "fc2": 1 - 2 * 50 / 600}
    )
    assert erdos_renyi.right(erdos_renyi.CHAIN, 0.75) == pytest.approx(
        {"large": 1 - (2610 - 440) / 10000, "middle": 0, "thin": 0}
    )
