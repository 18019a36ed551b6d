"""What a Taylor polynomial leaves falls with the next power of the step."""

import pytest

from utils.experiments.taylor.taylor_remainders import (
    gradient_remainders,
    slopes,
    taylor_remainders,
)
from utils.model import (
    mlp,
)

STEPS = (1e-3, 1e-2, 1e-1)


DECAY = 1e-3


def test_each_order_leaves_the_next_power_of_the_step(networks, batch):
    rows = taylor_remainders(networks, batch, STEPS, DECAY)
    assert len(rows) == 3 * 3 * len(STEPS)
    for row in slopes(rows):
        assert row["slope"] == pytest.approx(row["order"] + 1, abs=0.1)
    for row in slopes(gradient_remainders(networks, batch, STEPS, DECAY)):
        assert row["slope"] == pytest.approx(row["order"] + 1, abs=0.1)


def test_with_kinks_the_power_is_lost(batch):
    kinked = [mlp(64, 4, 10, seed=seed).double() for seed in range(3)]
    found = [
        row["slope"]
        for row in slopes(taylor_remainders(kinked, batch, STEPS, DECAY))
        if row["order"] == 2
    ]
    assert max(abs(slope - 3) for slope in found) > 0.5


def test_a_slope_is_the_exponent_of_a_power_law():
    rows = [
        {"network": n, "order": 0, "step": h, "remainder": 7 * h ** (1.5 + n)}
        for n in (0, 1)
        for h in (0.1, 0.2, 0.7)
    ]
    assert [row["slope"] for row in slopes(rows)] == pytest.approx([1.5, 2.5])
