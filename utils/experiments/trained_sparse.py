"""Claim: with the same few connections all the time, it helps to move them, and most to move them
to where the gradient is large.
"""
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from utils.experiments.members import Members, accuracies, fast_products, gather, gradients_of, orders_of, stacked, train_members
from utils.importance import chance
from utils.model import Data, Tensors, initialize, mlp
from utils.model.data import Batch
from utils.pruning import erdos_renyi, uniform
from utils.sparse_training import cosine_drop, dsr_rewire, random_topology, rescale, rigl_rewire, set_rewire, start_grown
from utils.sparse_training.dsr import next_threshold

STARTS = {"static, uniform": uniform, "RigL, uniform": uniform}                   # all others: Erdos-Renyi
ARMS = ("static, uniform", "static", "SET", "DSR", "RigL", "RigL, uniform")


class Mover:
    """One member's rewiring: (weights, masks, gradients, how far training is) -> kept and new masks."""

    def __init__(self, arm: str, fraction: float, seed: int):
        self.rule, self.fraction, self.generator = arm.partition(",")[0], fraction, chance(seed + 1000)
        self.threshold = 1e-3                                                    # of DSR

    def __call__(self, weights: Tensors, masks: Tensors, gradients: Tensors, done: float) -> tuple[Tensors, Tensors]:
        if self.rule == "SET":
            return set_rewire(weights, masks, self.fraction, self.generator)
        if self.rule == "RigL":
            return rigl_rewire(weights, masks, gradients, cosine_drop(done, 0.75, self.fraction))
        if self.rule == "DSR":
            kept, new = dsr_rewire(weights, masks, self.threshold, self.generator)
            total = sum(int(mask.sum()) for mask in masks.values())
            dropped = total - sum(int(mask.sum()) for mask in kept.values())
            self.threshold = next_threshold(self.threshold, dropped, round(self.fraction * total))
            return kept, new
        return masks, masks


@fast_products()
def trained_sparse(data: Data, widths: Sequence[int], densities: Sequence[float], seeds: Sequence[int], arms: Sequence[str] = ARMS,
                   steps: int = 1000, every: int = 17, fraction: float = 0.3, batch: int = 64, lr: float = 2e-3,
                   tick: Callable[[], None] = lambda: None) -> list[dict]:
    """Train sparse networks from the start; all seeds, densities and arms at once.

    Connections move `every` so many steps, the `fraction` of them (RigL's falls along a cosine until three
    quarters of the training). One row a seed, density and arm: test "accuracy" in percent, "kept" connections
    by layer at the start and at the end, and the part of them that "moved": that are new at the end.
    """
    cases = [(density, arm, seed) for density in densities for arm in arms for seed in seeds]
    networks, first = [], []
    for density, arm, seed in cases:
        network = initialize(mlp(*widths, seed=seed), nn.init.kaiming_normal_, seed)
        first.append(random_topology(network, STARTS.get(arm, erdos_renyi)(network, 1 - density), chance(seed)))
        rescale(network, first[-1])
        networks.append(network)
    masks, movers = stacked(first), [Mover(arm, fraction, seed) for _, arm, seed in cases]
    start = [mask.clone() for mask in masks]

    def rewire(step: int, members: Members, optimizer: torch.optim.Optimizer, examples: Batch) -> None:
        if step and step % every == 0:
            gradients = gradients_of(members, examples).weights
            kept = [m.clone() for m in masks]
            for e, mover in enumerate(movers):
                stay, new = mover(*(dict(enumerate(t[e].detach() for t in part)) for part in (members.weights, masks, gradients)), step / steps)
                for k in stay:
                    kept[k][e], masks[k][e] = stay[k], new[k]
            for w, mask in zip(members.weights, kept):
                start_grown(w, mask, optimizer)

    trained = train_members(gather(networks), masks, data.train, orders_of(seeds, steps, batch, len(data.train[1])).repeat(1, len(cases) // len(seeds), 1),
                            lr, tick, rewire=rewire)
    return [{"density": density, "arm": arm, "seed": seed, "accuracy": accuracy, "moved": moved(start, masks, e),
             "start": [int(m[e].sum()) for m in start], "kept": [int(m[e].sum()) for m in masks]}
            for e, ((density, arm, seed), accuracy) in enumerate(zip(cases, accuracies(trained, data.test)))]


def moved(start: list[Tensor], end: list[Tensor], member: int) -> float:
    """The part of the connections at the end that was not there at the start."""
    new = sum(int(((b[member] != 0) & (a[member] == 0)).sum()) for a, b in zip(start, end))
    return new / sum(int(b[member].sum()) for b in end)
