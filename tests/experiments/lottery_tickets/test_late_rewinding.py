"""Late rewinding at its two ends is what is known already; and the claim holds on a small run."""

import pytest

from tests.experiments.rows import mean
from utils.experiments.lottery_tickets.late_rewinding import (
    late_rewinding,
    late_rewinding_on,
    total_steps,
)
from utils.experiments.lottery_tickets.tickets import Setting, tickets
from utils.importance import magnitude
from utils.model import digits, mlp
from utils.model.ensemble import accuracies, batch_orders, ensemble_of, train_ensemble
from utils.pruning import apply_masks, dense_masks, find_ticket, keep_top

SMALL = Setting((64, 20, 10), seeds=3, levels=3, keep=0.3, steps=60, lr=5e-3)


def trained_as_an_ensemble_of_one(network, masks, data, order, lr):
    """In place, one network as a batch of one."""
    together = [masks[name].T[None] for name in ("fc1.weight", "fc2.weight")]
    weights, biases = train_ensemble(ensemble_of([network]), together, data, order[:, None], lr)
    network.load_state_dict(
        {
            f"fc{k}.{kind}": value
            for k in (1, 2)
            for kind, value in (("weight", weights[k - 1][0].T), ("bias", biases[k - 1][0, 0]))
        }
    )
    return network


def test_step_0_is_ticket_and_control_of_the_other_experiment():
    ours = late_rewinding(digits(), (0,), SMALL)
    theirs = [
        row
        for row in tickets(digits(), SMALL)[0]
        if row["arm"] == "ticket" or row["arm"] == "random" and row["level"]
    ]
    which = [
        [(row["level"], row["arm"], row["seed"], row["density"]) for row in rows]
        for rows in (ours, theirs)
    ]
    assert sorted(which[0]) == sorted(which[1])
    theirs = {(row["level"], row["arm"], row["seed"]): row["accuracy"] for row in theirs}
    assert all(
        abs(row["accuracy"] - theirs[row["level"], row["arm"], row["seed"]]) < 1.5 for row in ours
    )  # rounding differs with the size of a batch


def test_the_last_step_is_the_trained_network_pruned_and_not_trained_on():
    rows = late_rewinding(digits(), (0, SMALL.steps), SMALL)
    trained = [row["accuracy"] for row in rows if (row["k"], row["level"]) == (0, 0)]
    assert trained == [
        row["accuracy"] for row in rows if (row["k"], row["level"]) == (SMALL.steps, 0)
    ]
    orders = batch_orders(range(3), SMALL.steps, SMALL.batch, 1077)
    for seed in range(3):
        network = mlp(*SMALL.widths, seed=seed)
        trained_as_an_ensemble_of_one(
            network, dense_masks(network), digits().train, orders[:, seed], SMALL.lr
        )
        apply_masks(network, keep_top(magnitude(network), 0.7))
        (found,) = (
            row["accuracy"]
            for row in rows
            if (row["k"], row["level"], row["arm"], row["seed"]) == (SMALL.steps, 1, "ticket", seed)
        )
        assert abs(accuracies(ensemble_of([network]), digits().test)[0] - found) < 1


@pytest.mark.parametrize("k", [20, 45])
def test_it_is_find_ticket_begun_after_k_steps(k):
    data, order = digits(), batch_orders((0,), SMALL.steps, SMALL.batch, 1077)[:, 0]
    network = mlp(*SMALL.widths, seed=0)
    trained_as_an_ensemble_of_one(network, dense_masks(network), data.train, order[:k], SMALL.lr)
    fit = lambda model, masks: trained_as_an_ensemble_of_one(
        model, masks, data.train, order[k:], SMALL.lr
    )
    fit(network, find_ticket(network, fit, 1 - SMALL.keep**2, rounds=2))
    (found,) = (
        row["accuracy"]
        for row in late_rewinding(data, (k,), SMALL)
        if (row["level"], row["arm"], row["seed"]) == (2, "ticket", 0)
    )
    apart = abs(accuracies(ensemble_of([network]), data.test)[0] - found)
    assert apart < 3


def test_the_ticks_are_those_that_are_foretold_and_every_row_is_there():
    ticks, setting = [], SMALL._replace(steps=6)
    rows = late_rewinding_on("digits", (0, 2, 5), setting, lambda: ticks.append(1))
    assert len(ticks) == total_steps((0, 2, 5), setting) == 18 + (2 + 12) + (5 + 3)
    assert [(row["k"], row["level"], row["arm"], row["seed"]) for row in rows] == [
        (k, level, arm, seed)
        for k in (0, 2, 5)
        for level in range(3)
        for arm in ("ticket", "random")[: level + 1]
        for seed in range(3)
    ]


def test_late_rewinding_helps_the_sparse_ticket_at_a_large_learning_rate_and_not_at_a_small_one():
    def gains(lr):
        setting = Setting((40, 100, 50, 10), seeds=6, levels=3, keep=0.25, steps=300, lr=lr)
        rows = late_rewinding_on("mnist1d", (0, 30), setting)
        return [
            mean(rows, k=30, level=2, arm=arm) - mean(rows, k=0, level=2, arm=arm)
            for arm in ("ticket", "random")
        ]

    ticket, control = gains(0.02)
    assert ticket > 2.5 > control
    assert gains(0.0012)[0] < 1.5
