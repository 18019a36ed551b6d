"""Claim: pruning shrinks the singular values of a deep tanh network and its training with them;
restored, it trains, and mostly because the signal has its size again.
"""

from collections.abc import Sequence
from itertools import product

import torch
from torch import nn

from utils.experiments.at_initialization.pruned_before_training import few_of_each
from utils.importance import snip
from utils.model import Data, initialize, mlp, prunable
from utils.model.ensemble import (
    accuracies,
    batch_orders,
    ensemble_of,
    fast_products,
    stack_masks,
    train_ensemble,
)
from utils.pruning import apply_masks, keep_top, restore_isometry

STARTS = ("Gaussian", "orthogonal", "orthogonal, rescaled", "orthogonal, restored")


@fast_products()
def isometry_before_training(
    data: Data,
    widths: Sequence[int],
    densities: Sequence[float],
    seeds: Sequence[int],
    steps: int = 340,
    batch: int = 64,
    lr: float = 1e-2,
) -> list[dict]:
    """Tanh networks pruned by SNIP at four STARTS, then trained by plain SGD; all at once.

    "Gaussian" is Glorot's initialization (2010). The last three have the mask of "orthogonal";
    "rescaled" is the control for "restored": each layer times one number, which makes the root mean
    square of its singular values 1. One row a seed, density and start: test "accuracy" in percent,
    and the mean "singular value" of all layers after pruning.
    """
    cases, networks, masks = list(product(densities, seeds, STARTS)), [], []
    for density, seed, start in cases:
        init = nn.init.xavier_normal_ if start == "Gaussian" else nn.init.orthogonal_
        network = initialize(mlp(*widths, activation=nn.Tanh, seed=seed), init, seed)
        mask = keep_top(snip(network, few_of_each(data, seed)), 1 - density)
        apply_masks(network, mask)
        if start == "orthogonal, rescaled":
            for weight in prunable(network).values():
                weight *= (min(weight.shape) / weight.square().sum()).sqrt()
        if start == "orthogonal, restored":
            restore_isometry(network, mask)
        networks.append(network)
        masks.append(mask)
    orders = batch_orders([seed for _, seed, _ in cases], steps, batch, len(data.train[1]))
    trained = train_ensemble(
        ensemble_of(networks, torch.tanh),
        stack_masks(masks),
        data.train,
        orders,
        lr,
        optimizer=torch.optim.SGD,
        activation=torch.tanh,
    )
    return [
        {
            "density": density,
            "seed": seed,
            "start": start,
            "accuracy": accuracy,
            "singular value": float(
                torch.cat([torch.linalg.svdvals(w) for w in prunable(network).values()]).mean()
            ),
        }
        for (density, seed, start), network, accuracy in zip(
            cases, networks, accuracies(trained, data.test, torch.tanh)
        )
    ]
