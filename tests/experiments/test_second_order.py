"""The claims of lecture 05, on smaller runs than the lecture's, and the pieces of its experiments
against oracles.
"""

import pytest
import torch
from torch import nn

from utils.experiments.loss_based_pruning.fisher_against_hessian import fisher_against_hessian
from utils.experiments.loss_based_pruning.surgeon_against_damage import (
    WAYS,
    deletion_orders,
    pruned,
    surgeon_against_damage,
    without,
)
from utils.experiments.loss_based_pruning.xor import solves_xor, xor, xor_batch, xor_network
from utils.importance import magnitude, obd, obs_remove
from utils.importance.obs import obs_repair
from utils.model import Data, copy_of, digits, flat, flat_loss, hessian, minimize, mlp, split
from utils.model.parameters import weight_positions
from utils.pruning import best_mask, keep_top

DECAY = 1e-3


@pytest.fixture(scope="module")
def data():
    return Data(*((x.double(), y) for x, y in digits()))


@pytest.fixture(scope="module")
def start():
    return mlp(64, 6, 10, activation=nn.Tanh, seed=0).double()


@pytest.fixture(scope="module")
def network(start, data):
    return minimize(copy_of(start), data.train, DECAY, tolerance=1e-5)


@pytest.fixture(scope="module")
def second_order(network, data):
    theta = flat(network)
    h = hessian(flat_loss(network, data.train, DECAY), theta)
    return theta, h, torch.linalg.inv(h)


@pytest.fixture(scope="module")
def orders(second_order, network):
    return deletion_orders(
        *second_order, weight_positions(network), torch.Generator().manual_seed(0)
    )


def of(rows, key, **where):
    return [row[key] for row in rows if all(row[k] == v for k, v in where.items())]


def test_every_order_has_each_weight_once_and_begins_with_what_keep_top_removes(
    orders, network, data
):
    for order in orders.values():
        assert torch.equal(order.sort().values, weight_positions(network))
    for name, scores in {
        "magnitude": magnitude(network),
        "OBD": obd(network, data.train, DECAY),
    }.items():
        kept = keep_top(scores, 0.7)
        gone = split(
            network,
            without(torch.ones(len(flat(network))), orders[name][: round(0.7 * len(orders[name]))]),
        )
        assert all(torch.equal(gone[part] == 0, mask == 0) for part, mask in kept.items())


def test_the_order_of_obs_is_that_of_one_deletion_after_the_other(second_order, orders, network):
    theta, _, inverse = second_order
    candidates = torch.zeros_like(theta).index_fill(0, weight_positions(network), 1)
    moved, order = obs_remove(theta, inverse, 30, candidates)
    assert torch.equal(order, orders["OBS"][:30])
    assert torch.allclose(obs_repair(theta, inverse, order), moved, atol=1e-8)


def test_all_ways_remove_the_same_number_and_only_the_repaired_ones_move_the_others(
    second_order, orders
):
    theta, _, inverse = second_order
    for way, left in pruned(theta, inverse, orders, 100).items():
        assert int((left == 0).sum()) == 100
        assert torch.equal(left[left != 0], theta[left != 0]) == (
            way not in ("OBS", "magnitude, repaired")
        )


def test_the_surgeon_beats_magnitude_and_damage_and_these_beat_chance(network, data):
    before = flat(network)
    rows = surgeon_against_damage([network], data, DECAY, (0.0, 0.7))
    assert {row["way"] for row in rows} == set(WAYS)
    assert (
        len(set(of(rows, "loss", sparsity=0.0))) == 1
        and min(of(rows, "accuracy", sparsity=0.0)) > 93
    )
    loss = {way: of(rows, "loss", sparsity=0.7, way=way)[0] for way in WAYS}
    accuracy = {way: of(rows, "accuracy", sparsity=0.7, way=way)[0] for way in WAYS}
    assert loss["OBS"] < loss["magnitude, repaired"] < min(loss["magnitude"], loss["OBD"])
    assert max(loss["magnitude"], loss["OBD"]) < loss["random"] - 0.5
    assert accuracy["OBS"] > max(accuracy["magnitude"], accuracy["OBD"]) + 3
    assert torch.equal(flat(network), before)


def test_near_a_minimum_the_true_fisher_is_close_and_the_empirical_one_too_small(
    start, network, data
):
    rows = fisher_against_hessian({"start": [start], "minimum": [network]}, data.train)
    assert (
        of(rows, "error", when="minimum", matrix="true")[0]
        < 0.4
        < 0.7
        < of(rows, "error", when="minimum", matrix="empirical")[0]
    )
    assert min(of(rows, "error", when="start")) > 0.7
    assert (
        of(rows, "trace", when="minimum", matrix="empirical")[0]
        < 0.3
        < 0.6
        < of(rows, "trace", when="minimum", matrix="true")[0]
    )
    assert min(of(rows, "rank correlation", when="minimum")) > 0.8


@pytest.fixture(scope="module")
def solvers():
    return [minimize(xor_network(seed), xor_batch(), DECAY, tolerance=1e-5) for seed in range(4)]


def test_the_two_logits_give_the_binary_cross_entropy():
    network, (x, y) = xor_network(0), xor_batch()
    one = nn.functional.binary_cross_entropy_with_logits(network[:-1](x)[:, 0], y.double())
    assert torch.allclose(flat_loss(network, (x, y))(flat(network)), one)


def test_only_all_four_right_answers_solve_xor(solvers):
    assert all(map(solves_xor, solvers)) and not solves_xor(xor_network(0))
    always_zero = xor_network(0)
    with torch.no_grad():
        for p in always_zero.parameters():
            p.zero_()
    assert not solves_xor(always_zero)


def test_of_nine_weights_the_surgeon_takes_three_and_xor_is_still_solved(solvers):
    rows = xor(solvers, DECAY, deletions=(0, 3))
    assert set(of(rows, "solved", deleted=0)) == {100}
    assert set(of(rows, "solved", deleted=3, way="OBS")) == {100}
    for way in ("magnitude", "OBD"):
        assert set(of(rows, "solved", deleted=3, way=way)) == {0}


def test_the_best_mask_is_no_worse_than_any_criterion_that_moves_nothing(solvers):
    rows = xor(solvers[:2], DECAY, deletions=(2,))
    for seed in range(2):
        least = of(rows, "loss", network=seed, way="best mask")[0]
        assert all(
            least <= of(rows, "loss", network=seed, way=way)[0] for way in ("magnitude", "OBD")
        )
        loss = flat_loss(solvers[seed], xor_batch(), DECAY)
        theta, weights = flat(solvers[seed]), weight_positions(solvers[seed])
        assert (
            least
            == best_mask(lambda left: loss(theta.index_copy(0, weights, left)), theta[weights], 7)[
                1
            ]
        )
