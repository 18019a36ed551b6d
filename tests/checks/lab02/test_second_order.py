"""The checks of lab 02 accept right answers in any form; their losses have the derivatives that they say."""

import pytest
import torch
from torch import nn
from torch.func import functional_call, grad, jvp, vmap

from tests.checks.lab02 import wrong_answers as wrong
from utils.checks.report import CheckFailed
from utils.checks import lab02 as checks
from utils.checks.lab02.losses import small, some
from utils.checks.lab02.vectors import compare


def boolean_mask(loss, theta, kept):
    masks = (
        torch.tensor([number >> q & 1 for q in range(len(theta))], dtype=torch.bool)
        for number in range(2 ** len(theta))
    )
    return min(
        (mask for mask in masks if mask.sum() == kept), key=lambda mask: float(loss(mask * theta))
    )


def taylor_in_floats(loss, theta, direction, order):
    theta = theta.requires_grad_()
    terms, value = [], loss(theta)
    for power in range(order + 1):
        terms.append(float(value))
        if power < order:
            value = (
                torch.autograd.grad(value, theta, create_graph=True)[0] @ direction / (power + 1)
            )
    return lambda h: sum(term * h**power for power, term in enumerate(terms))


def taylor_by_two_jvps(loss, theta, direction, order):
    def along(f):
        return lambda w: jvp(f, (w,), (direction,))[1]

    terms = [loss(theta), along(loss)(theta), along(along(loss))(theta) / 2][: order + 1]
    return lambda h: sum(term * h**power for power, term in enumerate(terms))


def bordered_by_hand(hessian):
    values = [float(value) for value in torch.linalg.eigvals(hessian).real]
    zero = 1e-9 * max(map(abs, values))
    signs = {(value > zero) - (value < -zero) for value in values}
    return (
        "saddle"
        if {1, -1} <= signs
        else {frozenset({1}): "minimum", frozenset({-1}): "maximum"}.get(
            frozenset(signs), "inconclusive"
        )
    )


def fisher_by_backward(model, x, y):
    total = [torch.zeros_like(p) for p in model.parameters()]
    for i in range(len(x)):
        model.zero_grad()
        nn.functional.cross_entropy(model(x[i : i + 1]), y[i : i + 1]).backward()
        for sum_, p in zip(total, model.parameters()):
            sum_ += p.grad**2 / len(x)
    return torch.cat([sum_.flatten() for sum_ in total])  # .grad is left filled


def fisher_by_vmap(model, x, y):
    def loss(parameters, x, y):
        return nn.functional.cross_entropy(functional_call(model, parameters, (x[None],)), y[None])

    gradients = vmap(grad(loss), (None, 0, 0))(dict(model.named_parameters()), x, y)
    return torch.cat([g.flatten(1) for g in gradients.values()], 1).square().mean(0)


@pytest.mark.parametrize(
    "check, answer",
    [
        (checks.check_brute_force_best_mask, boolean_mask),
        (checks.check_taylor, taylor_in_floats),
        (checks.check_taylor, taylor_by_two_jvps),
        (checks.check_hessian_vector_product, wrong.right_product),
        (
            checks.check_hessian_vector_product,
            lambda loss, theta, v: torch.autograd.functional.hvp(loss, theta, v)[1],
        ),
        (
            checks.check_hessian_vector_product,
            lambda loss, theta, v: jvp(grad(loss), (theta,), (v,))[1],
        ),
        (checks.check_classify_critical_point, bordered_by_hand),
        (
            checks.check_hessian_vector_product,
            lambda loss, theta, v: grad(lambda w: jvp(loss, (w,), (v,))[1])(theta),
        ),
        (
            checks.check_hessian_vector_product,
            lambda loss, theta, v: torch.autograd.functional.vhp(loss, theta, v)[1],
        ),
        (
            checks.check_obd,
            lambda theta, h: torch.stack([0.5 * a * b * b for a, b in zip(h, theta)]),
        ),
        (checks.check_obs, lambda theta, inverse: 0.5 * theta**2 / torch.diag(inverse)),
        (checks.check_fisher_diagonal, fisher_by_backward),
        (checks.check_fisher_diagonal, fisher_by_vmap),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_another_form_of_the_right_answer_is_accepted(check, answer):
    check(answer)


def test_the_smallest_case_of_fisher_is_written_out():
    with pytest.raises(
        CheckFailed,
        match=r"x = \[\[.*, y = \[[01]\], one linear layer, weight \[\[.*, bias \[",
    ):
        checks.check_fisher_diagonal(lambda model, x, y: torch.zeros(6))


def test_of_a_large_tensor_the_first_entry_that_differs_is_named():
    wrong = torch.zeros(5, 5).double()
    wrong[1, 3], wrong[4, 4] = 0.5, 0.5
    with pytest.raises(
        CheckFailed, match=r"expected  at \[1, 3\]: 1\n  got       at \[1, 3\]: 0.5"
    ):
        compare("check", "tried", wrong, wrong / 0.5, {})


def test_the_losses_have_the_derivatives_that_differences_of_their_values_have():
    for case in [small(), *some(torch.Generator().manual_seed(0))]:
        loss, step = case.make(*case.numbers), 1e-4 * torch.eye(len(case.theta)).double()
        _, g, h = case.derivatives()
        slopes = torch.stack([(loss(case.theta + d) - loss(case.theta - d)) / 2e-4 for d in step])
        bends = (
            torch.stack(
                [
                    torch.stack(
                        [
                            loss(case.theta + d + e)
                            - loss(case.theta + d - e)
                            - loss(case.theta - d + e)
                            + loss(case.theta - d - e)
                            for e in step
                        ]
                    )
                    for d in step
                ]
            )
            / 4e-8
        )
        assert torch.allclose(slopes, g, rtol=1e-5, atol=1e-6) and torch.allclose(
            bends, h, rtol=1e-4, atol=1e-4
        )
