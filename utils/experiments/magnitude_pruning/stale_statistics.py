"""Claim: after pruning, BatchNorm normalises with the means and variances of a network that is no
longer there.
"""

from collections.abc import Sequence

from torch import nn

from utils.importance import magnitude
from utils.model import Data, copy_of, evaluate, loaders, recalibrate
from utils.pruning import apply_masks, keep_top


def stale_statistics(
    networks: Sequence[nn.Module], data: Data, sparsities: Sequence[float]
) -> list[dict]:
    """Prune each network (global magnitude) and evaluate it twice: with its old statistics, and
    with fresh ones.

    One row a network, sparsity and kind of statistics: `network`, `sparsity`, `statistics`, test
    `accuracy` in percent. Fresh statistics are measured on the training inputs; no weight is
    changed by that.
    """
    rows, test = [], loaders(data)["test"]
    for seed, network in enumerate(networks):
        for sparsity in sparsities:
            model = copy_of(network)
            apply_masks(model, keep_top(magnitude(model), sparsity))
            row = {"network": seed, "sparsity": sparsity}
            rows.append(row | {"statistics": "stale", "accuracy": evaluate(model, test)})
            rows.append(
                row
                | {
                    "statistics": "measured afresh",
                    "accuracy": evaluate(recalibrate(model, data.train[0]), test),
                }
            )
    return rows
