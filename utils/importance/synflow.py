"""SynFlow: a weight is as important as what flows through it, whatever the data.

    R = 1^T |W_L| ... |W_2| |W_1| 1          all inputs 1, all weights by their absolute values
    S = |theta| dR/d|theta|                  what R owes to the paths through this weight

Tanaka, Kunin, Yamins and Ganguli, "Pruning neural networks without any data by
iteratively conserving synaptic flow" (2020). The scores of every layer add up to R, and
so do those into and out of each hidden unit. Scored once, a wide layer's weights have
small parts of R each, and all of them can go; scored again after each small step
(`prune_iteratively` with `exponential`), the parts of those that stay grow, and no
layer is emptied before it must be.
"""

import torch
from torch import nn

from utils.model.data import Batch
from utils.model.parameters import Tensors, prunable
from utils.model.training import copy_of


def synflow(model: nn.Module, batch: Batch) -> Tensors:
    """The part of R that flows through each prunable weight: those of one layer add up
    to 1. High = keep.

    Only the shape of the inputs of `batch` is used. For networks of linear and
    convolutional layers, ReLU, BatchNorm (whose statistics are left out) and pooling.
    In float64, because R grows like a power of the width. Without any path from input
    to output all scores are 0.
    """
    twin = copy_of(model).double().eval()
    with torch.no_grad():
        for name, parameter in twin.named_parameters():
            parameter.copy_(0 * parameter if name.endswith("bias") else parameter.abs())
        for layer in twin.modules():
            if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                layer.reset_running_stats()  # mean 0, variance 1
    weights = {name: twin.get_parameter(name) for name in prunable(twin)}
    flow = twin(torch.ones_like(batch[0][:1], dtype=torch.float64)).sum()
    gradients = torch.autograd.grad(flow, list(weights.values()))
    parts = {
        name: torch.nan_to_num(weight.detach() * g / flow.detach())
        for (name, weight), g in zip(weights.items(), gradients)
    }
    return {name: part.to(model.get_parameter(name).dtype) for name, part in parts.items()}
