"""The rules share the zeros as they say, and at high sparsity the shares decide."""

import pytest
import torch

from utils.experiments.magnitude_pruning.one_shot_or_gradual import one_shot_or_gradual, over_time
from utils.experiments.schedules.where_the_zeros_go import (
    RULES,
    masks_by,
    where_the_zeros_go,
)
from utils.model import digits, fit, loaders, mlp, num_weights, num_zeros
from utils.pruning import cubic, one_shot


@pytest.fixture(scope="module")
def network():
    return fit(mlp(64, 80, 60, 10, seed=0), loaders(digits())["train"], epochs=5)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_keeps_the_same_number_of_weights(network, rule):
    for sparsity in (0.3, 0.9, 0.99):
        assert (
            abs(num_zeros(masks_by(rule, network, sparsity)) - sparsity * num_weights(network)) <= 2
        )


def test_random_weights_have_lamps_shares(network):
    ours, lamps = masks_by("LAMP, random weights", network, 0.9), masks_by("LAMP", network, 0.9)
    assert {name: int(m.sum()) for name, m in ours.items()} == {
        name: int(m.sum()) for name, m in lamps.items()
    }
    assert any(not torch.equal(ours[name], lamps[name]) for name in ours)


def test_at_high_sparsity_the_shares_decide_and_at_moderate_sparsity_they_do_not():
    rows = where_the_zeros_go(digits(), (0.8, 0.98), seeds=range(2), steps=200)
    assert len(rows) == 2 * 2 * len(RULES)
    mean = {
        (s, rule): sum(r["retrained"] for r in rows if (r["sparsity"], r["rule"]) == (s, rule)) / 2
        for s in (0.8, 0.98)
        for rule in RULES
    }
    assert (
        max(mean[0.8, rule] for rule in RULES[:4]) - min(mean[0.8, rule] for rule in RULES[:4]) < 4
    )
    assert (
        min(mean[0.98, "LAMP"], mean[0.98, "Erdos-Renyi"])
        > max(mean[0.98, "uniform"], mean[0.98, "global"]) + 10
    )


def test_a_run_is_told_epoch_by_epoch_and_its_last_one_is_the_result():
    ways = {"cubic": cubic(0.9), "at once": one_shot(0.9)}
    rows = over_time(digits(), ways, seeds=[0], epochs=4, start=0.25, end=0.75)
    assert [(r["schedule"], r["epoch"]) for r in rows] == [
        (way, epoch) for way in ways for epoch in (1, 2, 3, 4)
    ]
    sparsities = {way: [r["sparsity"] for r in rows if r["schedule"] == way] for way in ways}
    assert sparsities["at once"] == pytest.approx([0.9] * 4, abs=1e-3)
    assert (
        0
        <= sparsities["cubic"][0]
        < sparsities["cubic"][1]
        < sparsities["cubic"][2]
        == pytest.approx(0.9, abs=1e-3)
    )
    assert one_shot_or_gradual(digits(), ways, [0], epochs=4, start=0.25, end=0.75) == [
        r for r in rows if r["epoch"] == 4
    ]
