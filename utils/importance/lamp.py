"""LAMP: a weight counts by what it is among those of its layer that are not smaller.

    S_u = w_u^2 / sum over v of w_v^2, for all v with |w_v| >= |w_u|

Lee, Park, Mo, Ahn and Shin, "Layer-adaptive sparsity for the magnitude-based pruning" (2021).
Within a layer the order is that of magnitude. Between layers the scale of a layer does not
matter; the largest weight of each has score 1, so a global ranking empties no layer before
every other one is down to a single weight.
"""

import torch
from torch import Tensor, nn

from utils.model.parameters import Tensors, prunable


def lamp(model: nn.Module, batch=None) -> Tensors:
    """LAMP's score of every prunable weight, in [0, 1], high = keep; to be ranked globally.
    `batch` is not looked at.
    """
    return {name: lamp_scores(weight) for name, weight in prunable(model).items()}


def lamp_scores(weight: Tensor) -> Tensor:
    """The scores of one tensor, in its shape. Equal weights have equal scores: each sum
    includes all of them.
    """
    squares = weight.double().flatten().square()  # in float32 small ones are lost in the sum
    values, where, counts = squares.unique(return_inverse=True, return_counts=True)
    not_smaller = (values * counts).flip(0).cumsum(0).flip(0)
    return torch.nan_to_num(values / not_smaller)[where].view_as(weight).to(weight.dtype)
