"""The checks of lab 02 accept right answers in any form; their oracles agree with other ways."""

import copy
from fractions import Fraction

import numpy
import pytest
import torch
from torch import nn
from torch.func import functional_call, grad, hessian, jvp, vmap

from tests.checks.test_exercises import verdict
from utils import importance, model, pruning
from utils.checks import lab02 as checks
from utils.checks.lab02 import obs_delete
from utils.checks.lab02.losses import made, small, some
from utils.checks.lab02.vectors import both, close


def every_mask(loss, theta, kept):
    numbers = torch.arange(2 ** len(theta))[:, None]
    masks = (numbers >> torch.arange(len(theta)) & 1).bool()
    masks = masks[masks.sum(1) == kept]
    return masks[vmap(loss)(masks * theta).argmin()]


def by_bits(loss, theta, kept):
    numbers = [n for n in range(2 ** len(theta)) if n.bit_count() == kept]
    masks = [
        torch.tensor([n >> q & 1 for q in range(len(theta))], dtype=torch.bool) for n in numbers
    ]
    return min(masks, key=lambda mask: loss(torch.where(mask, theta, 0.0)))


def taylor_of_one_number(loss, theta, direction, order):
    """The derivatives of s -> L(theta + s d) at 0."""

    def along(s):
        return loss(theta + s * direction)

    zero = torch.zeros((), dtype=theta.dtype)
    terms = [along(zero), grad(along)(zero), grad(grad(along))(zero) / 2][: order + 1]
    return lambda h: torch.stack([term * h**k for k, term in enumerate(terms)]).sum().reshape(1)


def taylor_in_fractions(loss, theta, direction, order):
    polynomial = model.taylor(loss, theta, direction, order)
    return lambda h: Fraction(float(polynomial(h)))


def taylor_in_floats(loss, theta, direction, order):
    theta = theta.requires_grad_()
    terms, value = [], loss(theta)
    for power in range(order + 1):
        terms.append(numpy.float64(value.item()))
        if power < order:
            (g,) = torch.autograd.grad(value, theta, create_graph=True)
            value = g @ direction / (power + 1)
    return lambda h: sum(term * h**power for power, term in enumerate(terms))


def taylor_by_two_jvps(loss, theta, direction, order):
    def along(f):
        return lambda w: jvp(f, (w,), (direction,))[1]

    terms = [loss(theta), along(loss)(theta), along(along(loss))(theta) / 2][: order + 1]
    return lambda h: sum(term * h**power for power, term in enumerate(terms))


def signs_in_a_set(matrix):
    values = [float(value) for value in torch.linalg.eigvals(matrix).real]
    zero = 1e-9 * max(map(abs, values))
    signs = {(value > zero) - (value < -zero) for value in values}
    if {1, -1} <= signs:
        return "saddle"
    return "minimum" if signs == {1} else "maximum" if signs == {-1} else "inconclusive"


def words_of_numpy(matrix):
    values = numpy.linalg.eigvalsh(matrix.numpy())
    signs = set(numpy.sign(numpy.where(abs(values) > 1e-9 * abs(values).max(), values, 0)))
    kinds = {frozenset({1.0}): "minimum", frozenset({-1.0}): "maximum"}
    return numpy.str_("saddle" if {1, -1} <= signs else kinds.get(frozenset(signs), "inconclusive"))


def deleted_in_loops(theta, inverse, q):
    p, moved, downdated = len(theta), theta.clone(), inverse.clone()
    for i in range(p):
        moved[i] = theta[i] - theta[q] / inverse[q, q] * inverse[i, q] if i != q else 0
        for j in range(p):
            product = inverse[i, q] * inverse[q, j] / inverse[q, q]
            downdated[i, j] = 0 if q in (i, j) else inverse[i, j] - product
    return [moved, downdated]


def fisher_of_a_copy(model, x, y):
    return fisher_by_backward(copy.deepcopy(model), x, y)


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


def product_by_autograd(loss, theta, v):
    theta = theta.detach().requires_grad_()
    (g,) = torch.autograd.grad(loss(theta), theta, create_graph=True)
    return torch.autograd.grad(g @ v, theta)[0]


