"""Claim: a mask applied once does not last. Training moves the zeros too, unless they are put back
after every step.
"""

import torch
from torch import nn

from utils.importance import magnitude
from utils.model import copy_of, density, loaders, num_weights, num_zeros, train
from utils.model.data import Data
from utils.pruning import apply_masks, keep_top


def zeros_come_back(
    network: nn.Module, data: Data, sparsity: float, steps: int = 20, lr: float = 0.05
) -> list[dict]:
    """Prune, then make some SGD steps with warm momentum, in three ways. One row a way and step:
    `nonzero` weights.

    "mask once": the mask is applied before the first step only. "mask the gradients": a pruned
    weight gets no gradient any more, but the optimizer still remembers older ones. "mask after
    every step": what a pruner does.
    """
    rows = []
    for way in ("mask once", "mask the gradients", "mask after every step"):
        model, dataloader = copy_of(network), loaders(data)
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        train(
            model, dataloader["train"], nn.functional.cross_entropy, optimizer
        )  # warms the momentum up
        masks = keep_top(magnitude(model), sparsity)
        apply_masks(model, masks)
        rows.append(_row(model, way, step=0))
        batches = _endless(dataloader["train"])
        for step in range(1, steps + 1):
            x, y = next(batches)
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            if way == "mask the gradients":
                for name, mask in masks.items():
                    weight = model.get_parameter(name)
                    if weight.grad is not None:
                        weight.grad.mul_(mask)
            optimizer.step()
            if way == "mask after every step":
                apply_masks(model, masks)
            rows.append(_row(model, way, step))
    return rows


def _row(model: nn.Module, way: str, step: int) -> dict:
    return {
        "way": way,
        "step": step,
        "nonzero": num_weights(model) - num_zeros(model),
        "density": density(model),
    }


def _endless(dataloader):
    while True:
        yield from dataloader
