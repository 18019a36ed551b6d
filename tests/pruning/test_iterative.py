"""GradualPruner follows its schedule step by step, and what is gone stays gone."""
import pytest
import torch

from utils.model import mlp, prunable, sparsity
from utils.pruning import GradualPruner, cubic, one_shot


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
        assert sparsity(model) == pytest.approx(schedule((latest - 4) / 20), abs=0.5 / 300 + 1e-9), step
        assert all(bool((pruner.masks[name] <= before[name]).all()) for name in before)
        assert all(bool((w[pruner.masks[name] == 0] == 0).all()) for name, w in prunable(model).items())


def test_one_shot_from_step_0_prunes_when_the_pruner_is_made():
    model = mlp(10, 20, 5, seed=0)
    GradualPruner(model, one_shot(0.5), start=0, end=10)
    assert sparsity(model) == 0.5


def test_pruning_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="start before it ends"):
        GradualPruner(mlp(4, 3), cubic(0.5), start=5, end=5)
