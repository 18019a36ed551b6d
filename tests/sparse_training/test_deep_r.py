from math import sqrt

import pytest
import torch

from tests.sparse_training.made import generator, numbers
from utils.model import mlp, prunable
from utils.sparse_training import (
    DeepR,
    deep_r_rewire,
)
from utils.sparse_training.deep_r import walk


def test_deep_rs_walk_is_the_formula_for_theta():
    """theta = s w moves by - lr l1 + sqrt(2 lr T) nu; the signs, and so w, only say which way is
    up.
    """
    weight, signs = (
        torch.rand(400, 500) + 10,
        torch.where(torch.rand(400, 500, generator=generator()) < 0.5, 1.0, -1.0),
    )
    mask = (torch.rand(400, 500, generator=generator(1)) < 0.5).float()
    moved = (
        walk(weight * signs * mask, signs, mask, 0.5, 0.2, 0.04, generator(2)) * signs
        - weight * mask
    )[mask == 1]
    assert float(moved.mean()) == pytest.approx(-0.5 * 0.2, abs=5 * sqrt(0.04) / sqrt(len(moved)))
    assert float(moved.std()) == pytest.approx(sqrt(2 * 0.5 * 0.04), rel=0.01)
    assert not walk(weight, signs, mask, 0.5, 0.2, 0.04)[mask == 0].any()


def test_deep_r_lets_go_what_crossed_0_and_keeps_signs_while_they_live(layers):
    weights, masks, _ = layers
    signs = {
        name: torch.where(torch.rand(w.shape, generator=generator(3)) < 0.5, 1.0, -1.0)
        for name, w in weights.items()
    }
    weights["a"][masks["a"] == 1] *= (
        torch.arange(int(masks["a"].sum())) > 0
    )  # one was born just now, and lives
    kept, new, after = deep_r_rewire(weights, masks, signs, generator())
    for name, w in weights.items():
        assert torch.equal(kept[name], masks[name] * ((w * signs[name] > 0) | (w == 0)))
        assert torch.equal(after[name][kept[name] == 1], signs[name][kept[name] == 1]) and bool(
            (after[name].abs() == 1).all()
        )
    assert numbers(new) == numbers(masks)


def test_each_weight_walks_at_the_rate_of_its_own_group():
    model = mlp(4, 3, 2, seed=0)
    masks = {name: torch.ones_like(w) for name, w in prunable(model).items()}
    before = {name: w.clone() for name, w in prunable(model).items()}
    rates = {"fc1.weight": 0.0, "fc2.weight": 0.5}
    groups = [{"params": [model.get_parameter(name)], "lr": lr} for name, lr in rates.items()]
    pruner = DeepR(model, masks, torch.optim.SGD(groups, lr=9.0), l1=1e-4, temperature=0.0)
    pruner.apply(model)
    for name, w in prunable(model).items():
        moved = before[name] - 1e-4 * rates[name] * before[name].sign()
        there = pruner.masks[name] * (w != 0) != 0
        assert torch.allclose(w[there], moved[there]), name
