"""Derivatives of a loss as a function of all parameters, written as one vector theta.

    L(theta + delta) = L(theta) + g^T delta + 1/2 delta^T H delta + O(|delta|^3)

with the gradient g and the Hessian H.

A ReLU network has kinks where a ReLU switches: use a smooth activation (tanh) and float64 when
a remainder is measured.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from utils.model.copies import copy_of, to_score
from utils.model.data import Batch
from utils.model.parameters import Model, Tensors, prunable

Loss = Callable[[Tensor], Tensor]  # theta (p,) -> a number
Criterion = Callable[[Tensor, Tensor], Tensor]  # (outputs, targets) -> a number
cross_entropy = nn.functional.cross_entropy


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


def flat_loss(
    model: nn.Module, batch: Batch, weight_decay: float = 0.0, criterion: Criterion = cross_entropy
) -> Loss:
    """The loss as a function of theta: criterion(outputs, targets) + weight_decay / 2 |theta|^2.

    The network is in evaluation mode: BatchNorm uses the statistics that it has, dropout is off.
    The model itself is not changed; its dtype must be that of the inputs.
    """
    model, (x, y) = copy_of(model).eval(), batch

    def loss(theta: Tensor) -> Tensor:
        outputs = functional_call(model, split(model, theta), (x,))
        return criterion(outputs, y) + weight_decay / 2 * (theta @ theta)

    return loss


def gradient(loss: Loss, theta: Tensor) -> Tensor:
    """g (p,): all first derivatives at theta."""
    return torch.func.grad(loss)(theta)


def hessian_vector_product(loss: Loss, theta: Tensor, v: Tensor) -> Tensor:
    """H v (p,) without H, which has p^2 entries: the gradient of g^T v (Pearlmutter, 1994)."""
    return torch.func.grad(lambda at: gradient(loss, at) @ v)(theta)


def hessian(loss: Loss, theta: Tensor, rows: int = 64) -> Tensor:
    """H (p, p): all second derivatives at theta, `rows` at a time. For a few thousand
    parameters, no more.
    """
    with torch.no_grad():
        directions = torch.eye(len(theta), dtype=theta.dtype, device=theta.device)
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
    when |value| <= tolerance * the largest |value|, or below the rounding of H's dtype. ValueError
    if H is not square and symmetric, or is empty.
    """
    p = len(hessian) if hessian.dim() else 0
    if hessian.shape != (p, p) or p == 0:
        raise ValueError(
            f"a Hessian is a square, symmetric matrix; got shape {tuple(hessian.shape)}"
        )
    if not (hessian - hessian.T).abs().max() <= 1e-5 * hessian.abs().max():  # NaN fails this too
        raise ValueError("a Hessian is symmetric; this matrix differs from its transpose")
    values = torch.linalg.eigvalsh(hessian)
    zero = max(tolerance, p * torch.finfo(hessian.dtype).eps) * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values > zero).all():
        return "minimum"
    return "maximum" if (values < -zero).all() else "inconclusive"


def weight_gradients(
    model: nn.Module, batch: Batch, criterion: Criterion = cross_entropy
) -> Tensors:
    """The gradient of criterion(outputs, targets) by every prunable weight, by name; also by those
    that are 0, are frozen or are not used (0). The model is used as in `to_score`: in training
    mode without dropout; it is not changed.
    """
    model, (x, y) = to_score(model, batch)
    weights = {name: model.get_parameter(name) for name in prunable(model)}
    loss = criterion(model(x), y)
    gradients = torch.autograd.grad(loss, list(weights.values()), materialize_grads=True)
    return dict(zip(weights, gradients))


def per_sample_gradients(model: nn.Module, batch: Batch) -> Tensor:
    """(n, p): row i is the gradient of the cross-entropy of example i alone, with the network in
    evaluation mode.
    """
    x, y = batch

    def loss(theta: Tensor, x: Tensor, y: Tensor) -> Tensor:
        return flat_loss(model, (x[None], y[None]))(theta)

    return vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(flat(model), x, y)
