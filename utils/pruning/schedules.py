"""Schedules: how sparse the network is at each moment of training.

A schedule is a function of time: pruning begins at t = 0 and ends at t = 1. Before, the
sparsity is 0; after, it stays. `cubic` prunes fast while there is much to spare, and slowly at
the end:

    s(t) = s_f (1 - (1 - t)^3)

Zhu and Gupta, "To prune, or not to prune: exploring the efficacy of pruning for model
compression" (2017), with initial sparsity 0.
"""

from collections.abc import Callable

from utils.pruning.masks import check_sparsity

Schedule = Callable[[float], float]


def one_shot(sparsity: float) -> Schedule:
    """All at once, at t = 0."""
    final = check_sparsity(sparsity)
    return lambda t: final if t >= 0 else 0.0


def linear(sparsity: float) -> Schedule:
    """The same amount in every step: from 0 at t = 0 to `sparsity` at t = 1."""
    final = check_sparsity(sparsity)
    return lambda t: final * _clamp(t)


def cubic(sparsity: float) -> Schedule:
    """Most of it early: from 0 at t = 0 to `sparsity` at t = 1, with slope 0 at the end."""
    final = check_sparsity(sparsity)
    return lambda t: final * (1 - (1 - _clamp(t)) ** 3)


def exponential(sparsity: float) -> Schedule:
    """The same fraction of the survivors in every step: the density is (1 - sparsity)^t."""
    final = check_sparsity(sparsity)
    return lambda t: 1 - (1 - final) ** _clamp(t)


def _clamp(t: float) -> float:
    return min(1.0, max(0.0, t))
