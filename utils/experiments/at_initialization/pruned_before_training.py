"""Claim: at high sparsity it matters which weights are pruned before training; SynFlow in many
rounds beats SNIP, and SNIP beats chance.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from utils.importance import grasp, lamp, magnitude, random, snip, synflow
from utils.importance.lamp import lamp_scores
from utils.importance.snip import gate_gradients
from utils.model import Data, Tensors, digits, initialize, mlp
from utils.model.data import Batch
from utils.model.ensemble import (
    accuracies,
    batch_orders,
    ensemble_of,
    fast_products,
    layers_of,
    masks_of,
    member_of,
    stack_masks,
    train_ensemble,
    unmasked,
)
from utils.model.randomness import seeded_generator
from utils.pruning import erdos_renyi, exponential, keep_top, prune_iteratively, random_mask_like
from utils.sparse_training import random_topology

# (model, batch, sparsity, seed=0) -> masks; the seed is that of what is drawn
Method = Callable[..., Tensors]


def by(importance: Callable[..., Tensors], sign: Callable = lambda score: score) -> Method:
    """Score once, keep the top of all layers together."""
    return lambda model, batch, sparsity, seed=0: keep_top(
        {name: sign(score) for name, score in importance(model, batch).items()}, sparsity
    )


def shuffled(method: Method) -> Method:
    """As many weights of each layer as the method keeps, at random places (Frankle et al.,
    2021).
    """
    return lambda model, batch, sparsity, seed=0: random_mask_like(
        method(model, batch, sparsity), seeded_generator(seed)
    )


def signed_snip(model: nn.Module, batch: Batch) -> Tensors:
    """-theta dL/dtheta: what the loss would gain, to first order, if a weight went. SNIP takes its
    absolute value.
    """
    return {name: -g for name, g in gate_gradients(model, batch).items()}


METHODS: dict[str, Method] = {
    "random": lambda model, batch, sparsity, seed=0: keep_top(
        random(model, generator=seeded_generator(seed)), sparsity
    ),
    "random, Erdos-Renyi": lambda model, batch, sparsity, seed=0: random_topology(
        model, erdos_renyi(model, sparsity), seeded_generator(seed)
    ),
    "magnitude": by(magnitude),
    "SNIP": by(snip),
    "SNIP, signed": by(signed_snip),
    "GraSP": by(grasp),
    "SynFlow": lambda model, batch, sparsity, seed=0: prune_iteratively(
        model, synflow, exponential(sparsity), 100, batch
    ),
    "SynFlow, one round": by(synflow),
    "GraSP, temperature 1": by(partial(grasp, temperature=1.0)),
    "GraSP, absolute value": by(grasp, sign=torch.abs),
    "GraSP, wrong sign": by(grasp, sign=torch.neg),
}
METHODS |= {f"{name}, shuffled": shuffled(METHODS[name]) for name in ("SNIP", "SynFlow")}
# the controls: LAMP on the trained network
ROUNDS = {"after training": 1, "after training, in rounds": 30}


def few_of_each(data: Data, seed: int, each: int = 10) -> Batch:
    """The batch that scores are made of: `each` examples of every class."""
    x, y = data.train
    order = torch.randperm(len(y), generator=seeded_generator(seed))
    chosen = torch.cat([order[y[order] == label][:each] for label in y.unique()])
    return x[chosen], y[chosen]


def pruned_digits(
    widths: Sequence[int],
    densities: Sequence[float],
    methods: Sequence[str],
    seeds: Sequence[int],
    steps: int = 425,
    tick: Callable[[], None] = lambda: None,
) -> list[dict]:
    """`pruned_before_training` on the digits: its settings are all numbers and words, as `remember`
    likes them.
    """
    return pruned_before_training(digits(), widths, densities, methods, seeds, steps, tick=tick)


def before_and_after(
    data: Data,
    widths: Sequence[int],
    seeds: Sequence[int],
    orders: Tensor,
    lr: float,
    tick: Callable[[], None] = lambda: None,
) -> tuple[dict[int, nn.Sequential], dict[int, nn.Sequential]]:
    """By seed: the networks at He's initialization, and the same after dense training."""
    networks = {
        seed: initialize(mlp(*widths, seed=seed), nn.init.kaiming_normal_, seed) for seed in seeds
    }
    start = ensemble_of(list(networks.values()))
    trained = train_ensemble(start, unmasked(start), data.train, orders, lr, tick)
    return networks, {
        seed: member_of(trained, member, networks[seed]) for member, seed in enumerate(seeds)
    }


