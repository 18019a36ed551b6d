"""The gradient rules at the start, the curvature at the minimum."""

import pytest
import torch
from torch import nn

from utils.experiments.taylor.gradient_term_over_training import (
    changes,
    deletions,
    gradient_term_over_training,
)
from utils.model import (
    copy_of,
    flat,
    flat_loss,
    gradient,
    hessian,
    num_weights,
    prunable,
)

DECAY = 1e-3


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
