"""Claim: masks alone, over weights that were never trained, can answer far better than
chance.
"""

from collections.abc import Sequence

import torch
from torch import nn

from utils.model import Data, Tensors, copy_of, evaluate, fit, loaders, mlp, prunable, train
from utils.model.randomness import seeded
from utils.pruning import apply_masks, keep_top, learned_masks, supermask_scores, with_learned_masks

CRITERIA = ("large_final", "magnitude_increase", "movement", "large_final_same_sign")


def supermasks(
    data: Data,
    seeds: Sequence[int],
    sparsities: Sequence[float],
    widths: Sequence[int] = (64, 300, 100, 10),
    epochs: int = 15,
    criteria: Sequence[str] = CRITERIA,
) -> list[dict]:
    """Train each network, make a mask of it by each criterion, and put it on the *initial*
    weights. Nothing is trained afterwards.

    One row a seed, sparsity, criterion and kind of weights: test `accuracy` in percent.
    `weights` is "initial" or "signs": each weight that is kept replaced by its sign times one
    constant for the layer, the standard deviation of its initial weights. The biases are the
    initial ones, and every layer is pruned to the same sparsity.
    """
    rows, dataloader = [], loaders(data)
    for seed in seeds:
        initial = mlp(*widths, seed=seed)
        trained = fit(copy_of(initial), loaders(data, seed=seed)["train"], epochs)
        for criterion in criteria:
            scores = supermask_scores(prunable(initial), prunable(trained), criterion)
            for s in sparsities:
                masks = keep_top(scores, dict.fromkeys(scores, s))
                for weights, network in (("initial", initial), ("signs", signs_of(initial))):
                    rows.append(
                        {
                            "seed": seed,
                            "sparsity": s,
                            "criterion": criterion,
                            "weights": weights,
                            "accuracy": masked_accuracy(network, masks, dataloader["test"]),
                        }
                    )
    return rows


def learned_supermask(
    data: Data,
    seed: int,
    scale: float = 6**0.5,
    epochs: int = 15,
    lr: float = 0.2,
    widths: Sequence[int] = (64, 300, 100, 10),
) -> dict:
    """Train a mask over random weights by Adam; test `accuracy` in percent and `sparsity` of
    the mask, and the accuracy "without a mask".

    The initial weights are multiplied by `scale`: the default gives them the variance 2 /
    inputs of He et al. (2015), where torch's have 1 / (3 inputs). A mask cannot make weights
    larger.
    """
    initial, dataloader = mlp(*widths, seed=seed), loaders(data, seed=seed)
    with torch.no_grad():
        for weight in prunable(initial).values():
            weight.mul_(scale)
    with seeded(seed):  # the masks of training are drawn
        masked = with_learned_masks(initial)
        optimizer = torch.optim.Adam(masked.parameters(), lr=lr)
        for _ in range(epochs):
            train(masked, dataloader["train"], nn.functional.cross_entropy, optimizer)
    masks = learned_masks(initial, masked)
    zeros = sum(int((mask == 0).sum()) for mask in masks.values()) / sum(
        mask.numel() for mask in masks.values()
    )
    return {
        "seed": seed,
        "accuracy": masked_accuracy(initial, masks, dataloader["test"]),
        "sparsity": zeros,
        "without a mask": evaluate(initial, dataloader["test"]),
    }


@torch.no_grad()
def signs_of(network: nn.Module) -> nn.Module:
    """A copy in which each weight is its sign times the standard deviation of its layer."""
    copy = copy_of(network)
    for weight in prunable(copy).values():
        weight.copy_(weight.sign() * weight.std())
    return copy


def masked_accuracy(network: nn.Module, masks: Tensors, test) -> float:
    """Test accuracy of a masked copy, in percent."""
    copy = copy_of(network)
    apply_masks(copy, masks)
    return evaluate(copy, test)
