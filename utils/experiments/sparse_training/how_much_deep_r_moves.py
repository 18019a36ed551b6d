"""Claim: DEEP R's pull towards 0 decides how many connections move, and whether that helps."""

from collections.abc import Sequence

import torch

from utils.experiments.sparse_training.trained_sparse import Case, moved, starts
from utils.model import Data
from utils.model.ensemble import (
    Ensemble,
    accuracies,
    batch_orders,
    ensemble_of,
    fast_products,
    layers_of,
    train_ensemble,
)
from utils.model.randomness import seeded_generator
from utils.sparse_training import deep_r_rewire
from utils.sparse_training.deep_r import random_signs, walk


@fast_products()
def how_much_deep_r_moves(
    data: Data,
    widths: Sequence[int],
    density: float,
    pulls: Sequence[float | None],
    seeds: Sequence[int],
    steps: int = 1000,
    batch: int = 64,
    lr: float = 0.05,
    temperature: float = 1e-6,
) -> list[dict]:
    """Train by plain SGD and DEEP R with each strength of the pull (`l1`); None is a static
    network.

    One row a seed and pull: test "accuracy" in percent, the part of the connections that "moved".
    """
    cases = [(pull, seed) for pull in pulls for seed in seeds]
    networks, masks = starts(widths, [Case(density, "DEEP R", seed) for _, seed in cases])
    untrained = ensemble_of(networks)
    start, generators = (
        [mask.clone() for mask in masks],
        [seeded_generator(seed + 1000) for _, seed in cases],
    )
    signs = [
        torch.where(w == 0, random_signs(w, seeded_generator(0)), w.sign())
        for w in untrained.weights
    ]

    @torch.no_grad()
    def rewire(step: int, ensemble: Ensemble, optimizer, examples) -> None:
        if step:
            for e, (pull, _) in enumerate(cases):
                if pull is not None:
                    weights, mask, sign = (
                        layers_of(tensors, e) for tensors in (ensemble.weights, masks, signs)
                    )
                    walked = {
                        name: walk(w, sign[name], mask[name], lr, pull, temperature, generators[e])
                        for name, w in weights.items()
                    }
                    kept, new, turned = deep_r_rewire(walked, mask, sign, generators[e])
                    for name, w in weights.items():
                        w.copy_(walked[name] * kept[name])
                        mask[name].copy_(new[name])
                        sign[name].copy_(turned[name])

    orders = batch_orders(seeds, steps, batch, len(data.train[1])).repeat(1, len(pulls), 1)
    trained = train_ensemble(
        untrained, masks, data.train, orders, lr, optimizer=torch.optim.SGD, rewire=rewire
    )
    return [
        {"pull": pull, "seed": seed, "accuracy": accuracy, "moved": moved(start, masks, e)}
        for e, ((pull, seed), accuracy) in enumerate(zip(cases, accuracies(trained, data.test)))
    ]
