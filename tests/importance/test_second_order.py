import pytest
import torch
from torch import nn

from utils.importance import (
    empirical_fisher,
    fisher,
    inverse_of_fisher,
    obd,
    obd_saliency,
    obs,
    obs_delete,
    obs_remove,
    obs_saliency,
    true_fisher,
)
from utils.importance.obs import obs_repair
from utils.model import flat, flat_loss, hessian, mlp, per_sample_gradients, prunable, split


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def quadratic():
    """A positive definite H, a theta that is the minimum, and the loss 1/2 (w - theta)^T H (w -
    theta).
    """
    root = torch.randn(7, 9, dtype=torch.float64, generator=generator())
    h, theta = root @ root.T / 9, torch.randn(7, dtype=torch.float64, generator=generator(1))
    return h, theta, lambda w: (w - theta) @ h @ (w - theta) / 2


@pytest.fixture(scope="module")
def network():
    return mlp(4, 5, 3, activation=nn.Tanh, seed=0).double()


@pytest.fixture(scope="module")
def batch():
    return torch.randn(40, 4, dtype=torch.float64, generator=generator(2)), torch.randint(
        0, 3, (40,), generator=generator(3)
    )


def solved_by_kkt(h, theta, removed):
    """Least 1/2 d^T H d with d_q = -theta_q for each q: (d, the loss), from the equations of
    Lagrange.
    """
    p, r = len(theta), len(removed)
    rows = torch.eye(p, dtype=h.dtype)[removed]
    system = torch.cat([torch.cat([h, rows.T], 1), torch.cat([rows, h.new_zeros(r, r)], 1)])
    d = torch.linalg.solve(system, torch.cat([h.new_zeros(p), -theta[removed]]))[:p]
    return d, float(d @ h @ d / 2)


def test_obd_is_the_rise_of_a_quadratic_loss_with_a_diagonal_hessian(quadratic):
    h, theta, _ = quadratic
    diagonal = torch.diag(h.diagonal())
    rise = torch.stack(
        [
            (w - theta) @ diagonal @ (w - theta) / 2
            for w in theta * (1 - torch.eye(7, dtype=h.dtype))
        ]
    )
    assert torch.allclose(obd_saliency(theta, h.diagonal()), rise)


def test_obs_saliency_and_update_solve_the_constrained_problem(quadratic):
    h, theta, loss = quadratic
    inverse = torch.linalg.inv(h)
    for q in range(7):
        d, least = solved_by_kkt(h, theta, [q])
        moved, _ = obs_delete(theta, inverse, q)
        assert moved[q] == 0 and torch.allclose(moved, theta + d)
        assert (
            float(obs_saliency(theta, inverse)[q])
            == pytest.approx(least)
            == pytest.approx(float(loss(moved)))
        )


def test_the_downdate_is_the_inverse_of_what_is_left(quadratic):
    h, theta, _ = quadratic
    _, inverse = obs_delete(*obs_delete(theta, torch.linalg.inv(h), 2), 5)
    left = [q for q in range(7) if q not in (2, 5)]
    assert torch.allclose(inverse[left][:, left], torch.linalg.inv(h[left][:, left]))
    assert not inverse[[2, 5]].any() and not inverse[:, [2, 5]].any()


def test_several_deletions_in_turn_are_the_joint_optimum(quadratic):
    h, theta, loss = quadratic
    moved, order = obs_remove(theta, torch.linalg.inv(h), 3)
    d, least = solved_by_kkt(h, theta, order.tolist())
    assert torch.allclose(moved, theta + d) and float(loss(moved)) == pytest.approx(least)
    assert (
        order[0] == obs_saliency(theta, torch.linalg.inv(h)).argmin()
        and len(set(order.tolist())) == 3
    )


