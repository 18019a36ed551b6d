"""Restored isometry makes a pruned tanh network trainable."""

from tests.experiments.rows import mean
from utils.experiments.at_initialization.isometry_before_training import (
    STARTS,
    isometry_before_training,
)
from utils.model import digits

WIDTHS, DEEP, STEPS, LR = (64, 30, 20, 10), (64, *[100] * 6, 10), 60, 2e-3


def test_a_repair_makes_a_deep_tanh_network_trainable_and_orthogonality_alone_does_not():
    rows = isometry_before_training(digits(), DEEP, (0.1,), range(2), steps=250)
    assert [(row["density"], row["seed"], row["start"]) for row in rows[:4]] == [
        (0.1, 0, start) for start in STARTS
    ]
    best = min(mean(rows, start="orthogonal, restored"), mean(rows, start="orthogonal, rescaled"))
    assert best > 20 + max(mean(rows, start="Gaussian"), mean(rows, start="orthogonal"))
    assert (
        mean(rows, "singular value", start="orthogonal")
        < 0.6
        < 0.85
        < mean(rows, "singular value", start="orthogonal, restored")
        < 1.05
    )
