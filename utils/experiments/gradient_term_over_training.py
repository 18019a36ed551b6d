"""Claim: early in training the gradient says what deleting a weight costs; at a minimum only the curvature is left to say it."""
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from utils.model import copy_of, flat, flat_loss, gradient, hessian, minimize, split, train
from utils.model.data import Batch
from utils.model.parameters import prunable


def gradient_term_over_training(networks: Sequence[nn.Module], batch: Batch, weight_decay: float,
                                steps: Sequence[int], lr: float = 0.1) -> list[dict]:
    """Train each network by full-batch SGD with momentum and stop after each of `steps`; then go on to the minimum.

    One row a network and stop: `network`, `step` (None at the minimum), and over all prunable weights, each deleted alone:
    `gradient term` and `curvature term`, the means of |g^T delta| and |1/2 delta^T H delta|; `gradient error`,
    `curvature error` and `error of both`: what the estimate misses, relative to the change that really happens.
    """
    rows = []
    for number, network in enumerate(networks):
        model = copy_of(network)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=weight_decay)
        done = 0
        for step in steps:
            for _ in range(step - done):
                train(model, [batch], nn.functional.cross_entropy, optimizer)
            done = step
            rows.append({"network": number, "step": step} | terms(model, batch, weight_decay))
        rows.append({"network": number, "step": None} | terms(minimize(model, batch, weight_decay), batch, weight_decay))
    return rows


def terms(model: nn.Module, batch: Batch, weight_decay: float) -> dict:
    """Both terms and the three errors, at the weights that `model` has."""
    first, second, actual = deletions(model, batch, weight_decay)

    def error(estimate: Tensor) -> float:
        return float((estimate - actual).abs().sum() / actual.abs().sum())

    return {"gradient term": float(first.abs().mean()), "curvature term": float(second.abs().mean()),
            "gradient error": error(first), "curvature error": error(second), "error of both": error(first + second)}


def deletions(model: nn.Module, batch: Batch, weight_decay: float, part: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
    """Each prunable weight q moved by delta = -part * theta_q e_q, alone (part = 1 deletes it).

    Three vectors: g^T delta, 1/2 delta^T H delta, and what L(theta + delta) - L(theta) really is.
    """
    loss, theta = flat_loss(model, batch, weight_decay), flat(model)
    which = {name: torch.full_like(p, name in prunable(model)) for name, p in split(model, theta).items()}
    chosen = torch.cat([part.flatten() for part in which.values()]).nonzero().flatten()
    size = -part * theta[chosen]
    first = gradient(loss, theta)[chosen] * size
    second = hessian(loss, theta).diagonal()[chosen] * size ** 2 / 2
    moved = theta.repeat(len(chosen), 1)
    moved[torch.arange(len(chosen)), chosen] += size
    return first, second, torch.stack([loss(one) for one in moved]) - loss(theta)
