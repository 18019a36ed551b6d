"""Isometry: a layer that neither stretches nor shrinks what goes through it.

    dynamical isometry: the singular values of each layer's matrix are near 1
    restore it in a pruned layer:  min over the survivors of  |(C * W)^T (C * W) - I|_F

Lee, Ajanthan, Gould and Torr, "A signal propagation perspective for pruning neural
networks at initialization" (2020). Pruning shrinks the singular values, and in a deep
network the signal dies out. Their analysis is for linear and tanh networks; a ReLU
halves the signal, and 1 is then too small.
"""

import torch
from torch import Tensor, nn

from utils.model.parameters import Tensors


def isometry_gap(weight: Tensor) -> Tensor:
    """|W^T W - I|_F^2, or |W W^T - I|_F^2 for the smaller of the two: 0 when all
    singular values of the matrix (out, in...) are 1.
    """
    w = weight.flatten(1)
    gram = w @ w.T if len(w) <= w.shape[1] else w.T @ w
    return (gram - torch.eye(len(gram), dtype=w.dtype, device=w.device)).square().sum()


def restore_isometry(model: nn.Module, masks: Tensors, steps: int = 50) -> None:
    """Move the surviving weights of each layer towards isometry, in place; no data is
    used.

    Each layer's gap is minimized by L-BFGS in `steps` iterations, from the weights as
    they are; what is masked becomes 0.
    """
    for name, mask in masks.items():
        parameter = model.get_parameter(name)
        weight = (parameter.detach() * mask).requires_grad_()
        optimizer = torch.optim.LBFGS([weight], max_iter=steps, line_search_fn="strong_wolfe")

        def gap() -> Tensor:
            optimizer.zero_grad()
            value = isometry_gap(weight * mask)
            value.backward()
            return value

        optimizer.step(gap)
        with torch.no_grad():
            parameter.copy_(weight * mask)
