"""The orders of deletion against their oracles, and the claim on a small network."""

import pytest
import torch

from tests.experiments.rows import of
from utils.experiments.loss_based_pruning.surgeon_against_damage import (
    WAYS,
    deletion_orders,
    pruned,
    surgeon_against_damage,
    without,
)
from utils.importance import magnitude, obd, obs_remove
from utils.importance.obs import obs_repair
from utils.model import flat, flat_loss, hessian, split
from utils.model.parameters import weight_positions
from utils.pruning import keep_top

DECAY = 1e-3


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
