"""Training and evaluation against what torch and plain counting say."""

import torch
from torch import nn

from utils.model import copy_of, digits, evaluate, fit, loaders, loss_on, mlp, recalibrate, train


def small_loader():
    generator = torch.Generator().manual_seed(0)
    return [
        (torch.randn(8, 4, generator=generator), torch.randint(0, 3, (8,), generator=generator))
        for _ in range(5)
    ]


def test_one_pass_steps_optimizer_scheduler_and_callbacks_once_a_batch_in_this_order():
    model, events = mlp(4, 3, seed=0), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    optimizer.register_step_post_hook(lambda *_: events.append("step"))

    class Scheduler:
        def step(self):
            events.append("schedule")

    train(
        model,
        small_loader(),
        nn.functional.cross_entropy,
        optimizer,
        Scheduler(),
        [lambda: events.append("callback")],
    )
    assert events == ["step", "schedule", "callback"] * 5


def test_one_step_of_sgd_is_the_gradient_times_the_learning_rate():
    model, batch = mlp(4, 3, seed=0), small_loader()[:1]
    expected = copy_of(model)
    nn.functional.cross_entropy(expected(batch[0][0]), batch[0][1]).backward()
    loss = train(
        model, batch, nn.functional.cross_entropy, torch.optim.SGD(model.parameters(), lr=0.5)
    )
    for p, q in zip(model.parameters(), expected.parameters()):
        assert torch.allclose(p, q - 0.5 * q.grad)
    assert abs(loss - nn.functional.cross_entropy(expected(batch[0][0]), batch[0][1]).item()) < 1e-6


def test_evaluate_counts_right_answers_in_percent():
    model = nn.Identity()
    scores, labels = torch.eye(4), torch.tensor([0, 1, 2, 0])
    assert evaluate(model, [(scores, labels), (scores[:2], labels[:2])]) == 100 * 5 / 6


def test_fit_is_repeatable_and_learns_the_digits():
    first = fit(mlp(64, 30, 10, seed=0), loaders(digits())["train"], epochs=8)
    second = fit(mlp(64, 30, 10, seed=0), loaders(digits())["train"], epochs=8)
    assert all(torch.equal(p, q) for p, q in zip(first.parameters(), second.parameters()))
    assert evaluate(first, loaders(digits())["test"]) > 85 and loss_on(first, digits().test) < 0.6


def test_no_epochs_change_nothing():
    model = mlp(4, 3, seed=0)
    before = copy_of(model)
    fit(model, small_loader(), epochs=0)
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), before.parameters()))


def test_recalibrated_statistics_are_those_of_the_inputs_and_weights_stay():
    model = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6))
    before = copy_of(model)
    x = torch.randn(50, 4)
    recalibrate(model, x)
    z = model[0](x)
    assert torch.allclose(model[1].running_mean, z.mean(0), atol=1e-5) and torch.allclose(
        model[1].running_var, z.var(0), atol=1e-5
    )
    assert all(torch.equal(p, q) for p, q in zip(model.parameters(), before.parameters()))
    assert model[1].momentum == before[1].momentum and not model.training
