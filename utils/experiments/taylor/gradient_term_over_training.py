"""Claim: early in training the gradient says what deleting a weight costs; at a minimum only the
curvature is left to say it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from utils.model import copy_of, flat, flat_loss, gradient, hessian, minimize, train
from utils.model.data import Batch
from utils.model.derivatives import Loss
from utils.model.parameters import prunable


def gradient_term_over_training(
    networks: Sequence[nn.Module],
    batch: Batch,
    weight_decay: float,
    steps: Sequence[int],
    lr: float = 0.1,
) -> list[dict]:
    """Train each network by full-batch SGD with momentum and stop after each of `steps`; then go on
    to the minimum.

    One row a network and stop: `network`, `step` (infinite at the minimum), and over all prunable
    weights, each deleted alone: `gradient term` and `curvature term`, the means of |g^T delta| and
    |1/2 delta^T H delta|; `gradient error`, `curvature error` and `error of both`: what the
    estimate misses, relative to the change that really happens.
    """
    rows = []
    for number, network in enumerate(networks):
        model = copy_of(network)
        optimizer = torch.optim.SGD(
            model.parameters(), lr=lr, momentum=0.9, weight_decay=weight_decay
        )
        done = 0
        for step in steps:
            for _ in range(step - done):
                train(model, [batch], nn.functional.cross_entropy, optimizer)
            done = step
            rows.append({"network": number, "step": step} | _row(model, batch, weight_decay))
        minimize(model, batch, weight_decay)
        rows.append({"network": number, "step": float("inf")} | _row(model, batch, weight_decay))
    return rows


def deletions(model: nn.Module) -> Tensor:
    """One row delta = -theta_q e_q for each prunable weight q: (n, p)."""
    names = prunable(model)
    weights = torch.cat(
        [torch.full((p.numel(),), name in names) for name, p in model.named_parameters()]
    )
    return -torch.diag(flat(model))[weights]


def changes(loss: Loss, theta: Tensor, steps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """g^T delta, 1/2 delta^T H delta and the true change, for each row of `steps`."""
    first = steps @ gradient(loss, theta)
    second = (steps @ hessian(loss, theta) * steps).sum(1) / 2
    actual = torch.stack([loss(theta + step) for step in steps]) - loss(theta)
    return first, second, actual


def _row(model: nn.Module, batch: Batch, weight_decay: float) -> dict:
    first, second, actual = changes(
        flat_loss(model, batch, weight_decay), flat(model), deletions(model)
    )

    def error(estimate: Tensor) -> float:
        return float((estimate - actual).abs().sum() / actual.abs().sum())

    return {
        "gradient term": float(first.abs().mean()),
        "curvature term": float(second.abs().mean()),
        "gradient error": error(first),
        "curvature error": error(second),
        "error of both": error(first + second),
    }