RIGHT = {
    checks.check_brute_force_best_mask: [
        every_mask,
        by_bits,
        lambda loss, theta, kept: pruning.best_mask(loss, theta, kept)[0],
    ],
    checks.check_taylor: [
        taylor_in_floats,
        taylor_in_fractions,
        taylor_by_two_jvps,
        taylor_of_one_number,
        torch.no_grad()(model.taylor),
    ],
    checks.check_hessian_vector_product: [
        product_by_autograd,
        model.hessian_vector_product,
        lambda loss, theta, v: torch.autograd.functional.hvp(loss, theta, v)[1],
        lambda loss, theta, v: torch.autograd.functional.vhp(loss, theta, v)[1],
        lambda loss, theta, v: jvp(grad(loss), (theta,), (v,))[1],
        lambda loss, theta, v: grad(lambda w: jvp(loss, (w,), (v,))[1])(theta),
    ],
    checks.check_classify_critical_point: [
        signs_in_a_set,
        words_of_numpy,
        model.classify_critical_point,
    ],
    checks.check_obd: [
        importance.obd_saliency,
        lambda theta, h: torch.stack([0.5 * a * b * b for a, b in zip(h, theta)]),
    ],
    checks.check_obs: [
        importance.obs_saliency,
        lambda theta, inverse: 0.5 * theta**2 / torch.diag(inverse),
    ],
    checks.check_obs_delete: [
        importance.obs_delete,
        deleted_in_loops,
        lambda theta, inverse, q: list(importance.obs_delete(theta, inverse, q)),
    ],
    checks.check_fisher_diagonal: [
        fisher_by_backward,
        fisher_of_a_copy,
        fisher_by_vmap,
        lambda model, x, y: importance.empirical_fisher(model, (x, y)).diagonal(),
    ],
}


@pytest.mark.parametrize(
    "check, answers", RIGHT.items(), ids=lambda each: getattr(each, "name", "")
)
def test_right_answers_in_other_forms_are_accepted(check, answers):
    for answer in answers:
        for _ in range(3):
            check(answer)


def test_a_difference_quotient_is_named_whatever_its_step():
    def central(h):
        return lambda loss, theta, v: (
            (grad(loss)(theta + h * v) - grad(loss)(theta - h * v)) / (2 * h)
        )

    def forward(h):
        return lambda loss, theta, v: (grad(loss)(theta + h * v) - grad(loss)(theta)) / h

    def extrapolated(h):
        return lambda *given: (4 * central(h)(*given) - central(2 * h)(*given)) / 3

    for scheme in (central, forward, extrapolated):
        for digits in range(1, 12):
            told = verdict(checks.check_hessian_vector_product, scheme(10.0**-digits))
            assert "difference quotient" in told


def test_the_losses_have_the_derivatives_that_differences_of_their_values_have():
    for _, loss, theta in [small(), *some(torch.Generator().manual_seed(0))]:
        f, steps = made(loss), 1e-4 * torch.eye(len(theta)).double()

        def slope(at, step, f=f):
            return (f(at + step) - f(at - step)) / 2e-4

        slopes = torch.stack([slope(theta, d) for d in steps])
        rows = [[(slope(theta + e, d) - slope(theta - e, d)) / 2e-4 for e in steps] for d in steps]
        assert close(slopes, grad(f)(theta), 1e-5)
        assert close(torch.stack([torch.stack(row) for row in rows]), hessian(f)(theta), 1e-4)


def test_after_a_deletion_a_regression_is_the_fit_without_the_feature():
    generator = numpy.random.default_rng(0)
    x, y, left = generator.normal(size=(30, 4)), generator.normal(size=30), [0, 1, 3]
    theta = torch.from_numpy(numpy.linalg.lstsq(x, y)[0])
    inverse = torch.from_numpy(numpy.linalg.inv(x.T @ x))
    moved, downdated = obs_delete.right(theta, inverse, 2)
    assert close(moved[left], torch.from_numpy(numpy.linalg.lstsq(x[:, left], y)[0]))
    rest = numpy.linalg.inv(x[:, left].T @ x[:, left])
    assert close(downdated[left][:, left], torch.from_numpy(rest))


def test_the_smallest_case_of_fisher_is_written_out():
    told = verdict(checks.check_fisher_diagonal, lambda model, x, y: torch.zeros(6))
    assert "x = [[" in told and "one linear layer, weight [[" in told and "bias [" in told


def test_of_a_large_tensor_the_first_entry_that_differs_is_named():
    wrong = torch.zeros(5, 5).double()
    wrong[1, 3], wrong[4, 4] = 0.5, 0.5
    assert both(wrong / 0.5, wrong) == ("at [1, 3]: 1", "at [1, 3]: 0.5")
