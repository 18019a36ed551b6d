"""SynFlow: a weight is as important as what flows through it, whatever the data.

    R = 1^T |W_L| ... |W_2| |W_1| 1          all inputs 1, all weights by their absolute values
    S = |theta| dR/d|theta|                  what R owes to the paths through this weight

Tanaka, Kunin, Yamins and Ganguli, "Pruning neural networks without any data by
iteratively conserving synaptic flow" (2020). In a chain of layers the scores of each layer add
up to R, and so do those into and out of each hidden unit. Scored once, a wide layer's weights have
small parts of R each, and all of them can go; scored again after each small step
(`prune_iteratively` with `exponential`), the parts of those that stay grow, and no
layer is emptied before it must be.
"""

import torch
from torch import nn

from utils.model.copies import copy_of
from utils.model.data import Batch
from utils.model.parameters import Tensors, prunable


def synflow(model: nn.Module, batch: Batch) -> Tensors:
    """The part of R that flows through each prunable weight: in a chain of layers those of
    one layer add up to 1. High = keep.

    Only the shape of the inputs of `batch` is used. For networks of linear and convolutional
    layers, ReLU, BatchNorm (whose statistics are left out), pooling and sums (skips). ValueError
    for others: R must grow in proportion to the inputs, and with tanh or LayerNorm it does not.
    In float64, because R grows like a power of the width. Without any path from input to output
    all scores are 0.
    """
    if not batch[0].is_floating_point():
        raise ValueError(f"SynFlow sets all inputs to 1; inputs of type {batch[0].dtype} are codes")
    twin = copy_of(model).double().eval().requires_grad_()
    with torch.no_grad():
        for name, parameter in twin.named_parameters():
            parameter.copy_(0 * parameter if name.endswith("bias") else parameter.abs())
        for layer in twin.modules():
            if isinstance(layer, nn.modules.batchnorm._BatchNorm):
                layer.reset_running_stats()  # mean 0, variance 1
    weights = {name: twin.get_parameter(name) for name in prunable(twin)}
    ones = torch.ones_like(batch[0][:1], dtype=torch.float64, requires_grad=True)
    flow = twin(ones).sum()
    by_inputs, *gradients = torch.autograd.grad(
        flow, [ones, *weights.values()], materialize_grads=True
    )
    # Euler's theorem for what grows in proportion: R = sum over inputs of x dR/dx, here x = 1
    if not torch.isclose(by_inputs.sum(), flow, rtol=1e-6):
        raise ValueError(
            "SynFlow is not defined for this network: with the absolute weights its output does "
            "not grow in proportion to its inputs, as it does with linear and convolutional "
            "layers, ReLU, BatchNorm and pooling"
        )
    parts = {
        name: torch.nan_to_num(weight.detach() * g / flow.detach())
        for (name, weight), g in zip(weights.items(), gradients)
    }
    return {name: part.to(model.get_parameter(name).dtype) for name, part in parts.items()}
