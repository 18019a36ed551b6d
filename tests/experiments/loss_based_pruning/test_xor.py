"""Nine weights solve XOR, and six are enough for OBS."""

import pytest
import torch
from torch import nn

from tests.experiments.rows import of
from utils.experiments.loss_based_pruning.xor import solves_xor, xor, xor_batch, xor_network
from utils.model import flat, flat_loss, minimize
from utils.model.parameters import weight_positions
from utils.pruning import best_mask

DECAY = 1e-3


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