@fast_products()
def pruned_before_training(
    data: Data,
    widths: Sequence[int],
    densities: Sequence[float],
    methods: Sequence[str],
    seeds: Sequence[int],
    steps: int = 425,
    batch: int = 64,
    lr: float = 2e-3,
    tick: Callable[[], None] = lambda: None,
) -> list[dict]:
    """Prune networks at He's initialization and train what is left; all at once.

    One row a seed, density and method: test "accuracy" in percent, "kept" weights by layer, and
    the network's "dense" accuracy. The controls of ROUNDS begin with the trained dense network and
    train it for as many steps again. `tick` is called after each of 2 * steps optimizer steps.
    """
    batches = {seed: few_of_each(data, seed) for seed in seeds}
    orders = batch_orders(seeds, steps, batch, len(data.train[1]))
    networks, after = before_and_after(data, widths, seeds, orders, lr, tick)
    dense = dict(zip(seeds, accuracies(ensemble_of(list(after.values())), data.test)))
    cases = [
        (density, method, seed) for density in densities for method in methods for seed in seeds
    ]
    begin = [(after if method in ROUNDS else networks)[seed] for _, method, seed in cases]
    first = [
        by(lamp)(network, None, exponential(1 - density)(1 / ROUNDS[method]))
        if method in ROUNDS
        else METHODS[method](network, batches[seed], 1 - density, seed)
        for network, (density, method, seed) in zip(begin, cases)
    ]
    masks = stack_masks(first)
    results = accuracies(
        train_ensemble(
            ensemble_of(begin),
            masks,
            data.train,
            orders.repeat(1, len(cases) // len(seeds), 1),
            lr,
            tick,
            rewire=in_rounds(cases, masks, steps),
        ),
        data.test,
    )
    return [
        {
            "density": density,
            "method": method,
            "seed": seed,
            "accuracy": accuracy,
            "dense": dense[seed],
            "kept": {
                name: int(mask.sum())
                for name, mask in masks_of(list(first[0]), masks, member).items()
            },
        }
        for member, ((density, method, seed), accuracy) in enumerate(zip(cases, results))
    ]


def in_rounds(cases: Sequence[tuple], masks: list[Tensor], steps: int) -> Callable:
    """The rewiring that prunes the controls further: along the exponential schedule, in the first
    three quarters of `steps`.

    Round 1 is before the first step. `masks` [E, in, out] and the weights are changed in place.
    """
    rounds_at = {
        member: {
            (k - 1) * 3 * steps // (4 * ROUNDS[method]): k / ROUNDS[method]
            for k in range(2, ROUNDS[method] + 1)
        }
        for member, (_, method, _) in enumerate(cases)
        if method in ROUNDS
    }

    @torch.no_grad()
    def rewire(step, ensemble, optimizer, examples):
        for member, times in rounds_at.items():
            if step in times:
                weights, within = layers_of(ensemble.weights, member), layers_of(masks, member)
                kept = keep_top(
                    {name: lamp_scores(w) for name, w in weights.items()},
                    exponential(1 - cases[member][0])(times[step]),
                    within,
                )
                for name, mask in kept.items():
                    within[name].copy_(mask)
                    weights[name].mul_(mask)

    return rewire
