"""Claim: with the same few connections all the time, it helps to move them, and most to move them
to where the gradient is large.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from utils.model import Data, Tensors, initialize, mlp, num_weights, num_zeros
from utils.model.data import Batch
from utils.model.ensemble import (
    Ensemble,
    accuracies,
    batch_orders,
    ensemble_of,
    fast_products,
    gradients_of,
    layers_of,
    stack_masks,
    train_ensemble,
)
from utils.model.randomness import seeded_generator
from utils.pruning import erdos_renyi, uniform
from utils.sparse_training import (
    cosine_drop,
    dsr_rewire,
    random_topology,
    rescale,
    rigl_rewire,
    set_rewire,
    start_grown,
)
from utils.sparse_training.dsr import next_threshold

STARTS = {"static, uniform": uniform, "RigL, uniform": uniform}  # all others: Erdos-Renyi
ARMS = ("static, uniform", "static", "SET", "SET, cosine", "DSR", "RigL", "RigL, uniform")


class Case(NamedTuple):
    """One network: connections move `every` so many steps, the `fraction` of them; with RigL and
    "SET, cosine" it falls along a cosine until three quarters of the training.
    """

    density: float
    arm: str
    seed: int
    every: int = 50
    fraction: float = 0.3


class Mover:
    """One network's rewiring: (weights, masks, gradients, how far training is) -> kept and new
    masks.
    """

    def __init__(self, case: Case):
        self.rule, self.fraction = case.arm.partition(",")[0], case.fraction
        self.generator = seeded_generator(case.seed + 1000)
        self.falls = self.rule == "RigL" or case.arm == "SET, cosine"
        self.threshold = 1e-3  # of DSR

    def __call__(
        self, weights: Tensors, masks: Tensors, gradients: Tensors, done: float
    ) -> tuple[Tensors, Tensors]:
        fraction = cosine_drop(done, 0.75, self.fraction) if self.falls else self.fraction
        if self.rule == "SET":
            return set_rewire(weights, masks, fraction, self.generator)
        if self.rule == "RigL":
            return rigl_rewire(weights, masks, gradients, fraction)
        if self.rule == "DSR":
            kept, new = dsr_rewire(weights, masks, self.threshold, self.generator)
            target = round(fraction * (num_weights(masks) - num_zeros(masks)))
            self.threshold = next_threshold(
                self.threshold, num_zeros(kept) - num_zeros(masks), target
            )
            return kept, new
        return masks, masks


@fast_products()
def trained_sparse(
    data: Data,
    widths: Sequence[int],
    cases: Sequence[Case],
    steps: int = 1000,
    batch: int = 64,
    lr: float = 2e-3,
    tick: Callable[[], None] = lambda: None,
) -> list[dict]:
    """Train sparse networks from the start, all cases at once.

    One row a case: its fields, test "accuracy" in percent, the part of its connections that "moved"
    (that are new at the end), and a list "over time", for the start and after each rewiring: the
    "step", the number of connections in each of the "layers" and at each of the "inputs". `tick` is
    called after each of the optimizer's steps.
    """
    networks, masks = starts(widths, cases)
    start, movers = [mask.clone() for mask in masks], [Mover(case) for case in cases]
    over_time = [[counted(masks, e, 0)] for e in range(len(cases))]

    def rewire(
        step: int, ensemble: Ensemble, optimizer: torch.optim.Optimizer, examples: Batch
    ) -> None:
        due = [e for e, case in enumerate(cases) if step and step % case.every == 0]
        if due:
            gradients = gradients_of(ensemble, examples).weights
            kept = [m.clone() for m in masks]
            for e in due:
                weights = layers_of([w.detach() for w in ensemble.weights], e)
                mask, stays = layers_of(masks, e), layers_of(kept, e)
                stay, new = movers[e](weights, mask, layers_of(gradients, e), step / steps)
                for name in stay:
                    stays[name].copy_(stay[name])
                    mask[name].copy_(new[name])
                over_time[e].append(counted(masks, e, step))
            for w, mask in zip(ensemble.weights, kept):
                start_grown(w, mask, optimizer)

    orders = batch_orders([case.seed for case in cases], steps, batch, len(data.train[1]))
    trained = train_ensemble(
        ensemble_of(networks), masks, data.train, orders, lr, tick, rewire=rewire
    )
    return [
        case._asdict()
        | {"accuracy": accuracy, "moved": moved(start, masks, e), "over time": over_time[e]}
        for e, (case, accuracy) in enumerate(zip(cases, accuracies(trained, data.test)))
    ]


def starts(widths: Sequence[int], cases: Sequence) -> tuple[list[nn.Module], list[Tensor]]:
    """Each case's network, at He's initialization, masked and rescaled; and all their masks."""
    networks, masks = [], []
    for case in cases:
        networks.append(
            initialize(mlp(*widths, seed=case.seed), nn.init.kaiming_normal_, case.seed)
        )
        masks.append(
            random_topology(
                networks[-1],
                STARTS.get(case.arm, erdos_renyi)(networks[-1], 1 - case.density),
                seeded_generator(case.seed),
            )
        )
        rescale(networks[-1], masks[-1])
    return networks, stack_masks(masks)


def counted(masks: list[Tensor], member: int, step: int) -> dict:
    """A member's connections at a step: in each of the "layers", at each of the "inputs"."""
    return {
        "step": step,
        "layers": [int(m[member].sum()) for m in masks],
        "inputs": masks[0][member].sum(1).tolist(),
    }


def moved(start: list[Tensor], end: list[Tensor], member: int) -> float:
    """The part of the connections at the end that was not there at the start."""
    new = sum(int(((b[member] != 0) & (a[member] == 0)).sum()) for a, b in zip(start, end))
    return new / sum(int(b[member].sum()) for b in end)
