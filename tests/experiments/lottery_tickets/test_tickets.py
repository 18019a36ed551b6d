"""The search for many networks at once finds what it finds for one."""

import torch

from tests.model.trained_alone import trained_alone
from utils.experiments.lottery_tickets.tickets import (
    ARMS,
    Setting,
    pruned_further,
    tickets,
    total_steps,
)
from utils.model import digits, mlp, num_weights
from utils.model.ensemble import (
    accuracies,
    batch_orders,
    ensemble_of,
)
from utils.pruning import find_ticket, keep_top

WIDTHS = (64, 20, 10)


def test_the_engine_finds_the_ticket_that_the_readable_one_finds():
    data, setting = digits(), Setting(WIDTHS, seeds=2, levels=4, keep=0.6, steps=60, lr=5e-3)
    orders = batch_orders(range(2), setting.steps, setting.batch, len(data.train[1]))
    network = mlp(*WIDTHS, seed=0)
    masks = find_ticket(
        network,
        lambda model, masks: trained_alone(model, masks, data.train, orders[:, 0], setting.lr),
        1 - setting.keep**3,
        rounds=3,
    )
    rows, found = tickets(data, setting)
    same = sum(int((masks[name] == found[3][name]).sum()) for name in masks) / num_weights(masks)
    assert same > 0.98  # rounding differs, and a few weights near the threshold with it
    trained_alone(network, masks, data.train, orders[:, 0], setting.lr)
    (engine,) = (
        row["accuracy"]
        for row in rows
        if (row["level"], row["arm"], row["seed"]) == (3, "ticket", 0)
    )
    assert abs(accuracies(ensemble_of([network]), data.test)[0] - engine) < 2


def test_rows_masks_and_ticks_are_complete_and_the_arms_share_their_densities():
    setting, ticks = Setting(WIDTHS, seeds=2, levels=3, keep=0.5, steps=3), []
    rows, found = tickets(digits(), setting, lambda: ticks.append(1))
    assert len(ticks) == total_steps(setting)
    assert [(r["level"], r["arm"], r["seed"]) for r in rows if r["level"]] == [
        (level, arm, seed) for level in (1, 2) for arm in ARMS for seed in (0, 1)
    ]
    n = num_weights(found[0])
    assert [sum(int(m.sum()) for m in masks.values()) for masks in found] == [
        n,
        n - round(0.5 * n),
        n - round(0.75 * n),
    ]
    assert all(
        (b <= a).all()
        for one, two in zip(found, found[1:])
        for a, b in zip(one.values(), two.values())
    )
    assert rows == tickets(digits(), setting)[0]
    for one, other in (("ticket", "reinit"), ("ticket", "random"), ("reinit", "random")):
        assert [r["accuracy"] for r in rows[6:] if r["arm"] == one] != [
            r["accuracy"] for r in rows[6:] if r["arm"] == other
        ]


def test_each_member_is_pruned_by_itself():
    members = ensemble_of([mlp(*WIDTHS, seed=seed) for seed in range(3)])
    masks = pruned_further(members, [torch.ones_like(w) for w in members.weights], 0.9)
    for member in range(3):
        own = keep_top({k: w[member].abs() for k, w in enumerate(members.weights)}, 0.9)
        assert all(torch.equal(own[k], m[member]) for k, m in enumerate(masks))
