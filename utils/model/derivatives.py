"""Derivatives of a loss as a function of all parameters, written as one vector theta.

    L(theta + delta) = L(theta) + g^T delta + 1/2 delta^T H delta + O(|delta|^3)

with the gradient g and the Hessian H.

A ReLU network has kinks where a ReLU switches: use a smooth activation (tanh) and float64 when
a remainder is measured.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call, jvp, vmap

from utils.model.data import Batch
from utils.model.parameters import Model, Tensors, prunable

Loss = Callable[[Tensor], Tensor]  # theta (p,) -> a number


def flat(model: nn.Module) -> Tensor:
    """All parameters, biases too, as one vector (p,): a copy, in the order of
    `named_parameters`.
    """
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def split(model: nn.Module, theta: Tensor) -> Tensors:
    """A vector (p,) cut into the shapes of the parameters, by name: the inverse of `flat`."""
    sizes = [p.numel() for p in model.parameters()]
    if theta.shape != (sum(sizes),):
        raise ValueError(
            f"the model has {sum(sizes)} parameters; got a vector of shape {tuple(theta.shape)}"
        )
    return {
        name: part.view_as(p)
        for part, (name, p) in zip(theta.split(sizes), model.named_parameters())
    }


@torch.no_grad()
def put(model: Model, theta: Tensor) -> Model:
    """Write a vector (p,) into the parameters of `model`, in place; returns it."""
    for name, part in split(model, theta).items():
        model.get_parameter(name).copy_(part)
    return model


def flat_loss(model: nn.Module, batch: Batch, weight_decay: float = 0.0) -> Loss:
    """The loss as a function of theta: mean cross-entropy on the batch + weight_decay / 2
    |theta|^2.

    The model itself is not changed; its dtype must be that of the inputs.
    """
    x, y = batch

    def loss(theta: Tensor) -> Tensor:
        outputs = functional_call(model, split(model, theta), (x,))
        return nn.functional.cross_entropy(outputs, y) + weight_decay / 2 * (theta @ theta)

    return loss


def gradient(loss: Loss, theta: Tensor) -> Tensor:
    """g (p,): all first derivatives at theta."""
    return torch.func.grad(loss)(theta)


def hessian_vector_product(loss: Loss, theta: Tensor, v: Tensor) -> Tensor:
    """H v (p,) without H, which has p^2 entries: the derivative of the gradient in direction
    v (Pearlmutter, 1994).
    """
    return jvp(torch.func.grad(loss), (theta,), (v,))[1]


def hessian(loss: Loss, theta: Tensor, rows: int = 64) -> Tensor:
    """H (p, p): all second derivatives at theta, `rows` at a time. For a few thousand
    parameters, no more.
    """
    with torch.no_grad():
        directions = torch.eye(len(theta), dtype=theta.dtype)
        product = vmap(lambda v: hessian_vector_product(loss, theta, v))
        return torch.cat([product(part) for part in directions.split(rows)])


def taylor(loss: Loss, theta: Tensor, direction: Tensor, order: int) -> Callable[[float], Tensor]:
    """The Taylor polynomial of order 0, 1 or 2 along a direction (p,): a function of the step
    length h.

    h -> L + h g^T d + h^2/2 d^T H d, cut after `order`. ValueError for another order.
    """
    if order not in (0, 1, 2):
        raise ValueError(f"order must be 0, 1 or 2; got {order}")
    terms = [loss(theta)]
    if order >= 1:
        terms.append(gradient(loss, theta) @ direction)
    if order == 2:
        terms.append(direction @ hessian_vector_product(loss, theta, direction) / 2)
    zero = terms[0].new_zeros(())
    return lambda h: sum((term * h**k for k, term in enumerate(terms)), zero)


def classify_critical_point(hessian: Tensor, tolerance: float = 1e-9) -> str:
    """ "minimum", "maximum", "saddle" or "inconclusive", from the signs of the eigenvalues of H
    at a critical point.

    All positive: minimum; all negative: maximum; both signs: saddle, whatever the others are.
    Otherwise some are zero, and the second derivatives do not decide. An eigenvalue is zero
    when |value| <= tolerance * the largest |value|. ValueError if H is not square and
    symmetric.
    """
    if (
        hessian.dim() != 2
        or hessian.shape[0] != hessian.shape[1]
        or not torch.allclose(hessian, hessian.T)
    ):
        raise ValueError(
            f"a Hessian is a symmetric matrix; got shape {tuple(hessian.shape)}, "
            "or one that is not symmetric"
        )
    values = torch.linalg.eigvalsh(hessian)
    zero = tolerance * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values > zero).all():
        return "minimum"
    return "maximum" if (values < -zero).all() else "inconclusive"


def weight_gradients(model: nn.Module, batch: Batch) -> Tensors:
    """The gradient of the mean cross-entropy by every prunable weight, by name; also by those
    that are 0. The model is used as it is, in its mode, and not changed.
    """
    weights = {name: model.get_parameter(name) for name in prunable(model)}
    loss = nn.functional.cross_entropy(model(batch[0]), batch[1])
    return dict(zip(weights, torch.autograd.grad(loss, list(weights.values()))))


def per_sample_gradients(model: nn.Module, batch: Batch) -> Tensor:
    """(n, p): row i is the gradient of the cross-entropy of example i alone."""
    x, y = batch

    def loss(theta: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return flat_loss(model, (x[None], y[None]))(theta)

    return vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(flat(model), x, y)
