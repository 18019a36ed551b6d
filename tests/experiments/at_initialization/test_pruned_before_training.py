"""Networks pruned before training: one of many is as one alone, the numbers are kept, and the
claims hold by wide margins.
"""

import pytest
import torch
from torch import nn

from tests.experiments.rows import mean
from tests.model.trained_alone import trained_alone
from utils.experiments.at_initialization.pruned_before_training import (
    METHODS,
    ROUNDS,
    few_of_each,
    in_rounds,
    pruned_before_training,
    pruned_digits,
    signed_snip,
)
from utils.importance import lamp, snip
from utils.model import copy_of, digits, initialize, mlp, num_weights
from utils.model.ensemble import accuracies, batch_orders, ensemble_of, stack_masks
from utils.pruning import dense_masks, exponential, keep_top

WIDTHS, DEEP, STEPS, LR = (64, 30, 20, 10), (64, *[100] * 6, 10), 60, 2e-3


def untrained(seed, widths=WIDTHS):
    return initialize(mlp(*widths, seed=seed), nn.init.kaiming_normal_, seed)


def accuracy_of(network):
    return accuracies(ensemble_of([network]), digits().test)[0]


def test_one_of_many_is_what_it_would_be_alone():
    rows = pruned_before_training(
        digits(), WIDTHS, (0.5, 0.2), ("magnitude", "SNIP", "after training"), (0, 1), STEPS
    )
    orders = batch_orders((0, 1), STEPS, 64, 1077)
    for seed in (0, 1):
        found = {row["method"]: row for row in rows if (row["seed"], row["density"]) == (seed, 0.2)}
        network = untrained(seed)
        masks = keep_top(snip(network, few_of_each(digits(), seed)), 0.8)
        dense = trained_alone(
            copy_of(network), dense_masks(network), digits().train, orders[:, seed], LR
        )
        after = keep_top(lamp(dense), 0.8)
        assert found["SNIP"]["kept"] == {name: int(mask.sum()) for name, mask in masks.items()}
        assert found["SNIP"]["accuracy"] == pytest.approx(
            accuracy_of(trained_alone(network, masks, digits().train, orders[:, seed], LR)), abs=1.5
        )
        assert found["SNIP"]["dense"] == pytest.approx(accuracy_of(dense), abs=1.5)
        assert found["after training"]["accuracy"] == pytest.approx(
            accuracy_of(trained_alone(dense, after, digits().train, orders[:, seed], LR)), abs=1.5
        )


def test_every_method_keeps_the_number_that_the_density_says():
    n, ticks = num_weights(untrained(0)), []
    rows = pruned_before_training(
        digits(), WIDTHS, (0.3, 0.1), (*METHODS, *ROUNDS), (0, 3), 40, tick=lambda: ticks.append(1)
    )
    assert len(ticks) == 2 * 40
    assert [(row["density"], row["method"], row["seed"]) for row in rows] == [
        (density, method, seed)
        for density in (0.3, 0.1)
        for method in (*METHODS, *ROUNDS)
        for seed in (0, 3)
    ]
    for row in rows:
        rounding = (
            2 if row["method"] == "random, Erdos-Renyi" else 0
        )  # each layer is rounded by itself
        assert abs(sum(row["kept"].values()) - (n - round((1 - row["density"]) * n))) <= rounding, (
            row["method"]
        )


def test_the_same_settings_by_the_name_of_the_data_give_the_same_rows():
    assert pruned_digits(WIDTHS, (0.3,), ("SNIP",), (0,), 5) == pruned_before_training(
        digits(), WIDTHS, (0.3,), ("SNIP",), (0,), 5
    )


@pytest.mark.parametrize("name", ["SNIP", "SynFlow"])
def test_shuffled_masks_have_the_numbers_of_the_layers_and_other_places_for_every_seed(name):
    network, batch = untrained(0), few_of_each(digits(), 0)
    masks = METHODS[name](network, batch, 0.9)
    one, other = (METHODS[f"{name}, shuffled"](network, batch, 0.9, seed) for seed in (0, 1))
    for layer, mask in masks.items():
        assert mask.sum() == one[layer].sum() == other[layer].sum()
    assert all(
        any(not torch.equal(a[layer], b[layer]) for layer in masks)
        for a, b in ((masks, one), (one, other))
    )


