"""The Fisher matrices against expectations and the Hessian."""

import pytest
import torch
from torch import nn

from utils.importance import (
    empirical_fisher,
    fisher,
    inverse_of_fisher,
    obd_saliency,
    true_fisher,
)
from utils.model import flat, flat_loss, hessian, mlp, per_sample_gradients, split


def test_the_true_fisher_is_the_expectation_over_the_models_own_labels(network, batch):
    x, probabilities = batch[0], network(batch[0]).softmax(1).detach()
    expected = 0
    for label in range(3):
        g = per_sample_gradients(network, (x, torch.full((len(x),), label)))
        expected = expected + (g * probabilities[:, label, None]).T @ g / len(x)
    assert torch.allclose(true_fisher(network, batch), expected, atol=1e-12)


def test_the_true_fisher_of_softmax_regression_is_its_hessian(batch):
    linear = mlp(5, 3, seed=1).double()
    assert torch.allclose(
        true_fisher(linear, batch), hessian(flat_loss(linear, batch), flat(linear)), atol=1e-12
    )


def test_the_empirical_fisher_takes_the_labels_and_its_diagonal_makes_the_score(network, batch):
    f = empirical_fisher(network, batch)
    g = torch.stack(
        [
            torch.cat(
                [
                    p.flatten()
                    for p in torch.autograd.grad(
                        nn.functional.cross_entropy(network(x[None]), y[None]),
                        list(network.parameters()),
                    )
                ]
            )
            for x, y in zip(*batch)
        ]
    )
    assert torch.allclose(f, g.T @ g / 40)
    assert not torch.allclose(f, empirical_fisher(network, (batch[0], (batch[1] + 1) % 3)))
    expected = split(network, obd_saliency(flat(network), f.diagonal()))
    assert all(
        torch.allclose(score, expected[name]) for name, score in fisher(network, batch).items()
    )


def test_the_inverse_by_rank_one_changes_is_the_inverse(network, batch):
    g = per_sample_gradients(network, batch)
    damped = empirical_fisher(network, batch) + 0.01 * torch.eye(g.shape[1], dtype=g.dtype)
    assert torch.allclose(inverse_of_fisher(g, 0.01), torch.linalg.inv(damped))
    with pytest.raises(ValueError, match="positive"):
        inverse_of_fisher(g, 0)
