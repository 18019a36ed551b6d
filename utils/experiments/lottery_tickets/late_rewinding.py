"""Claim: with a large learning rate a sparse ticket gains from being rewound to the
weights after k steps instead of the initial ones; with a small rate it does not.

Frankle, Dziugaite, Roy and Carbin, "Linear mode connectivity and the lottery ticket
hypothesis" (2020): train k steps, and let iterative magnitude pruning start from there.
The training is not longer: k steps before the search and the other steps - k in each
round.
"""

from collections.abc import Callable, Sequence

import torch

from utils.experiments.lottery_tickets.tickets import DATA, Setting, pruned_further, random_masks
from utils.model import Data, mlp
from utils.model.ensemble import (
    accuracies,
    batch_orders,
    concatenate,
    ensemble_of,
    fast_products,
    first_members,
    train_ensemble,
    unmasked,
)


def late_rewinding_on(
    name: str,
    ks: Sequence[int],
    setting: Setting = Setting(),
    tick: Callable[[], None] = lambda: None,
) -> list[dict]:
    """`late_rewinding` on one of DATA."""
    return late_rewinding(DATA[name](), ks, setting, tick)


@fast_products()
def late_rewinding(
    data: Data,
    ks: Sequence[int],
    setting: Setting = Setting(),
    tick: Callable[[], None] = lambda: None,
) -> list[dict]:
    """Tickets rewound to the weights after each of `ks` steps, and the control: random
    masks, as dense in each layer, on the same weights. Rows {"k", "level",
    "density", "arm" ("ticket", "random"), "seed", "accuracy"}; level 0 is dense and
    has no control. Accuracy in percent on the test data.

    All see the same examples in the same order; k = 0 are the arms of `tickets`.
    Weights and biases are rewound, and Adam starts again. `tick` is called after each
    optimizer step.
    """
    seeds, lr, rows = range(setting.seeds), setting.lr, []
    start = ensemble_of([mlp(*setting.widths, seed=seed) for seed in seeds])
    orders = batch_orders(seeds, setting.steps, setting.batch, len(data.train[1]))
    dense = unmasked(start)
    for k in ks:
        early = trained = train_ensemble(start, dense, data.train, orders[:k], lr, tick)
        masks = dense
        for level in range(setting.levels):
            density = setting.keep**level
            if level:
                masks = pruned_further(trained, masks, 1 - density)
            groups = [masks, random_masks(masks, level)] if level else [masks]
            together = [torch.cat(m) for m in zip(*groups)]
            arms = train_ensemble(
                concatenate(*[early] * len(groups)),
                together,
                data.train,
                orders[k:].repeat(1, len(groups), 1),
                lr,
                tick,
            )
            trained = first_members(arms, setting.seeds)
            rows += [
                {
                    "k": k,
                    "level": level,
                    "density": density,
                    "accuracy": accuracy,
                    "arm": ("ticket", "random")[e // setting.seeds],
                    "seed": e % setting.seeds,
                }
                for e, accuracy in enumerate(accuracies(arms, data.test))
            ]
    return rows


def total_steps(ks: Sequence[int], setting: Setting) -> int:
    """How often `late_rewinding` calls `tick`."""
    return sum(k + setting.levels * (setting.steps - k) for k in ks)
