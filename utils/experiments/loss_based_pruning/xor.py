"""Claim: in a network of nine weights that solves XOR, OBS takes out three and it still does.
Magnitude and OBD break it.
"""

from collections.abc import Sequence

import torch
from torch import nn

from utils.experiments.loss_based_pruning.surgeon_against_damage import (
    deletion_orders,
    pruned,
    without,
)
from utils.model import copy_of, flat, flat_loss, hessian, mlp, put
from utils.model.data import Batch
from utils.model.parameters import weight_positions
from utils.model.randomness import seeded_generator
from utils.pruning import best_mask


def xor_batch() -> Batch:
    """The four pairs of bits and whether they differ, in float64."""
    return torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64), torch.tensor(
        [0, 1, 1, 0]
    )


def xor_network(seed: int) -> nn.Sequential:
    """2-3-1 with tanh, in float64: nine weights, four biases. Its one output z becomes the two
    logits (0, z).
    """
    model = mlp(2, 3, 1, activation=nn.Tanh, seed=seed).double()
    model.add_module("logits", nn.ConstantPad1d((1, 0), 0.0))
    return model


def solves_xor(model: nn.Module) -> bool:
    """Whether all four answers are right."""
    x, y = xor_batch()
    return bool((model(x).argmax(1) == y).all())


def xor(
    networks: Sequence[nn.Module], weight_decay: float, deletions: Sequence[int] = (0, 1, 2, 3, 4)
) -> list[dict]:
    """Delete weights of each trained network. One row a network, number `deleted` and `way`:
    `solved` (0 or 100), the `loss`.

    Ways: magnitude, OBD, OBS, and "best mask": brute force over all masks of this size, with
    nothing moved.
    """
    rows = []
    for seed, network in enumerate(networks):
        loss, theta, weights = (
            flat_loss(network, xor_batch(), weight_decay),
            flat(network),
            weight_positions(network),
        )
        h = hessian(loss, theta)
        inverse = torch.linalg.inv(h)
        orders = deletion_orders(theta, h, inverse, weights, seeded_generator(seed))
        for count in deletions:
            every = pruned(theta, inverse, orders, count)
            mask, _ = best_mask(
                lambda left: loss(theta.index_copy(0, weights, left)),
                theta[weights],
                len(weights) - count,
            )
            ways = {way: every[way] for way in ("magnitude", "OBD", "OBS")} | {
                "best mask": without(theta, weights[mask == 0])
            }
            for way, left in ways.items():
                rows.append(
                    {
                        "network": seed,
                        "deleted": count,
                        "way": way,
                        "loss": float(loss(left)),
                        "solved": 100 * solves_xor(put(copy_of(network), left)),
                    }
                )
    return rows
