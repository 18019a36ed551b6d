"""Each claim of lecture 04 holds on a small run, by a margin that is no coin flip."""

import pytest
import torch
from torch import nn

from utils.experiments.taylor.cost_of_hessian import cost_of_hessian
from utils.experiments.taylor.gradient_term_over_training import (
    changes,
    deletions,
    gradient_term_over_training,
)
from utils.experiments.taylor.taylor_remainders import (
    gradient_remainders,
    slopes,
    taylor_remainders,
)
from utils.model import (
    copy_of,
    digits,
    flat,
    flat_loss,
    gradient,
    hessian,
    mlp,
    num_weights,
    prunable,
)

STEPS = (1e-3, 1e-2, 1e-1)
DECAY = 1e-3


@pytest.fixture(scope="module")
def batch():
    x, y = digits().train
    return x[:100].double(), y[:100]


@pytest.fixture(scope="module")
def networks():
    return [mlp(64, 4, 10, activation=nn.Tanh, seed=seed).double() for seed in range(3)]


def test_each_order_leaves_the_next_power_of_the_step(networks, batch):
    rows = taylor_remainders(networks, batch, STEPS, DECAY)
    assert len(rows) == 3 * 3 * len(STEPS)
    for row in slopes(rows):
        assert row["slope"] == pytest.approx(row["order"] + 1, abs=0.1)
    for row in slopes(gradient_remainders(networks, batch, STEPS, DECAY)):
        assert row["slope"] == pytest.approx(row["order"] + 1, abs=0.1)


def test_with_kinks_the_power_is_lost(batch):
    kinked = [mlp(64, 4, 10, seed=seed).double() for seed in range(3)]
    found = [
        row["slope"]
        for row in slopes(taylor_remainders(kinked, batch, STEPS, DECAY))
        if row["order"] == 2
    ]
    assert max(abs(slope - 3) for slope in found) > 0.5


def test_a_slope_is_the_exponent_of_a_power_law():
    rows = [
        {"network": n, "order": 0, "step": h, "remainder": 7 * h ** (1.5 + n)}
        for n in (0, 1)
        for h in (0.1, 0.2, 0.7)
    ]
    assert [row["slope"] for row in slopes(rows)] == pytest.approx([1.5, 2.5])


def test_a_deletion_sets_one_weight_to_zero_and_moves_no_bias(networks):
    network = networks[0]
    after = flat(network) + deletions(network)
    assert len(after) == num_weights(network)
    assert torch.equal((after != flat(network)).sum(1), torch.ones(len(after), dtype=torch.long))
    assert torch.equal((after == 0).sum(1), torch.ones(len(after), dtype=torch.long))
    biases = torch.cat(
        [
            torch.full((p.numel(),), name not in prunable(network))
            for name, p in network.named_parameters()
        ]
    )
    assert torch.equal(after[:, biases], flat(network)[biases].expand(len(after), -1))


def test_the_two_terms_are_those_of_one_weight_and_the_change_is_that_of_the_model(networks, batch):
    network, loss = networks[0], flat_loss(networks[0], batch, DECAY)
    theta, steps = flat(network), deletions(network)
    first, second, actual = changes(loss, theta, steps)
    q = int(steps[5].abs().argmax())
    assert first[5].item() == pytest.approx((-theta * gradient(loss, theta))[q].item())
    assert second[5].item() == pytest.approx(
        (theta**2 * hessian(loss, theta).diagonal() / 2)[q].item()
    )
    pruned = copy_of(network)
    pruned.fc1.weight.detach().view(-1)[5] = 0  # fc1.weight comes first
    x, y = batch

    def outright(model):
        return nn.functional.cross_entropy(model(x), y) + DECAY / 2 * sum(
            p.square().sum() for p in model.parameters()
        )

    assert actual[5].item() == pytest.approx(
        (outright(pruned) - outright(network)).item(), rel=1e-6
    )


def test_the_gradient_rules_at_the_start_and_the_curvature_at_the_minimum(networks, batch):
    before = [flat(network) for network in networks]
    rows = gradient_term_over_training(networks, batch, DECAY, steps=(0, 100))
    assert [row["step"] for row in rows] == [0, 100, float("inf")] * len(networks)
    for row in rows:
        if row["step"] == 0:
            assert row["gradient term"] > 5 * row["curvature term"]
            assert (
                row["gradient error"] < 0.2
                and row["error of both"] < 0.02
                and row["curvature error"] > 0.8
            )
        if row["step"] == float("inf"):
            assert row["gradient term"] < 1e-3 * row["curvature term"]
            assert row["gradient error"] > 0.95 and row["curvature error"] < 0.5
    assert all(torch.equal(flat(network), old) for network, old in zip(networks, before))


def test_a_product_costs_far_less_than_the_hessian(networks, batch):
    rows = cost_of_hessian(networks[:1], batch, repeats=5)
    taken = {row["way"]: row["milliseconds"] for row in rows}
    assert {row["parameters"] for row in rows} == {len(flat(networks[0]))} and len(rows) == 3
    assert taken["H v without H"] < taken["H, then H v"] / 2
