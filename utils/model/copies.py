"""Copies of a network: one to change freely, and one whose weights are to be scored."""

import copy

import torch
from torch import Tensor, nn

from utils.model.data import Batch
from utils.model.parameters import Model

HALF = (torch.float16, torch.bfloat16)


def copy_of(model: Model) -> Model:
    """An independent copy: training or pruning it leaves `model` as it is."""
    return copy.deepcopy(model)


def to_score(model: Model, batch: Batch) -> tuple[Model, Batch]:
    """A copy of the network, and the batch, as scores by derivatives need them; `model` stays.

    The copy is in training mode, so that BatchNorm uses the batch's own mean and variance, but
    without dropout, which would make the scores random. All of its parameters ask for gradients,
    frozen ones too. Half precision becomes float32: products of small numbers would be 0 in it.
    """
    scored = copy_of(model).train().requires_grad_()
    for part in scored.modules():
        if isinstance(part, nn.modules.dropout._DropoutNd):
            part.eval()
        elif isinstance(part, (nn.MultiheadAttention, nn.RNNBase)):
            part.dropout = 0.0
    x, y = batch
    if any(p.dtype in HALF for p in scored.parameters()):
        scored, x = scored.float(), in_float32(x)
    return scored, (x, y)


def in_float32(x: Tensor) -> Tensor:
    """Numbers of half precision as float32; all others as they are."""
    return x.float() if x.dtype in HALF else x