@pytest.mark.parametrize("name", ["random", "random, Erdos-Renyi"])
def test_every_seed_draws_its_own_random_mask(name):
    one, other = (METHODS[name](untrained(0), None, 0.5, seed) for seed in (0, 1))
    assert not torch.equal(one["fc1.weight"], other["fc1.weight"])


def test_the_scores_are_made_of_equally_many_examples_of_every_class():
    data = digits()
    x, y = few_of_each(data, seed=0, each=7)
    assert y.bincount().tolist() == [7] * 10
    same = (x[:, None] == data.train[0]).all(2)
    assert (
        same.any(1).all()
        and len(same.int().argmax(1).unique()) == 70
        and torch.equal(data.train[1][same.int().argmax(1)], y)
    )
    assert not torch.equal(x, few_of_each(data, seed=1, each=7)[0])


def test_snip_is_the_absolute_value_of_the_signed_score():
    network, batch = untrained(0), few_of_each(digits(), 0)
    signed = signed_snip(network, batch)
    total = sum(score.abs().sum() for score in signed.values())
    assert all(
        torch.allclose(signed[name].abs() / total, score)
        for name, score in snip(network, batch).items()
    )
    smaller, loss = (
        copy_of(network).double(),
        lambda model: nn.functional.cross_entropy(model(batch[0].double()), batch[1]).item(),
    )
    q, before = int(signed["fc2.weight"].abs().argmax()), loss(smaller)
    smaller.fc2.weight.data.view(-1)[q] *= 1 - 1e-6
    assert (loss(smaller) - before) / 1e-6 == pytest.approx(
        float(signed["fc2.weight"].view(-1)[q]), rel=1e-3
    )


def test_rounds_follow_the_exponential_schedule_and_nothing_comes_back():
    networks = [untrained(seed) for seed in range(3)]
    members = ensemble_of(networks)
    cases = [
        (0.1, "SNIP", 0),
        (0.1, "after training, in rounds", 1),
        (0.02, "after training, in rounds", 2),
    ]
    rounds, n = ROUNDS["after training, in rounds"], num_weights(networks[0])
    masks = stack_masks(
        [
            keep_top(lamp(networks[0]), 0.5),
            *(
                keep_top(lamp(network), exponential(1 - density)(1 / rounds))
                for network, (density, _, _) in zip(networks[1:], cases[1:])
            ),
        ]
    )
    rewire, left = in_rounds(cases, masks, steps=400), []
    for step in range(400):
        old = [mask.clone() for mask in masks]
        rewire(step, members, None, None)
        assert all((mask <= before).all() for mask, before in zip(masks, old))
        left.append([int(sum(mask[member].sum() for mask in masks)) for member in range(3)])
    counts = list(zip(*left))
    assert set(counts[0]) == {n - round(0.5 * n)}
    for member, (density, _, _) in enumerate(cases[1:], start=1):
        assert sorted(set(counts[member]), reverse=True) == [
            n - round((1 - density ** (k / rounds)) * n) for k in range(1, rounds + 1)
        ]
        assert counts[member].index(counts[member][-1]) < 0.75 * 400  # the last quarter repairs
        assert all(
            (w[member][mask[member] == 0] == 0).all() for w, mask in zip(members.weights, masks)
        )


def test_snip_beats_chance_and_synflow_beats_snip_and_after_training_rounds_beat_one_cut():
    rows = pruned_digits(DEEP, (0.02, 0.01), ("random", "SNIP", "SynFlow", *ROUNDS), range(2), 300)
    assert mean(rows, method="SNIP", density=0.02) > mean(rows, method="random", density=0.02) + 20
    assert mean(rows, method="SynFlow", density=0.01) > mean(rows, method="SNIP", density=0.01) + 20
    assert (
        mean(rows, method="after training, in rounds", density=0.01)
        > mean(rows, method="after training", density=0.01) + 20
    )


def test_scored_once_synflow_empties_a_layer_that_scored_often_it_does_not():
    network, batch = untrained(0, DEEP), few_of_each(digits(), 0)
    least = {
        name: min(int(mask.sum()) for mask in METHODS[name](network, batch, 0.99).values())
        for name in ("SynFlow, one round", "SynFlow")
    }
    assert least["SynFlow, one round"] == 0 and least["SynFlow"] > 40
