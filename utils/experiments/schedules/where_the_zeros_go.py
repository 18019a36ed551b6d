"""Claim: at high sparsity it matters more how many weights each layer keeps than which ones."""

from collections.abc import Sequence

from torch import nn

from utils.importance import lamp, magnitude
from utils.model import Data, Tensors, mlp
from utils.model.ensemble import (
    Ensemble,
    accuracies,
    batch_orders,
    ensemble_of,
    fast_products,
    member_of,
    stack_masks,
    train_ensemble,
    unmasked,
)
from utils.model.randomness import seeded_generator
from utils.pruning import erdos_renyi, keep_top, random_mask_like, uniform

RULES = ("uniform", "Erdos-Renyi", "global", "LAMP", "LAMP, random weights")


def masks_by(rule: str, model: nn.Module, sparsity: float) -> Tensors:
    """The masks of a trained model under one of RULES. They differ in how many weights each
    layer keeps; all keep its largest, but for "LAMP, random weights", which keeps as many
    as LAMP does, at random.
    """
    if rule == "global":
        return keep_top(magnitude(model), sparsity)
    if rule == "LAMP":
        return keep_top(lamp(model), sparsity)
    if rule == "LAMP, random weights":
        return random_mask_like(keep_top(lamp(model), sparsity), seeded_generator(0))
    shares = {"uniform": uniform, "Erdos-Renyi": erdos_renyi}[rule](model, sparsity)
    return keep_top(magnitude(model), {name: max(0.0, share) for name, share in shares.items()})


@fast_products()
def where_the_zeros_go(
    data: Data,
    sparsities: Sequence[float],
    seeds: Sequence[int],
    widths: Sequence[int] = (64, 300, 300, 100, 10),
    steps: int = 300,
    batch: int = 64,
    lr: float = 1.2e-3,
) -> list[dict]:
    """Train dense, prune by each rule, train what is left for as many steps; all networks of a
    stage at once.

    One row a seed, sparsity and rule: test `accuracy` in percent "pruned" and "retrained", and
    `density` of each layer by name.
    """
    seeds = list(seeds)
    networks = [mlp(*widths, seed=seed) for seed in seeds]
    start, orders = ensemble_of(networks), batch_orders(seeds, steps, batch, len(data.train[1]))
    trained = train_ensemble(start, unmasked(start), data.train, orders, lr)
    networks = [member_of(trained, member, network) for member, network in enumerate(networks)]
    cases = [(seed, sparsity, rule) for sparsity in sparsities for rule in RULES for seed in seeds]
    masks = [
        masks_by(rule, networks[seeds.index(seed)], sparsity) for seed, sparsity, rule in cases
    ]
    start = ensemble_of([networks[seeds.index(seed)] for seed, _, _ in cases])
    together = stack_masks(masks)
    pruned = Ensemble([w * m for w, m in zip(start.weights, together)], start.biases)
    retrained = train_ensemble(
        pruned, together, data.train, orders.repeat(1, len(cases) // len(seeds), 1), lr
    )
    return [
        {
            "seed": seed,
            "sparsity": sparsity,
            "rule": rule,
            "pruned": before,
            "retrained": after,
            "density": {name: float(m.mean()) for name, m in mask.items()},
        }
        for (seed, sparsity, rule), mask, before, after in zip(
            cases, masks, accuracies(pruned, data.test), accuracies(retrained, data.test)
        )
    ]
