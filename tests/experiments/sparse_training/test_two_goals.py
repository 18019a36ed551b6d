"""The measures are those of the pruned network, and the rows are complete."""

import pandas as pd
import pytest
import torch
from torch import nn

from tests.experiments.sparse_training.alone import WIDTHS
from utils.experiments.sparse_training.two_goals import (
    CRITERIA,
    MEASURES,
    measured,
    rank_correlation,
    two_goals,
)
from utils.model import digits, loss_on, mlp, prunable
from utils.pruning import keep_top


@pytest.fixture(scope="module")
def goals():
    return two_goals(digits(), WIDTHS, (0.5, 0.03), (0, 1), steps=60)


def test_the_rows_of_two_goals_are_complete_and_their_measures_finite(goals):
    assert [(row["moment"], row["density"], row["criterion"], row["seed"]) for row in goals] == [
        (moment, density, criterion, seed)
        for moment in ("at initialization", "after training")
        for density in (0.5, 0.03)
        for criterion in CRITERIA
        for seed in (0, 1)
    ]
    values = torch.tensor([[row[name] for name in MEASURES] for row in goals])
    assert values.isfinite().all() and (values[:, 1] >= 0).all() and (values[:, 0] < 0).all()


def test_a_trained_network_pruned_a_little_has_a_smaller_loss_than_an_untrained_one(goals):
    for seed in (0, 1):
        loss = {
            row["moment"]: -row["- loss after pruning"]
            for row in goals
            if (row["density"], row["criterion"], row["seed"]) == (0.5, "magnitude", seed)
        }
        assert loss["after training"] < loss["at initialization"] - 0.5


def test_what_is_pruned_stays_pruned_and_3_percent_at_random_are_far_worse_than_half(goals):
    mean = (
        pd.DataFrame(goals)
        .query("criterion == 'random'")
        .groupby(["moment", "density"])["accuracy"]
        .mean()
    )
    for moment in ("at initialization", "after training"):
        assert mean[moment, 0.5] > mean[moment, 0.03] + 20


def test_the_measures_are_those_of_the_pruned_network():
    model, (x, y) = mlp(*WIDTHS, seed=0).double(), digits().train
    batch = x[:200].double(), y[:200]
    masks = keep_top({name: w.abs() for name, w in prunable(model).items()}, 0.5)
    found = measured(model, masks, batch)
    pruned = mlp(*WIDTHS, seed=0).double()
    with torch.no_grad():
        for name, mask in masks.items():
            pruned.get_parameter(name).mul_(mask)
    assert found["- loss after pruning"] == pytest.approx(-loss_on(pruned, batch))

    def falls(direction):
        """How fast the loss falls along -direction, by a small step."""
        step, loss = 1e-6, loss_on(pruned, batch)
        with torch.no_grad():
            for name, part in direction.items():
                pruned.get_parameter(name).sub_(step * part)
        after = loss_on(pruned, batch)
        with torch.no_grad():
            for name, part in direction.items():
                pruned.get_parameter(name).add_(step * part)
        return (loss - after) / step

    nn.functional.cross_entropy(pruned(batch[0]), batch[1]).backward()
    assert found["gradient flow"] == pytest.approx(
        falls({name: mask * pruned.get_parameter(name).grad for name, mask in masks.items()}),
        rel=1e-3,
    )
    assert found["mean signed gradient"] * sum(
        int(m.sum()) for m in masks.values()
    ) == pytest.approx(falls(masks), rel=1e-3)


def test_rank_correlation_is_spearmans():
    rows = [
        {"accuracy": a, "up": a**3, "down": -a, "mixed": m}
        for a, m in zip((10.0, 20.0, 30.0, 40.0), (1, 2, 4, 3))
    ]
    assert rank_correlation(rows, "up") == pytest.approx(1) and rank_correlation(
        rows, "down"
    ) == pytest.approx(-1)
    assert rank_correlation(rows, "mixed") == pytest.approx(
        1 - 6 * 2 / (4 * 15)
    )  # by hand: two ranks are off by one
    generator = torch.Generator().manual_seed(0)
    drawn = pd.DataFrame(
        torch.rand(30, 2, generator=generator).numpy(), columns=["accuracy", "measure"]
    )
    assert rank_correlation(drawn.to_dict("records"), "measure") == pytest.approx(
        drawn["accuracy"].rank().corr(drawn["measure"].rank())
    )
