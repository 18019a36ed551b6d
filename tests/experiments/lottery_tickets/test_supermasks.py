"""Masks over untrained weights answer."""

import pytest
import torch

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
