"""Magnitude: a weight is as important as it is large.

    S = |theta|

Han, Pool, Tran and Dally, "Learning both weights and connections for efficient neural networks"
(2015). It needs no data. It is Optimal Brain Damage for a loss whose Hessian is a multiple of the
identity.
"""

from torch import nn

from utils.model.parameters import Tensors, prunable


def magnitude(model: nn.Module, batch=None) -> Tensors:
    """|weight| of every prunable weight, high = keep. `batch` is not looked at."""
    return {name: weight.abs() for name, weight in prunable(model).items()}
