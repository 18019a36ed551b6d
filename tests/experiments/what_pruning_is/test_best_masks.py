"""No mask beats the best one."""

import math

import pytest
import torch

from utils.experiments.what_pruning_is.best_masks import (
    best_masks,
    kept_by,
    loss_of_weights,
    moons,
    nested,
    tiny,
    weights_of,
)
from utils.importance import magnitude
from utils.model import num_weights


def test_no_mask_is_better_than_the_best_and_at_the_ends_all_are_equal():
    rows = best_masks(seeds=[0], draws=3)
    loss = {(row["kept"], row["way"]): row["loss"] for row in rows}
    for kept in range(13):
        assert loss[kept, "best"] <= min(loss[kept, "magnitude"], loss[kept, "random"]) + 1e-12
    assert all(loss[kept, "best"] == pytest.approx(loss[kept, "random"]) for kept in (0, 12))
    assert all(int(row["mask"].sum()) == row["kept"] for row in rows)
    assert len(nested(rows, 0)) == 12 and nested(rows, 0)[0] and nested(rows, 0)[-1]


def test_the_tiny_network_has_twelve_weights_and_its_loss_is_that_of_the_network():
    network = tiny(1)
    x, y = moons(1)
    weights = weights_of(network)
    assert weights.shape == (12,) and num_weights(network) == 12
    assert float(loss_of_weights(network, moons(1))(weights)) == pytest.approx(
        torch.nn.functional.cross_entropy(network(x), y).item()
    )
    assert (
        int(kept_by(magnitude(network), 5).sum()) == 5
        and float(loss_of_weights(network, moons(1))(weights)) < math.log(2) / 2
    )
