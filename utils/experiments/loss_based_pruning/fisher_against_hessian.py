"""Claim: near a minimum the true Fisher is nearly the Hessian, the empirical one is far too small;
both rank weights alike.
"""

from collections.abc import Sequence

from torch import nn

from utils.importance import empirical_fisher, true_fisher
from utils.model import flat, flat_loss, hessian
from utils.model.data import Batch
from utils.model.metrics import spearman


def fisher_against_hessian(networks: dict[str, Sequence[nn.Module]], batch: Batch) -> list[dict]:
    """Compare both Fisher matrices with the Hessian of the cross-entropy, without penalty, for
    networks by when they are taken.

    One row a network and matrix: `when`, `network`, `matrix`, relative Frobenius `error` |F - H| /
    |H|, `trace` of F relative to that of H, `rank correlation` (Spearman) of the two diagonals.
    """
    rows = []
    for when, models in networks.items():
        for seed, model in enumerate(models):
            h = hessian(flat_loss(model, batch), flat(model))
            for name, f in {
                "true": true_fisher(model, batch),
                "empirical": empirical_fisher(model, batch),
            }.items():
                rows.append(
                    {
                        "when": when,
                        "network": seed,
                        "matrix": name,
                        "error": float((f - h).norm() / h.norm()),
                        "trace": float(f.trace() / h.trace()),
                        "rank correlation": spearman(f.diagonal(), h.diagonal()),
                    }
                )
    return rows
