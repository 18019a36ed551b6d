"""Supermasks: a mask that makes an *untrained* network answer well.

Zhou, Lan, Liu and Yosinski, "Deconstructing lottery tickets: zeros, signs, and the supermask"
(2019). Either the mask comes from a trained network and is put on the initial weights; the
criteria compare a weight before (w_i) and after training (w_f):

    large_final             |w_f|                       magnitude pruning
    large_initial           |w_i|
    magnitude_increase      |w_f| - |w_i|
    movement                |w_f - w_i|
    large_final_same_sign   max(0, w_i w_f / |w_i|)     only weights that kept their sign

Or the mask itself is learned, and the weights never move: m is drawn with probability
sigmoid(s), and the gradient by m is handed on to s as if m were sigmoid(s).
"""

import torch
from torch import Tensor, nn

from utils.model.parameters import Tensors, prunable

CRITERIA = {
    "large_final": lambda initial, final: final.abs(),
    "large_initial": lambda initial, final: initial.abs(),
    "magnitude_increase": lambda initial, final: final.abs() - initial.abs(),
    "movement": lambda initial, final: (final - initial).abs(),
    "large_final_same_sign": lambda initial, final: (initial.sign() * final).clamp(min=0),
}


def supermask_scores(initial: Tensors, final: Tensors, criterion: str) -> Tensors:
    """The score of each weight, high = keep, from the tensors before and after training.
    ValueError for an unknown criterion.
    """
    if criterion not in CRITERIA:
        raise ValueError(f"unknown criterion {criterion!r}; known are {', '.join(CRITERIA)}")
    return {name: CRITERIA[criterion](initial[name], final[name]) for name in initial}


class MaskedLinear(nn.Module):
    """A linear layer whose weights and biases never change; what is trained is which weights
    are there.

    `scores` (out, in), at the start all `start`. In training the mask is drawn again for every
    batch, with probability sigmoid(scores); in evaluation it is 1 where that is above one half.
    Inputs (batch, in), outputs (batch, out).
    """

    def __init__(self, layer: nn.Linear, start: float = 1.0):
        super().__init__()
        self.weight = nn.Buffer(layer.weight.detach().clone())
        self.bias = None if layer.bias is None else nn.Buffer(layer.bias.detach().clone())
        self.scores = nn.Parameter(torch.full_like(self.weight, start))

    def mask(self) -> Tensor:
        """The mask of evaluation: 0 or 1, (out, in)."""
        return (self.scores.detach() > 0).to(self.weight.dtype)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return nn.functional.linear(x, self.weight * self.mask(), self.bias)
        probability = self.scores.sigmoid()
        drawn = torch.bernoulli(probability.detach())
        return nn.functional.linear(
            x, self.weight * (drawn + probability - probability.detach()), self.bias
        )


def with_learned_masks(model: nn.Sequential) -> nn.Sequential:
    """A copy of a network of linear layers in which only the masks can be trained; the
    weights are those of `model`.
    """
    return nn.Sequential(
        *(MaskedLinear(layer) if isinstance(layer, nn.Linear) else layer for layer in model)
    )


def learned_masks(model: nn.Sequential, masked: nn.Sequential) -> Tensors:
    """The masks that a network of `with_learned_masks` has learned, by the names of the
    weights of `model`.
    """
    layers = [layer for layer in masked if isinstance(layer, MaskedLinear)]
    return {name: layer.mask() for name, layer in zip(prunable(model), layers)}