def test_a_repair_solves_the_constrained_problem_at_once_and_in_any_order(quadratic):
    h, theta, _ = quadratic
    inverse = torch.linalg.inv(h)
    for removed in ([4, 0, 2], [2, 4, 0], [6], []):
        together, one_by_one, left = (
            obs_repair(theta, inverse, torch.tensor(removed, dtype=torch.long)),
            theta,
            inverse,
        )
        for q in removed:
            one_by_one, left = obs_delete(one_by_one, left, q)
        assert torch.allclose(together, theta + solved_by_kkt(h, theta, removed)[0])
        assert torch.allclose(together, one_by_one) and not together[removed].any()


def test_obs_on_linear_regression_is_the_fit_without_the_feature():
    x, noise = (
        torch.randn(50, 6, dtype=torch.float64, generator=generator(4)),
        torch.randn(50, dtype=torch.float64, generator=generator(5)),
    )
    y = x @ torch.arange(1.0, 7, dtype=torch.float64) + noise
    theta = torch.linalg.lstsq(x, y[:, None]).solution[:, 0]
    moved, _ = obs_delete(theta, torch.linalg.inv(x.T @ x), 2)
    left = [0, 1, 3, 4, 5]
    assert torch.allclose(moved[left], torch.linalg.lstsq(x[:, left], y[:, None]).solution[:, 0])


def test_obs_never_expects_more_than_obd(quadratic):
    h, theta, _ = quadratic
    assert (
        obs_saliency(theta, torch.linalg.inv(h)) <= obd_saliency(theta, h.diagonal()) + 1e-12
    ).all()
    diagonal = torch.diag(h.diagonal())
    assert torch.allclose(
        obs_saliency(theta, torch.linalg.inv(diagonal)), obd_saliency(theta, h.diagonal())
    )


def test_only_candidates_are_removed_and_not_more_than_there_are(quadratic):
    h, theta, _ = quadratic
    candidates = torch.tensor([0, 1, 0, 0, 1, 0, 0])
    _, order = obs_remove(theta, torch.linalg.inv(h), 2, candidates)
    assert sorted(order.tolist()) == [1, 4]
    with pytest.raises(ValueError, match="cannot delete 3 of 2"):
        obs_remove(theta, torch.linalg.inv(h), 3, candidates)
    same, none = obs_remove(theta, torch.linalg.inv(h), 0)
    assert torch.equal(same, theta) and len(none) == 0


def test_scores_of_a_network_are_those_of_its_hessian(network, batch):
    theta, h = flat(network), hessian(flat_loss(network, batch, 0.1), flat(network))
    expected = split(network, obd_saliency(theta, h.diagonal()))
    scores = obd(network, batch, weight_decay=0.1)
    assert scores.keys() == prunable(network).keys() and all(
        torch.equal(scores[name], expected[name]) for name in scores
    )
    damped = torch.linalg.inv(h + 0.5 * torch.eye(len(theta), dtype=h.dtype))
    expected = split(network, obs_saliency(theta, damped))
    scores = obs(network, batch, weight_decay=0.1, damping=0.5)
    assert scores.keys() == prunable(network).keys() and all(
        torch.allclose(scores[name], expected[name]) for name in scores
    )


def test_the_true_fisher_is_the_expectation_over_the_models_own_labels(network, batch):
    x, probabilities = batch[0], network(batch[0]).softmax(1).detach()
    expected = 0
    for label in range(3):
        g = per_sample_gradients(network, (x, torch.full((len(x),), label)))
        expected = expected + (g * probabilities[:, label, None]).T @ g / len(x)
    assert torch.allclose(true_fisher(network, batch), expected, atol=1e-12)


def test_the_true_fisher_of_softmax_regression_is_its_hessian(batch):
    linear = mlp(4, 3, seed=1).double()
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
    damped = empirical_fisher(network, batch) + 0.01 * torch.eye(43, dtype=g.dtype)
    assert torch.allclose(inverse_of_fisher(g, 0.01), torch.linalg.inv(damped))
    with pytest.raises(ValueError, match="positive"):
        inverse_of_fisher(g, 0)
