"""How much of each layer goes: sparsity_dicts, and the scan that shows which layers can bear it."""
from collections.abc import Callable, Sequence

from torch import nn

from utils.model.parameters import prunable
from utils.model.training import copy_of
from utils.pruning.fine_grained import fine_grained_prune


def uniform(model: nn.Module, sparsity: float) -> dict[str, float]:
    """The same sparsity for every prunable parameter."""
    return {name: sparsity for name in prunable(model)}


def sensitivity_scan(model: nn.Module, score: Callable[[nn.Module], float],
                     sparsities: Sequence[float]) -> dict[str, list[float]]:
    """Prune one parameter at a time and see what it costs.

    For every prunable parameter: `score(pruned copy)` at each of the `sparsities`, all other parameters dense.
    `model` itself is not changed. Han et al. (2015), figure 6.
    """
    scan = {}
    for name in prunable(model):
        scan[name] = []
        for sparsity in sparsities:
            pruned = copy_of(model)
            fine_grained_prune(prunable(pruned)[name], sparsity)
            scan[name].append(score(pruned))
    return scan
