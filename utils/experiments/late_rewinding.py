"""Claim: with a large learning rate a sparse ticket gains from being rewound to the weights after
k steps instead of the initial ones; with a small rate it does not.

Frankle, Dziugaite, Roy and Carbin, "Linear mode connectivity and the lottery ticket hypothesis"
(2020): train k steps, and let iterative magnitude pruning start from there. The training is not
longer: k steps before the search and the other steps - k in each round.
"""
from collections.abc import Callable, Sequence

import torch

from utils.experiments.members import accuracies, fast_products, gather, orders_of, train_members
from utils.experiments.tickets import DATA, Setting, pruned_further
from utils.model import Data, mlp


def late_rewinding_on(name: str, ks: Sequence[int], setting: Setting = Setting(),
                      tick: Callable[[], None] = lambda: None) -> list[dict]:
    """`late_rewinding` on one of DATA."""
    return late_rewinding(DATA[name](), ks, setting, tick)


@fast_products()
def late_rewinding(data: Data, ks: Sequence[int], setting: Setting = Setting(),
                   tick: Callable[[], None] = lambda: None) -> list[dict]:
    """Tickets rewound to the weights after each of `ks` steps: rows {"k", "level",
    "density", "seed", "accuracy"}. Accuracy in percent on the test data.

    All see the same examples in the same order; k = 0 is the ticket of `tickets`.
    Weights and biases are rewound, and Adam starts anew. `tick` is called after each
    optimizer step.
    """
    seeds, lr, rows = range(setting.seeds), setting.lr, []
    start = gather([mlp(*setting.widths, seed=seed) for seed in seeds])
    orders = orders_of(seeds, setting.steps, setting.batch, len(data.train[1]))
    dense = [torch.ones_like(w) for w in start.weights]
    for k in ks:
        early, masks = train_members(start, dense, data.train, orders[:k], lr, tick), dense
        for level in range(setting.levels):
            density = setting.keep ** level
            if level:
                masks = pruned_further(trained, masks, 1 - density)
            trained = train_members(early, masks, data.train, orders[k:], lr, tick)
            rows += [{"k": k, "level": level, "density": density, "seed": seed, "accuracy": a}
                     for seed, a in enumerate(accuracies(trained, data.test))]
    return rows


def total_steps(ks: Sequence[int], setting: Setting) -> int:
    """How often `late_rewinding` calls `tick`."""
    return sum(k + setting.levels * (setting.steps - k) for k in ks)
