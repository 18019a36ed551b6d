"""The rules share the zeros as they say, and at high sparsity the shares decide."""

import pytest
import torch

from utils.experiments.schedules.where_the_zeros_go import (
    RULES,
    masks_by,
    where_the_zeros_go,
)
from utils.model import digits, fit, loaders, mlp, num_weights, num_zeros


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
    widths = (64, 150, 150, 50, 10)
    rows = where_the_zeros_go(digits(), (0.8, 0.98), range(2), widths, steps=150)
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
