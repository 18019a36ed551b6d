"""GradualPruner follows its schedule step by step, and what is gone stays gone."""

import pytest
import torch
from torch import nn

from utils.importance import magnitude, synflow
from utils.model import initialize, mlp, num_weights, num_zeros, prunable, sparsity
from utils.pruning import GradualPruner, cubic, exponential, keep_top, one_shot, prune_iteratively


def shake(model):
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn(p.shape))


def test_the_sparsity_is_the_schedules_after_every_step_and_masks_are_nested():
    model, schedule = mlp(10, 20, 5, seed=0), cubic(0.9)
    pruner = GradualPruner(model, schedule, start=4, end=24, every=5)
    for step in range(1, 31):
        before = pruner.masks
        shake(model)
        pruner.apply(model)
        latest = min(24, max(4, 4 + 5 * ((step - 4) // 5))) if step < 24 else 24
        assert sparsity(model) == pytest.approx(
            schedule((latest - 4) / 20), abs=0.5 / 300 + 1e-9
        ), step
        assert all(bool((pruner.masks[name] <= before[name]).all()) for name in before)
        assert all(
            bool((w[pruner.masks[name] == 0] == 0).all()) for name, w in prunable(model).items()
        )


def test_one_shot_from_step_0_prunes_when_the_pruner_is_made():
    model = mlp(10, 20, 5, seed=0)
    GradualPruner(model, one_shot(0.5), start=0, end=10)
    assert sparsity(model) == 0.5


def test_pruning_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="start before it ends"):
        GradualPruner(mlp(4, 3), cubic(0.5), start=5, end=5)


def test_pruning_iteratively_follows_the_schedule_and_scores_what_is_left():
    model = initialize(mlp(8, 30, 30, 4), nn.init.kaiming_normal_, seed=0)
    seen = []

    def watched(pruned, batch):
        seen.append(num_zeros(pruned))
        return magnitude(pruned)

    masks = prune_iteratively(model, watched, exponential(0.9), steps=5)
    n = num_weights(model)
    assert seen == [round((1 - 0.1 ** (k / 5)) * n) for k in range(5)]
    assert num_zeros(masks) == round(0.9 * n) and num_zeros(model) == 0
    once = keep_top(magnitude(model), 0.9)  # magnitudes do not change: once is as good
    assert all(torch.equal(masks[name], once[name]) for name in once)


def test_synflow_scored_again_and_again_empties_no_layer_where_scored_once_it_does():
    model, batch = (
        initialize(mlp(64, *[100] * 6, 10), nn.init.kaiming_normal_, seed=0),
        (torch.zeros(1, 64), None),
    )
    once = prune_iteratively(model, synflow, exponential(0.99), steps=1, batch=batch)
    often = prune_iteratively(model, synflow, exponential(0.99), steps=100, batch=batch)
    assert (
        min(int(mask.sum()) for mask in once.values())
        == 0
        < min(int(mask.sum()) for mask in often.values())
    )
    assert num_zeros(once) == num_zeros(often)


def test_pruning_iteratively_brings_nothing_back_though_zeros_score_higher_than_what_is_left():
    model, seen = mlp(8, 30, 4, seed=0), []

    def negative(pruned, batch):
        seen.append({name: w == 0 for name, w in prunable(pruned).items()})
        return {name: -w.abs() for name, w in prunable(pruned).items()}

    masks = prune_iteratively(model, negative, exponential(0.9), steps=4)
    for before, after in zip(seen, [*seen[1:], {name: mask == 0 for name, mask in masks.items()}]):
        assert all((after[name] >= zeros).all() for name, zeros in before.items())


def test_pruning_iteratively_needs_a_step():
    with pytest.raises(ValueError, match="at least one step"):
        prune_iteratively(mlp(2, 2), magnitude, exponential(0.5), steps=0)
