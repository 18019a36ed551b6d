"""Many networks at once are as many networks alone."""

import pytest
import torch
from torch import nn

from tests.model.trained_alone import trained_alone
from utils.importance import random
from utils.model import digits, evaluate, loaders, mlp, mnist1d, prunable
from utils.model.ensemble import (
    accuracies,
    batch_orders,
    concatenate,
    ensemble_of,
    fast_products,
    forward,
    gradients_of,
    masks_of,
    member_of,
    stack_masks,
    train_ensemble,
)
from utils.pruning import keep_top


@pytest.fixture(scope="module")
def networks():
    return [mlp(64, 12, 10, seed=seed) for seed in range(3)]


def test_a_member_answers_as_its_network(networks):
    members, other = ensemble_of(networks), mlp(64, 12, 10, seed=9)
    alone = member_of(members, 1, other)
    assert all(torch.equal(p, q) for p, q in zip(alone.parameters(), networks[1].parameters()))
    assert not torch.equal(other.fc1.weight, alone.fc1.weight)
    assert accuracies(members, digits().test)[1] == pytest.approx(
        evaluate(alone, loaders(digits())["test"])
    )


def test_members_joined_answer_one_after_the_other(networks):
    x = digits().test[0][:5].expand(3, 5, 64)
    both = concatenate(ensemble_of(networks[:1]), ensemble_of(networks[1:]))
    assert torch.allclose(
        forward(both, x), torch.stack([network(x[0]) for network in networks]), atol=1e-6
    )


def test_masks_stacked_and_named_again_are_the_masks(networks):
    masks = [
        keep_top(random(network, generator=torch.Generator().manual_seed(seed)), 0.5)
        for seed, network in enumerate(networks)
    ]
    again = masks_of(list(masks[2]), stack_masks(masks), 2)
    assert all(torch.equal(mask, again[name]) for name, mask in masks[2].items())


def test_gradients_are_those_of_each_network_alone(networks):
    smooth = [mlp(64, 12, 10, activation=nn.Tanh, seed=seed) for seed in range(3)]
    x, y = (part[:30] for part in digits().train)
    members = ensemble_of(smooth, torch.tanh)
    for w in (*members.weights, *members.biases):
        w.requires_grad_()
    found = gradients_of(members, (x.expand(3, 30, 64), y.expand(3, 30)), torch.tanh)
    for k, network in enumerate(smooth):
        weights = [network.get_parameter(name) for name in prunable(network)]
        for ours, theirs in zip(
            found.weights, torch.autograd.grad(nn.functional.cross_entropy(network(x), y), weights)
        ):
            assert torch.allclose(ours[k].T, theirs, atol=1e-6)


def test_rewiring_is_asked_before_each_step_and_its_masks_hold(networks):
    masks, orders, asked = (
        [torch.ones_like(w) for w in ensemble_of(networks).weights],
        torch.zeros(4, 3, 8, dtype=torch.long),
        [],
    )

    def rewire(step, members, optimizer, examples):
        asked.append((step, len(optimizer.state), examples[0].shape))
        masks[0][:, step] = 0

    trained = train_ensemble(
        ensemble_of(networks),
        masks,
        digits().train,
        orders,
        0.1,
        rewire=rewire,
        optimizer=torch.optim.SGD,
    )
    assert [(step, shape) for step, _, shape in asked] == [(step, (3, 8, 64)) for step in range(4)]
    assert not trained.weights[0][:, :4].any() and trained.weights[0][:, 4:].all()


WIDTHS = (64, 20, 10)


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
        twin = trained_alone(
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


@pytest.mark.parametrize(
    "network",
    [
        mlp(6, 5, 3, activation=nn.Tanh),
        mlp(6, 5, 3, batchnorm=True),
        nn.Sequential(nn.Linear(6, 3, bias=False)),
        nn.Sequential(nn.Linear(6, 3), nn.Dropout()),
    ],
    ids=["tanh", "BatchNorm", "no biases", "dropout"],
)
def test_a_network_that_would_compute_something_else_is_refused(network):
    with pytest.raises(ValueError, match="relu between them"):
        ensemble_of([network])
