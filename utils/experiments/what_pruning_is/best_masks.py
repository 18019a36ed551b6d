"""Claim: for a dozen weights the best mask can be found by trying all, and magnitude does
not find it.
"""

import torch
from sklearn.datasets import make_moons
from torch import nn
from torch.func import functional_call

from utils.importance import magnitude, random
from utils.model import Tensors, minimize, mlp, prunable
from utils.model.data import Batch
from utils.model.randomness import seeded_generator
from utils.pruning import best_mask, keep_top


def moons(seed: int) -> Batch:
    """Two interleaved half circles of 200 points: inputs float64 (200, 2), labels (200,)."""
    x, y = make_moons(200, noise=0.15, random_state=seed)
    return torch.as_tensor(x), torch.as_tensor(y)


def tiny(seed: int) -> nn.Sequential:
    """A network of 12 weights and 5 biases, trained on the moons to the minimum of its loss."""
    network = mlp(2, 3, 2, activation=nn.Tanh, seed=seed).double()
    return minimize(network, moons(seed), weight_decay=1e-3)


def best_masks(seeds=range(4), draws: int = 20) -> list[dict]:
    """The loss right after pruning, for each number of weights that are kept.

    One row for each seed, number and way: "best" tries every mask, "magnitude" keeps the
    largest weights, "random" is the mean of some draws. `mask` (12,) is the mask, the first one
    of the draws.
    """
    rows = []
    for seed in seeds:
        network = tiny(seed)
        theta, loss = weights_of(network), loss_of_weights(network, moons(seed))
        generator = seeded_generator(seed)
        for kept in range(len(theta) + 1):
            ways = {
                "best": [best_mask(loss, theta, kept)[0]],
                "magnitude": [kept_by(magnitude(network), kept)],
                "random": [
                    kept_by(random(network, generator=generator), kept) for _ in range(draws)
                ],
            }
            for way, masks in ways.items():
                losses = [float(loss(mask * theta)) for mask in masks]
                rows.append(
                    {
                        "seed": seed,
                        "kept": kept,
                        "way": way,
                        "mask": masks[0],
                        "loss": sum(losses) / len(losses),
                    }
                )
    return rows


def weights_of(network: nn.Module) -> torch.Tensor:
    """The prunable weights as one vector."""
    return torch.cat([weight.flatten() for weight in prunable(network).values()])


def loss_of_weights(network: nn.Module, batch: Batch):
    """The mean cross-entropy as a function of that vector; the biases stay as they are."""
    x, y = batch
    shapes = {name: weight.shape for name, weight in prunable(network).items()}

    @torch.no_grad()
    def loss(weights):
        parts = weights.split([shape.numel() for shape in shapes.values()])
        state = {name: part.view(shape) for part, (name, shape) in zip(parts, shapes.items())}
        return nn.functional.cross_entropy(functional_call(network, state, (x,)), y)

    return loss


def kept_by(scores: Tensors, kept: int) -> torch.Tensor:
    """The mask of the `kept` highest scores as a vector."""
    number = sum(score.numel() for score in scores.values())
    masks = keep_top(scores, 1 - kept / number)
    return torch.cat([mask.flatten() for mask in masks.values()])


def nested(rows: list[dict], seed: int) -> list[bool]:
    """For each number of weights: whether the best mask with one weight more keeps all of
    them.
    """
    masks = [row["mask"] for row in rows if row["seed"] == seed and row["way"] == "best"]
    return [bool((smaller <= larger).all()) for smaller, larger in zip(masks, masks[1:])]
