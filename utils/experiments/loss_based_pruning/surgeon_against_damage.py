"""Claim: where many weights go, it counts how they act together. OBS knows that, and loses far less
than magnitude and OBD.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from utils.importance import empirical_fisher, obd_saliency, obs_remove
from utils.importance.obs import obs_repair
from utils.model import Data, copy_of, evaluate, flat, flat_loss, hessian, loaders, put
from utils.model.parameters import weight_positions
from utils.model.randomness import seeded_generator

WAYS = (
    "random",
    "magnitude",
    "OBD",
    "OBS",
    "magnitude, repaired",
    "OBS, not repaired",
    "OBS, empirical Fisher",
)


def deletion_orders(
    theta: Tensor, hessian: Tensor, inverse: Tensor, weights: Tensor, generator: torch.Generator
) -> dict[str, Tensor]:
    """All of `weights` (positions in theta), in the order in which each importance deletes them,
    the least first.

    Random, magnitude and OBD rank once; OBS ranks the rest again after every deletion.
    """
    scores = {
        "random": torch.rand(len(theta), generator=generator),
        "magnitude": theta.abs(),
        "OBD": obd_saliency(theta, hessian.diagonal()),
    }
    orders = {name: weights[score[weights].argsort()] for name, score in scores.items()}
    candidates = torch.zeros_like(theta).index_fill(0, weights, 1)
    return orders | {"OBS": obs_remove(theta, inverse, len(weights), candidates)[1]}


def without(theta: Tensor, removed: Tensor) -> Tensor:
    """theta with 0 at the positions `removed`; nothing else moves."""
    return theta.index_fill(0, removed, 0)


def inverse_fisher(network: nn.Module, data: Data, weight_decay: float) -> Tensor:
    """The inverse of the empirical Fisher plus the Hessian of the penalty."""
    fisher = empirical_fisher(network, data.train)
    return torch.linalg.inv(fisher + weight_decay * torch.eye(len(fisher), dtype=fisher.dtype))


def pruned(
    theta: Tensor, inverse: Tensor, orders: dict[str, Tensor], count: int
) -> dict[str, Tensor]:
    """theta after `count` deletions, for each of WAYS: what chooses, and whether the rest makes up
    for it.
    """
    unrepaired = {name: without(theta, order[:count]) for name, order in orders.items()}
    repaired = {
        name: obs_repair(theta, inverse, orders[name][:count]) for name in ("magnitude", "OBS")
    }
    return unrepaired | {
        "OBS": repaired["OBS"],
        "magnitude, repaired": repaired["magnitude"],
        "OBS, not repaired": unrepaired["OBS"],
    }


def surgeon_against_damage(
    networks: Sequence[nn.Module], data: Data, weight_decay: float, sparsities: Sequence[float]
) -> list[dict]:
    """Prune each network, which stands in a minimum of the loss with `weight_decay`, in all WAYS;
    no training afterwards.

    One row a network, sparsity and way: `network`, `sparsity`, `way`, `theta` (what is left, biases
    too), `loss` (training, with its penalty), test `accuracy` in percent. Sparsity counts weights;
    biases stay, but a repair moves them. The networks are not changed.
    """
    rows, dataloader = [], loaders(data)
    for seed, network in enumerate(networks):
        loss, theta, model = (
            flat_loss(network, data.train, weight_decay),
            flat(network),
            copy_of(network),
        )
        h, weights = hessian(loss, theta), weight_positions(network)
        inverse = torch.linalg.inv(h)
        orders = deletion_orders(theta, h, inverse, weights, seeded_generator(seed))
        by_fisher = inverse_fisher(network, data, weight_decay)
        fishers_order = deletion_orders(theta, h, by_fisher, weights, seeded_generator(seed))["OBS"]
        for sparsity in sparsities:
            count = round(sparsity * len(weights))
            left_over = pruned(theta, inverse, orders, count)
            left_over["OBS, empirical Fisher"] = obs_repair(theta, by_fisher, fishers_order[:count])
            for way, left in left_over.items():
                rows.append(
                    {
                        "network": seed,
                        "sparsity": sparsity,
                        "way": way,
                        "theta": left,
                        "loss": float(loss(left)),
                        "accuracy": evaluate(put(model, left), dataloader["test"]),
                    }
                )
    return rows
