"""Counting: multiply-accumulates of a network, and the masks it has.

A MAC is one multiplication and the addition that follows it. A weight of a linear layer is used
once for an input, a weight of a convolution once for every position of its output: convolutions
hold few of the parameters and most of the MACs.
"""

from math import lgamma, log

import numpy
import torch
from torch import Tensor, nn

from utils.model.copies import copy_of


def macs(model: nn.Module, example: Tensor) -> dict[str, int]:
    """MACs of each convolutional, linear and attention layer for one input: {name of the weight:
    MACs}; biases are not counted, nor the products of attention that have no weight.

    `example` is a batch of inputs; its size does not matter. `model` is not changed.
    """
    counts, model = {}, copy_of(model).eval()

    def add(name, macs):
        counts[name] = counts.get(name, 0) + macs

    def count(name):
        def hook(layer, inputs, output):
            add(f"{name}weight", output[0].numel() // len(layer.weight) * layer.weight.numel())

        return hook

    def count_attention(name):
        def hook(layer, inputs, output):
            examples = len(example)
            rows = [tensor.numel() // tensor.shape[-1] // examples for tensor in inputs[:3]]
            if layer.in_proj_weight is not None:
                add(f"{name}in_proj_weight", sum(rows) * layer.in_proj_weight.numel() // 3)
            else:
                for part, n in zip("qkv", rows):
                    weight = layer.get_parameter(f"{part}_proj_weight")
                    add(f"{name}{part}_proj_weight", n * weight.numel())
            add(f"{name}out_proj.weight", rows[0] * layer.out_proj.weight.numel())

        return hook

    counted = nn.Linear, nn.modules.conv._ConvNd
    for name, layer in model.named_modules():
        prefix = f"{name}." if name else ""
        if isinstance(layer, nn.MultiheadAttention):  # it multiplies by its weights itself
            layer.register_forward_hook(count_attention(prefix))
        elif isinstance(layer, counted) and not isinstance(layer, nn.modules.conv._ConvTransposeNd):
            layer.register_forward_hook(count(prefix))
    with torch.no_grad():
        model(example)
    return counts


def log10_masks(weights: int, kept: int) -> float:
    """log10 of the number of masks that keep `kept` of `weights`: of the binomial coefficient, by
    log-gamma.

    ValueError unless 0 <= kept <= weights.
    """
    if not 0 <= kept <= weights:
        raise ValueError(f"cannot keep {kept} of {weights} weights")
    return (lgamma(weights + 1) - lgamma(kept + 1) - lgamma(weights - kept + 1)) / log(10)


def spearman(a, b) -> float:
    """Spearman's rank correlation of two vectors, from -1 to 1."""
    from scipy.stats import spearmanr

    return float(numpy.asarray(spearmanr(a, b))[0])
