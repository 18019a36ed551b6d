"""Many networks at once do what one network does alone."""

import torch
from torch import nn

from utils.experiments.lottery_tickets.tickets import (
    ARMS,
    Setting,
    pruned_further,
    tickets,
    total_steps,
)
from utils.model import digits, mlp, mnist1d, num_weights
from utils.model.ensemble import (
    accuracies,
    batch_orders,
    ensemble_of,
    fast_products,
    forward,
    train_ensemble,
)
from utils.pruning import apply_masks, find_ticket, keep_top

WIDTHS = (64, 20, 10)


def alone(network, masks, data, order, lr):
    """One network trained in the plain way on the same examples."""
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    apply_masks(network, masks)
    for examples in order:
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(data[0][examples]), data[1][examples]).backward()
        optimizer.step()
        apply_masks(network, masks)
    return network


def test_members_train_as_each_network_does_alone():
    data, orders = digits().train, batch_orders(range(3), 40, 32, 1077)
    networks = [mlp(*WIDTHS, seed=seed) for seed in range(3)]
    masks = [
        keep_top({name: p.abs() for name, p in network.named_parameters() if p.dim() > 1}, 0.5)
        for network in networks
    ]
    together = [torch.stack([m[name].T for m in masks]).detach() for name in masks[0]]
    trained = train_ensemble(ensemble_of(networks), together, data, orders, lr=1e-2)
    for member, network in enumerate(networks):
        twin = alone(
            network,
            {name: m.detach() for name, m in masks[member].items()},
            data,
            orders[:, member],
            lr=1e-2,
        )
        for layer, w, b in zip((twin.fc1, twin.fc2), *trained):
            assert torch.allclose(layer.weight, w[member].T, atol=1e-4) and torch.allclose(
                layer.bias, b[member, 0], atol=1e-4
            )
            assert torch.equal(layer.weight == 0, w[member].T == 0)


def test_the_engine_finds_the_ticket_that_the_readable_one_finds():
    data, setting = digits(), Setting(WIDTHS, seeds=2, levels=4, keep=0.6, steps=60, lr=5e-3)
    orders = batch_orders(range(2), setting.steps, setting.batch, len(data.train[1]))
    network = mlp(*WIDTHS, seed=0)
    masks = find_ticket(
        network,
        lambda model, masks: alone(model, masks, data.train, orders[:, 0], setting.lr),
        1 - setting.keep**3,
        rounds=3,
    )
    rows, found = tickets(data, setting)
    same = sum(int((masks[name] == found[3][name]).sum()) for name in masks) / num_weights(masks)
    assert same > 0.98  # rounding differs, and a few weights near the threshold with it
    alone(network, masks, data.train, orders[:, 0], setting.lr)
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


def test_orders_are_epochs_and_each_seed_has_its_own():
    orders = batch_orders((0, 1), steps=10, batch=8, examples=40)
    assert orders.shape == (10, 2, 8) and not torch.equal(orders[:, 0], orders[:, 1])
    assert sorted(orders[:5, 0].flatten().tolist()) == list(range(40))
    assert torch.equal(orders[:, 0], batch_orders((0,), 10, 8, 40)[:, 0])


def test_members_answer_as_their_networks_and_the_precision_is_put_back():
    networks = [mlp(40, 7, 5, 10, seed=seed) for seed in range(2)]
    x, y = mnist1d().test
    outputs = forward(ensemble_of(networks), x.expand(2, *x.shape))
    assert all(
        torch.allclose(outputs[k], network(x), atol=1e-5) for k, network in enumerate(networks)
    )
    before = torch.get_float32_matmul_precision()
    with fast_products():
        assert torch.get_float32_matmul_precision() == "medium"
    assert torch.get_float32_matmul_precision() == before
