"""What the answer to `prune_iteratively` is given: schedules, importances, and one that watches."""

import copy

import torch
from torch import nn

from utils.checks.compare import alike, described
from utils.checks.lab05.networks import weights_of
from utils.model import Tensors


def linear(t: float) -> float:
    return 0.9 * t


def exponential(t: float) -> float:
    return 1 - 0.1**t


def shares(weights: Tensors) -> Tensors:
    """|w| as a part of its layer's sum: the fewer are left in a layer, the higher they score."""
    return {name: torch.nan_to_num(w.abs() / w.abs().sum()) for name, w in weights.items()}


def signed(weights: Tensors) -> Tensors:
    """w - 3: below 0 nearly everywhere, and lower than what is gone; in another order."""
    scores = {n: torch.where(w != 0, w - 3, torch.zeros_like(w)) for n, w in weights.items()}
    return dict(reversed(scores.items()))


def blind(weights: Tensors) -> Tensors:
    """All equal."""
    return {name: torch.zeros_like(w) for name, w in weights.items()}


def scattered(weights: Tensors) -> Tensors:
    """All different, and the same whatever the weights are."""
    sizes = [w.numel() for w in weights.values()]
    numbers = (0.618034 * torch.arange(sum(sizes), dtype=torch.float64) % 1).split(sizes)
    return {n: part.view_as(w) for part, (n, w) in zip(numbers, weights.items())}


def modes(model: nn.Module) -> list[bool]:
    return [part.training for part in model.modules()]


class Importance:
    """What the answer scores with.

    `seen`: the values of the network and the scores of each call. `refused`: what was expected of
    a call, what came, and why.
    """

    def __init__(self, kind, model, batch):
        self.kind, self.batch, self.mode = kind, batch, modes(model)
        self.seen: list[tuple[Tensors, Tensors]] = []
        self.refused: tuple[str, str, str] | None = None

    def __call__(self, model, batch):
        self.refused = self.wrong(model, batch)
        if self.refused:
            raise ValueError(self.refused[2])
        scores = self.kind(weights_of(model))
        self.seen.append((copy.deepcopy(dict(model.state_dict())), scores))
        return {name: score.clone() for name, score in scores.items()}

    def wrong(self, model, batch) -> tuple[str, str, str] | None:
        if not isinstance(model, nn.Module):
            nothing = "apply_masks(model, masks) changes the network in place and returns nothing."
            usual = "importance(model, batch) scores a network: the one pruned so far."
            return "importance of a network", described(model), usual if model else nothing
        if not alike(batch, self.batch):
            return "importance(model, batch) of the batch that is given", "another", "Pass it on."
        if modes(model) != self.mode:
            usual = "Leave the copy in the mode that the model has: no eval(), no train()."
            return "importance of a network in the mode of the model", "another mode", usual
        if not torch.is_grad_enabled():
            usual = "An importance may need gradients: keep no_grad to the masking."
            return "importance called with gradients switched on", "torch.no_grad()", usual
        return None
