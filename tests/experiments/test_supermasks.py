"""Masks over untrained weights answer, and masks from the same start agree."""

import pytest
import torch

from utils.experiments.lottery_tickets.how_similar_are_masks import how_similar_are_masks
from utils.experiments.lottery_tickets.supermasks import (
    learned_supermask,
    masked_accuracy,
    signs_of,
    supermasks,
)
from utils.model import digits, evaluate, loaders, mlp, prunable

WIDTHS = (64, 100, 10)


def test_a_mask_of_a_trained_network_makes_the_untrained_one_answer():
    rows = supermasks(digits(), seeds=[0], sparsities=(0.0, 0.5), widths=WIDTHS, epochs=8)
    accuracy = {(r["weights"], r["sparsity"], r["criterion"]): r["accuracy"] for r in rows}
    untrained = evaluate(mlp(*WIDTHS, seed=0), loaders(digits())["test"])
    assert accuracy["initial", 0.0, "movement"] == untrained
    assert accuracy["initial", 0.5, "large_final_same_sign"] > untrained + 25
    assert accuracy["signs", 0.5, "large_final_same_sign"] > untrained + 25


def test_signs_are_the_sign_times_one_constant_a_layer():
    network = mlp(*WIDTHS, seed=0)
    for name, weight in prunable(signs_of(network)).items():
        before = prunable(network)[name]
        assert torch.equal(weight.sign(), before.sign()) and len(weight.abs().unique()) == 1
        assert float(weight.abs().mean()) == pytest.approx(float(before.std()), rel=1e-5)


def test_a_learned_mask_needs_weights_that_are_large_enough():
    large, small = (
        learned_supermask(digits(), 0, scale=scale, epochs=8, widths=WIDTHS)
        for scale in (6**0.5, 1.0)
    )
    assert (
        large["accuracy"] > 85 > large["without a mask"] + 50
        and large["accuracy"] > small["accuracy"] + 5
    )
    assert 0.1 < large["sparsity"] < 0.9


def test_a_mask_of_ones_changes_nothing():
    network = mlp(*WIDTHS, seed=0)
    ones = {name: torch.ones_like(w) for name, w in prunable(network).items()}
    assert masked_accuracy(network, ones, loaders(digits())["test"]) == evaluate(
        network, loaders(digits())["test"]
    )


def test_masks_from_the_same_start_agree_and_others_hardly_more_than_chance():
    rows = {
        r["pair"]: r["jaccard"]
        for r in how_similar_are_masks(digits(), seeds=[0], sparsity=0.8, widths=WIDTHS, epochs=8)
    }
    chance = 0.2 / 1.8
    assert rows["same start, other order of the data"] > 0.6
    assert abs(rows["other start, same order of the data"] - chance) < 0.1
    assert abs(rows["random, same number in each layer"] - chance) < 0.02
