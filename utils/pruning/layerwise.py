"""How much of each layer goes: sparsity_dicts, and the scan that shows which layers can take
it.
"""

from collections.abc import Callable, Sequence

from torch import nn

from utils.model.copies import copy_of
from utils.model.parameters import prunable
from utils.pruning.fine_grained import fine_grained_prune
from utils.pruning.masks import check_sparsity


def uniform(model: nn.Module, sparsity: float) -> dict[str, float]:
    """The same sparsity for every prunable parameter."""
    return dict.fromkeys(prunable(model), sparsity)


def erdos_renyi(model: nn.Module, sparsity: float) -> dict[str, float]:
    """Large layers sparser than small ones: the weights kept are in proportion to the sum of a
    tensor's dimensions.

    density_l = epsilon * (n_in + n_out) / (n_in * n_out) for a linear layer, and with the
    height and width of the kernel in both sum and product for a convolution ("ERK"). epsilon is
    such that the whole model has the sparsity. A layer whose density would pass 1 is dense, and
    the others share what is left. Mocanu et al. (2018) for linear layers, Evci et al. (2020)
    for convolutions.
    """
    shapes = {name: weight.shape for name, weight in prunable(model).items()}
    left = (1 - check_sparsity(sparsity)) * sum(shape.numel() for shape in shapes.values())
    sparse, density = dict(shapes), {}
    while sparse:
        epsilon = left / sum(sum(shape) for shape in sparse.values())
        density |= {name: epsilon * sum(shape) / shape.numel() for name, shape in sparse.items()}
        full = [name for name in sparse if density[name] > 1]
        if not full:
            break
        for name in full:  # dense; the others share the rest
            density[name] = 1.0
            left -= sparse.pop(name).numel()
    return {name: 1 - density[name] for name in shapes}


def sensitivity_scan(
    model: nn.Module, score: Callable[[nn.Module], float], sparsities: Sequence[float]
) -> dict[str, list[float]]:
    """Prune one parameter at a time and see what it costs.

    For every prunable parameter: `score(pruned copy)` at each of the `sparsities`, all other
    parameters dense. `model` itself is not changed. Han et al. (2015), figure 6.
    """
    scan = {}
    for name in prunable(model):
        scan[name] = []
        for sparsity in sparsities:
            pruned = copy_of(model)
            fine_grained_prune(prunable(pruned)[name], sparsity)
            scan[name].append(score(pruned))
    return scan
