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
from utils.model.parameters import Tensors, prunable
from utils.model.training import copy_of


def snip(model: nn.Module, batch: Batch) -> Tensors:
    """|theta dL/dtheta| of every prunable weight as a part of their sum, high = keep.

    L is the mean cross-entropy on the batch, in training mode; `model` itself is not
    changed. All scores are 0 where the gradient is.
    """
    model, (x, y) = copy_of(model).train(), batch
    weights = {name: model.get_parameter(name) for name in prunable(model)}
    loss = nn.functional.cross_entropy(model(x), y)
    gradients = torch.autograd.grad(loss, list(weights.values()))
    scores = {name: (weight.detach() * g).abs()
              for (name, weight), g in zip(weights.items(), gradients)}
    total = sum(score.sum() for score in scores.values())
    return {name: torch.nan_to_num(score / total) for name, score in scores.items()}
