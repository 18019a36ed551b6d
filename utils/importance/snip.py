"""SNIP: a weight is as important as the loss is sensitive to its being there.

    c = 1: gates on the weights,  L(c * theta)
    g_j = dL/dc_j = theta_j dL/dtheta_j,      S_j = |g_j| / sum over k of |g_k|

Lee, Ajanthan and Torr, "SNIP: single-shot network pruning based on connection
sensitivity" (2019). One batch, before any training; ranked globally. -g_j is the
first-order estimate of what happens to the loss when weight j goes: the sign is
dropped, what changes the loss either way is kept.
"""

import torch
from torch import nn

from utils.model.data import Batch
from utils.model.derivatives import Criterion, cross_entropy, weight_gradients
from utils.model.parameters import Tensors, prunable


def gate_gradients(model: nn.Module, batch: Batch, criterion: Criterion = cross_entropy) -> Tensors:
    """g = theta dL/dtheta of every prunable weight, signed.

    L is criterion(outputs, targets) on the batch, with the network as in `to_score`; `model` itself
    is not changed.
    """
    gradients = weight_gradients(model, batch, criterion)
    return {name: weight * gradients[name] for name, weight in prunable(model).items()}


def snip(model: nn.Module, batch: Batch, criterion: Criterion = cross_entropy) -> Tensors:
    """|g| of every prunable weight as a part of the sum of all, high = keep. All scores
    are 0 where the gradient is.
    """
    scores = {name: g.abs() for name, g in gate_gradients(model, batch, criterion).items()}
    total = sum(score.sum() for score in scores.values())
    return {name: torch.nan_to_num(score / total) for name, score in scores.items()}
