"""OBS against the equations of Lagrange."""

import pytest
import torch

from utils.importance import (
    obd_saliency,
    obs,
    obs_delete,
    obs_remove,
    obs_saliency,
)
from utils.importance.obs import inverse_of, obs_repair
from utils.model import flat, flat_loss, hessian, prunable, split


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def solved_by_kkt(h, theta, removed):
    """Least 1/2 d^T H d with d_q = -theta_q for each q: (d, the loss), from the equations of
    Lagrange.
    """
    p, r = len(theta), len(removed)
    rows = torch.eye(p, dtype=h.dtype)[removed]
    system = torch.cat([torch.cat([h, rows.T], 1), torch.cat([rows, h.new_zeros(r, r)], 1)])
    d = torch.linalg.solve(system, torch.cat([h.new_zeros(p), -theta[removed]]))[:p]
    return d, float(d @ h @ d / 2)


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


def test_obss_scores_of_a_network_are_those_of_its_damped_hessian(network, batch):
    theta, h = flat(network), hessian(flat_loss(network, batch, 0.1), flat(network))
    damped = torch.linalg.inv(h + 0.5 * torch.eye(len(theta), dtype=h.dtype))
    expected = split(network, obs_saliency(theta, damped))
    scores = obs(network, batch, weight_decay=0.1, damping=0.5)
    assert scores.keys() == prunable(network).keys() and all(
        torch.allclose(scores[name], expected[name]) for name in scores
    )


def test_a_hessian_that_is_not_positive_definite_is_refused_with_the_damping_it_needs():
    with pytest.raises(ValueError, match="more than 1"):
        inverse_of(torch.diag(torch.tensor([1.0, -1.0, 2.0])))
    h = torch.tensor([[2.0, 1.0], [1.0, 3.0]])
    assert torch.allclose(inverse_of(h) @ h, torch.eye(2), atol=1e-6)


def test_weights_that_are_0_stay_0_when_others_are_removed(quadratic):
    """As if the problem had been posed without them."""
    h, theta, _ = quadratic
    sparse = theta.clone()
    sparse[[1, 4]] = 0
    left = torch.tensor([0, 2, 3, 5, 6])
    removed, order = obs_remove(sparse, torch.linalg.inv(h), 2)
    alone, places = obs_remove(sparse[left], torch.linalg.inv(h[left][:, left]), 2)
    assert not removed[[1, 4]].any() and torch.equal(order, left[places])
    assert torch.allclose(removed[left], alone, atol=1e-10)
