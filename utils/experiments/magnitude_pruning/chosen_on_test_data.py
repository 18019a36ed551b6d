"""Claim: the accuracy of a checkpoint that was chosen on the test data is too good to be true."""

from collections.abc import Sequence

import torch
from torch import nn

from utils.model import Data, copy_of, evaluate, loaders, train
from utils.pruning import FineGrainedPruner, uniform


def chosen_on_test_data(
    networks: Sequence[nn.Module], data: Data, sparsity: float, epochs: int = 15, lr: float = 0.05
) -> list[dict]:
    """Fine-tune pruned networks and choose each one's best epoch on a half of the test data.

    One row a network and half: `chosen on`, the accuracy in percent on the half that chose, and
    `fresh`, the accuracy of the same checkpoint on the other half. Each half chooses once and is
    fresh once, so which half is harder does not matter.
    """
    x, y = data.test
    halves = [[(x[i::2], y[i::2])] for i in range(2)]
    rows = []
    for seed, network in enumerate(networks):
        model, dataloader = copy_of(network), loaders(data, seed=seed)
        pruner = FineGrainedPruner(model, uniform(model, sparsity))
        optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        accuracies = []
        for _ in range(epochs):
            train(
                model,
                dataloader["train"],
                nn.functional.cross_entropy,
                optimizer,
                callbacks=[lambda: pruner.apply(model)],
            )
            accuracies.append([evaluate(model, half) for half in halves])
        for chooser in range(2):
            best = max(accuracies, key=lambda pair: pair[chooser])
            rows.append({"network": seed, "chosen on": best[chooser], "fresh": best[1 - chooser]})
    return rows
