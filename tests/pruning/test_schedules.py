"""Schedules against torch's cubic one, and what all of them have in common."""

import pytest
from torch.ao.pruning.scheduler.cubic_scheduler import CubicSL

from utils.pruning import cubic, exponential, linear, one_shot


def test_cubic_agrees_with_torch():
    compute = CubicSL.sparsity_compute_fn
    for t in range(0, 9):
        assert cubic(0.9)(t / 8) == pytest.approx(
            float(compute(s_0=0.0, s_f=0.9, t=t, t_0=0, dt=1, n=8)), abs=1e-12
        )


@pytest.mark.parametrize("schedule", [one_shot, linear, cubic, exponential])
def test_a_schedule_is_0_before_reaches_its_sparsity_at_1_and_never_falls(schedule):
    values = [schedule(0.8)(t / 10) for t in range(-5, 16)]
    assert (
        values[0] == 0
        and values[15] == values[-1] == pytest.approx(0.8)
        and values == sorted(values)
    )


@pytest.mark.parametrize("schedule", [one_shot, linear, cubic, exponential])
@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_a_final_sparsity_outside_0_to_1_is_refused(schedule, bad):
    with pytest.raises(ValueError):
        schedule(bad)


def test_cubic_has_slope_3s_at_the_start_and_0_at_the_end():
    h = 1e-6
    assert (cubic(0.7)(h) - cubic(0.7)(0)) / h == pytest.approx(2.1, rel=1e-4)
    assert (cubic(0.7)(1) - cubic(0.7)(1 - h)) / h == pytest.approx(0, abs=1e-5)


def test_exponential_keeps_the_same_fraction_of_the_survivors_in_every_step():
    density = [1 - exponential(0.9)(k / 5) for k in range(6)]
    assert [after / before for before, after in zip(density, density[1:])] == pytest.approx(
        [0.1**0.2] * 5
    )
