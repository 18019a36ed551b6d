import copy
import math

import pytest
import sympy
import torch
from torch import nn

from utils.model import (
    classify_critical_point,
    flat,
    flat_loss,
    gradient,
    hessian,
    hessian_vector_product,
    minimize,
    mlp,
    per_sample_gradients,
    put,
    split,
    taylor,
    weight_gradients,
)


@pytest.fixture(scope="module")
def network():
    return mlp(4, 5, 3, activation=nn.Tanh, seed=0).double()


@pytest.fixture(scope="module")
def batch():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(12, 4, dtype=torch.float64, generator=generator), torch.randint(
        0, 3, (12,), generator=generator
    )


@pytest.fixture(scope="module")
def loss(network, batch):
    return flat_loss(network, batch, weight_decay=0.01)


def direction(size, seed=2):
    v = torch.randn(size, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    return v / v.norm()


def test_a_vector_of_all_parameters_comes_back(network):
    theta = flat(network)
    assert theta.shape == (4 * 5 + 5 + 5 * 3 + 3,)
    parts = split(network, theta)
    assert all(torch.equal(parts[name], p) for name, p in network.named_parameters())
    other = put(mlp(4, 5, 3, activation=nn.Tanh, seed=9).double(), theta)
    assert torch.equal(flat(other), theta)
    with pytest.raises(ValueError, match="43 parameters"):
        split(network, theta[1:])


def test_the_loss_of_a_vector_is_the_loss_of_the_network(network, batch, loss):
    theta, (x, y) = flat(network), batch
    expected = nn.functional.cross_entropy(network(x), y) + 0.005 * sum(
        p.square().sum() for p in network.parameters()
    )
    assert loss(theta).item() == pytest.approx(expected.item(), rel=1e-12)
    loss(theta + 1)
    assert torch.equal(flat(network), theta)


def test_the_gradient_is_that_of_backward_and_of_finite_differences(network, batch, loss):
    theta = flat(network)
    g = gradient(loss, theta)
    leaf = theta.clone().requires_grad_()
    loss(leaf).backward()
    assert torch.allclose(g, leaf.grad, atol=1e-14)
    steps = 1e-6 * torch.eye(len(theta), dtype=theta.dtype)
    assert torch.allclose(
        g, torch.stack([(loss(theta + s) - loss(theta - s)) / 2e-6 for s in steps]), atol=1e-8
    )


def test_the_hessian_is_torchs_symmetric_and_the_derivative_of_the_gradient(network, loss):
    theta = flat(network)
    h = hessian(loss, theta, rows=7)
    assert torch.allclose(h, torch.func.hessian(loss)(theta), atol=1e-12)
    assert torch.allclose(h, h.T, atol=1e-12)
    v = direction(len(theta))
    assert torch.allclose(hessian_vector_product(loss, theta, v), h @ v, atol=1e-12)
    assert torch.allclose(
        h @ v,
        (gradient(loss, theta + 1e-5 * v) - gradient(loss, theta - 1e-5 * v)) / 2e-5,
        atol=1e-8,
    )


def test_what_a_taylor_polynomial_leaves_falls_with_the_power_after_its_order(network, loss):
    theta = flat(network)
    v = direction(len(theta))
    for order, power in ((0, 1), (1, 2), (2, 3)):
        polynomial = taylor(loss, theta, v, order)
        rests = [abs(float(loss(theta + h * v) - polynomial(h))) for h in (2e-2, 1e-2)]
        assert math.log2(rests[0] / rests[1]) == pytest.approx(power, abs=0.1)
    with pytest.raises(ValueError, match="0, 1 or 2"):
        taylor(loss, theta, v, 3)


x, y, z = sympy.symbols("x y z")


@pytest.mark.parametrize(
    ("f", "kind"),
    [
        (x**2 + 3 * y**2 + x * y, "minimum"),
        (-(x**2) - y**2, "maximum"),
        (x * y, "saddle"),
        (x**2 - y**2, "saddle"),
        (x**4 + y**4, "inconclusive"),
        (x**4 - y**4, "inconclusive"),
        (x**3 - 3 * x * y**2, "inconclusive"),
        (x**2 + y**4, "inconclusive"),
    ],
)
def test_a_critical_point_of_two_variables_is_what_the_discriminant_says(f, kind):
    h = sympy.hessian(f, (x, y)).subs({x: 0, y: 0})
    discriminant = h.det()
    expected = (
        "saddle"
        if discriminant < 0
        else "inconclusive"
        if discriminant == 0
        else "minimum"
        if h[0, 0] > 0
        else "maximum"
    )
    assert (
        classify_critical_point(torch.tensor(h.tolist(), dtype=torch.float64)) == expected == kind
    )


def test_a_saddle_is_one_whatever_the_other_eigenvalues_are():
    assert classify_critical_point(torch.diag(torch.tensor([1.0, 0.0, -1.0]))) == "saddle"
    assert classify_critical_point(torch.diag(torch.tensor([1.0, 0.0, 2.0]))) == "inconclusive"
    turned = torch.linalg.qr(
        torch.randn(5, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    ).Q
    flat_one = (
        turned @ torch.diag(torch.tensor([1.0, 2, 3, 4, 0], dtype=torch.float64)) @ turned.T
    )  # zero only up to rounding
    assert classify_critical_point((flat_one + flat_one.T) / 2) == "inconclusive"


def test_what_is_no_hessian_is_refused():
    for matrix in (torch.ones(2, 3), torch.tensor([[1.0, 2], [3, 4]])):
        with pytest.raises(ValueError, match="symmetric"):
            classify_critical_point(matrix)


def test_gradients_of_single_examples_average_to_the_gradient(network, batch):
    each = per_sample_gradients(network, batch)
    assert each.shape == (12, 43)
    assert torch.allclose(
        each.mean(0), gradient(flat_loss(network, batch), flat(network)), atol=1e-14
    )
    one = (batch[0][3:4], batch[1][3:4])
    assert torch.allclose(each[3], gradient(flat_loss(network, one), flat(network)), atol=1e-14)


def test_minimize_ends_where_the_gradient_is_zero_and_the_loss_no_higher(batch):
    network = mlp(4, 5, 3, activation=nn.Tanh, seed=3).double()
    loss = flat_loss(network, batch, weight_decay=0.01)
    before = float(loss(flat(network)))
    assert minimize(network, batch, weight_decay=0.01) is network
    assert gradient(loss, flat(network)).abs().max() < 2e-6 and float(loss(flat(network))) < before
    assert torch.linalg.eigvalsh(hessian(loss, flat(network))).min() > 0


def test_in_float32_what_is_rounding_is_no_direction():
    """Positive semidefinite matrices of rank 3 have three zero eigenvalues: nothing decides."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        root = torch.randn(6, 3, generator=generator)
        assert classify_critical_point(root @ root.T) == "inconclusive"


@pytest.mark.parametrize("hessian", [torch.zeros(0, 0), torch.ones(3), torch.tensor(2.0)])
def test_what_has_no_eigenvalues_is_refused(hessian):
    with pytest.raises(ValueError, match="square, symmetric"):
        classify_critical_point(hessian)


def test_a_small_matrix_can_be_asymmetric():
    with pytest.raises(ValueError, match="transpose"):
        classify_critical_point(1e-9 * torch.tensor([[1.0, 2], [3, 4]]))


def test_a_network_with_batchnorm_has_its_gradients_and_keeps_its_statistics():
    model, x, y = mlp(4, 5, 3, batchnorm=True, seed=0).double(), torch.randn(9, 4).double(), None
    y = torch.arange(9) % 3
    model(x)
    before = copy.deepcopy(model.state_dict())
    each = per_sample_gradients(model, (x, y))
    twin = copy.deepcopy(model).eval()
    for row, one, label in zip(each, x, y):
        loss = nn.functional.cross_entropy(twin(one[None]), label[None])
        alone = torch.autograd.grad(loss, list(twin.parameters()))
        assert torch.allclose(row, torch.cat([g.flatten() for g in alone]), atol=1e-12)
    weight_gradients(model, (x, y))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_weight_gradients_reach_frozen_weights_are_0_for_unused_ones_and_take_any_loss():
    class Partly(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unused = nn.Linear(3, 2), nn.Linear(3, 2)

        def forward(self, x):
            return self.used(x)

    model, x, y = Partly(), torch.randn(5, 3), torch.randn(5, 2)
    model.used.weight.requires_grad_(False)
    found = weight_gradients(model, (x, y), nn.functional.mse_loss)
    by_hand = 2 * (model(x) - y).T @ x / y.numel()
    assert torch.allclose(found["used.weight"], by_hand, atol=1e-6)
    assert not found["unused.weight"].any()
