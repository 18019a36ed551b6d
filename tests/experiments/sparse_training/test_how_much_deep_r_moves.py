"""The walks of an ensemble are those of the pruner, and a stronger pull moves more."""

import pytest
import torch

from tests.experiments.sparse_training.alone import STEPS, WIDTHS, alone
from utils.experiments.sparse_training.how_much_deep_r_moves import how_much_deep_r_moves
from utils.experiments.sparse_training.trained_sparse import (
    Case,
    moved,
)
from utils.model import digits


def test_deep_rs_members_walk_as_the_pruner_does_alone():
    rows = how_much_deep_r_moves(digits(), WIDTHS, 0.2, (None, 1e-2), (1, 3), STEPS, lr=0.1)
    assert [(row["pull"], row["seed"]) for row in rows] == [
        (None, 1),
        (None, 3),
        (1e-2, 1),
        (1e-2, 3),
    ]
    static, start, end = alone(Case(0.2, "static", 1), digits(), torch.optim.SGD, 0.1)
    assert rows[0]["moved"] == 0 and rows[0]["accuracy"] == pytest.approx(static, abs=2)
    walked, start, end = alone(Case(0.2, "DEEP R", 1), digits(), torch.optim.SGD, 0.1)
    assert rows[2]["moved"] == pytest.approx(
        moved(start, end, 0), abs=0.02
    )  # rounding is another, and a walk spreads it
    assert rows[2]["accuracy"] == pytest.approx(walked, abs=6)


def test_a_weak_pull_moves_little_and_a_strong_one_nearly_everything():
    weak, middle, strong = (
        row["moved"]
        for row in how_much_deep_r_moves(digits(), WIDTHS, 0.1, (1e-4, 1e-2, 1e-1), (0,), 300)
    )
    assert 2 * weak < middle and 3 * middle < strong
