"""Claim: at high sparsity it matters which weights are pruned before training; SynFlow in many
rounds beats SNIP, and SNIP beats chance.
"""
from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import nn

from utils.experiments.members import accuracies, fast_products, gather, member_of, orders_of, stacked, train_members
from utils.importance import chance, grasp, lamp, magnitude, random, snip, synflow
from utils.model import Data, Tensors, initialize, mlp
from utils.model.data import Batch
from utils.pruning import erdos_renyi, exponential, keep_top, prune_iteratively, random_mask_like

Method = Callable[[nn.Module, Batch, float], Tensors]             # (model, batch, sparsity) -> masks


def by(importance: Callable[..., Tensors], sign: Callable = lambda score: score) -> Method:
    """Score once, keep the top of all layers together."""
    return lambda model, batch, sparsity: keep_top({name: sign(score) for name, score in importance(model, batch).items()}, sparsity)


def shuffled(method: Method) -> Method:
    """As many weights of each layer as the method keeps, at random places (Frankle et al., 2021)."""
    return lambda model, batch, sparsity: random_mask_like(method(model, batch, sparsity), chance(0))


METHODS: dict[str, Method] = {
    "random": lambda model, batch, sparsity: keep_top(random(model, generator=chance(0)), sparsity),
    "random, Erdos-Renyi": lambda model, batch, sparsity: keep_top(random(model, generator=chance(0)), erdos_renyi(model, sparsity)),
    "magnitude": by(magnitude),
    "SNIP": by(snip),
    "GraSP": by(grasp),
    "SynFlow": lambda model, batch, sparsity: prune_iteratively(model, synflow, exponential(sparsity), 100, batch),
    "SynFlow, one round": by(synflow),
    "GraSP, temperature 1": by(partial(grasp, temperature=1.0)),
    "GraSP, absolute value": by(grasp, sign=torch.abs),
    "GraSP, wrong sign": by(grasp, sign=torch.neg),
}
METHODS |= {f"{name}, shuffled": shuffled(METHODS[name]) for name in ("SNIP", "SynFlow")}


def few_of_each(data: Data, seed: int, each: int = 10) -> Batch:
    """The batch that scores are made of: `each` examples of every class."""
    x, y = data.train
    order = torch.randperm(len(y), generator=chance(seed))
    chosen = torch.cat([order[y[order] == label][:each] for label in y.unique()])
    return x[chosen], y[chosen]


@fast_products()
def pruned_before_training(data: Data, widths: Sequence[int], densities: Sequence[float], methods: Sequence[str], seeds: Sequence[int],
                           steps: int = 425, batch: int = 64, lr: float = 2e-3, tick: Callable[[], None] = lambda: None) -> list[dict]:
    """Prune networks at He's initialization and train what is left; all at once.

    One row a seed, density and method: test "accuracy" in percent, "kept" weights by layer, and
    the network's "dense" accuracy. Method "after training" is the control: LAMP on the
    trained dense network, which is then trained on for as many steps again. `tick` is called
    after each of 2 * steps optimizer steps.
    """
    networks = {seed: initialize(mlp(*widths, seed=seed), nn.init.kaiming_normal_, seed) for seed in seeds}
    batches = {seed: few_of_each(data, seed) for seed in seeds}
    orders = orders_of(seeds, steps, batch, len(data.train[1]))
    start = gather(list(networks.values()))
    trained = train_members(start, [torch.ones_like(w) for w in start.weights], data.train, orders, lr, tick)
    dense = dict(zip(seeds, accuracies(trained, data.test)))
    after = {seed: member_of(trained, k, networks[seed]) for k, seed in enumerate(seeds)}
    cases = [(density, method, seed) for density in densities for method in methods for seed in seeds]
    masks = [by(lamp)(after[seed], None, 1 - density) if method == "after training"
             else METHODS[method](networks[seed], batches[seed], 1 - density) for density, method, seed in cases]
    members = gather([(after if method == "after training" else networks)[seed] for _, method, seed in cases])
    results = accuracies(train_members(members, stacked(masks), data.train, orders.repeat(1, len(cases) // len(seeds), 1), lr, tick), data.test)
    return [{"density": density, "method": method, "seed": seed, "accuracy": accuracy, "dense": dense[seed],
             "kept": {name: int(m.sum()) for name, m in mask.items()}}
            for (density, method, seed), mask, accuracy in zip(cases, masks, results)]
