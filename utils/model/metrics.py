"""Counting: multiply-accumulates of a network, and the masks it has.

A MAC is one multiplication and the addition that follows it. A weight of a linear layer is used
once for an input, a weight of a convolution once for every position of its output: convolutions
hold few of the parameters and most of the MACs.
"""

from math import lgamma, log

import numpy
import torch
from torch import Tensor, nn


def macs(model: nn.Module, example: Tensor) -> dict[str, int]:
    """MACs of each convolutional and linear layer for one input: {name of the weight: MACs}; biases
    are not counted.

    `example` is a batch of inputs; its size does not matter.
    """
    counts, handles = {}, []

    def count(name):
        def hook(layer, inputs, output):
            positions = output[0].numel() // layer.weight.shape[0]
            counts[name] = counts.get(name, 0) + positions * layer.weight.numel()

        return hook

    for name, layer in model.named_modules():
        if isinstance(layer, (nn.Linear, nn.modules.conv._ConvNd)) and not isinstance(
            layer, nn.modules.conv._ConvTransposeNd
        ):
            handles.append(layer.register_forward_hook(count(f"{name}.weight".lstrip("."))))
    try:
        with torch.no_grad():
            model.eval()(example)
    finally:
        for handle in handles:
            handle.remove()
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
