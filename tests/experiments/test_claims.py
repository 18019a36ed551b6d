"""Each claim of lecture 06 holds on a small run, by a margin that is no coin flip."""

import pytest
import torch

from utils.experiments.magnitude_pruning.chosen_on_test_data import chosen_on_test_data
from utils.experiments.magnitude_pruning.cost_of_zeros import cost_of_zeros, nbytes
from utils.experiments.magnitude_pruning.magnitude_against_random import magnitude_against_random
from utils.experiments.magnitude_pruning.one_shot_or_gradual import one_shot_or_gradual
from utils.experiments.magnitude_pruning.stale_statistics import stale_statistics
from utils.experiments.magnitude_pruning.zeros_come_back import zeros_come_back
from utils.model import convnet, copy_of, digits, fit, loaders, mlp, num_weights
from utils.pruning import cubic, one_shot


@pytest.fixture(scope="module")
def networks():
    return [
        fit(mlp(64, 100, 100, 10, seed=seed), loaders(digits(), seed=seed)["train"], epochs=20)
        for seed in range(3)
    ]


def mean(rows, key, **where):
    return sum(
        values := [row[key] for row in rows if all(row[k] == v for k, v in where.items())]
    ) / len(values)


def test_magnitude_beats_random_before_and_after_fine_tuning(networks):
    before = [copy_of(network) for network in networks]
    rows = magnitude_against_random(networks, digits(), sparsities=(0.0, 0.8))
    for key in ("pruned", "fine-tuned"):
        assert (
            mean(rows, key, sparsity=0.8, ranking="magnitude, local")
            > mean(rows, key, sparsity=0.8, ranking="random") + 10
        )
        assert mean(rows, key, sparsity=0.0, ranking="random") > 95
    for network, old in zip(networks, before):
        assert all(torch.equal(p, q) for p, q in zip(network.parameters(), old.parameters()))


def test_zeros_come_back_unless_masked_after_every_step(networks):
    rows = zeros_come_back(networks[0], digits(), sparsity=0.9, steps=3)
    left = num_weights(networks[0]) - round(0.9 * num_weights(networks[0]))
    assert mean(rows, "nonzero", step=0) == left
    assert {row["nonzero"] for row in rows if row["way"] == "mask after every step"} == {left}
    assert (
        mean(rows, "nonzero", way="mask once", step=1) > 5 * left
        and mean(rows, "nonzero", way="mask the gradients", step=1) > 5 * left
    )


def test_fresh_statistics_repair_a_part_of_the_damage():
    convnets = [
        fit(convnet(seed=seed), loaders(digits(), seed=seed)["train"], epochs=8)
        for seed in range(3)
    ]
    rows = stale_statistics(convnets, digits(), sparsities=(0.85,))
    assert (
        mean(rows, "accuracy", statistics="measured afresh")
        > mean(rows, "accuracy", statistics="stale") + 10
    )


def test_a_zero_takes_as_many_bytes_as_any_number_and_csr_stores_the_others_only():
    rows = {row["form"]: row for row in cost_of_zeros(size=100, batch=2, sparsity=0.9, repeats=1)}
    assert rows["dense"]["bytes"] == rows["masked"]["bytes"] == 4 * 100 * 100
    assert rows["fewer rows"]["bytes"] == 4 * 10 * 100
    assert rows["CSR"]["bytes"] == 1000 * (4 + 8) + 8 * 101  # values, 8-byte columns, row pointers
    assert nbytes(torch.zeros(3, dtype=torch.float64)) == 24


def test_an_epoch_chosen_on_some_data_looks_better_on_them_than_on_others(networks):
    rows = chosen_on_test_data(networks, digits(), sparsity=0.9, epochs=8)
    assert len(rows) == 2 * len(networks) and mean(rows, "chosen on") > mean(rows, "fresh")


def test_gradual_pruning_beats_pruning_at_once_before_training():
    rows = one_shot_or_gradual(
        digits(),
        {"at once": one_shot(0.95), "cubic": cubic(0.95)},
        seeds=(0, 1),
        epochs=8,
        start=0.0,
        end=0.75,
    )
    assert (
        mean(rows, "accuracy", schedule="cubic") > mean(rows, "accuracy", schedule="at once") + 20
    )
