"""Question: does the loss right after pruning tell how good the network will be, or how fast it
could be trained?
"""

from collections.abc import Sequence

from torch import nn

from utils.experiments.at_initialization.pruned_before_training import (
    METHODS,
    before_and_after,
    few_of_each,
)
from utils.importance import gradient_flow
from utils.model import Data, Tensors, copy_of, loss_on, weight_gradients
from utils.model.data import Batch
from utils.model.ensemble import (
    accuracies,
    batch_orders,
    ensemble_of,
    fast_products,
    stack_masks,
    train_ensemble,
)
from utils.model.metrics import spearman
from utils.pruning import apply_masks

CRITERIA = (
    "random",
    "random, Erdos-Renyi",
    "magnitude",
    "SNIP",
    "GraSP, absolute value",
    "SynFlow",
)
MEASURES = ("- loss after pruning", "gradient flow", "mean signed gradient")


def measured(model: nn.Module, masks: Tensors, batch: Batch) -> dict[str, float]:
    """Each of MEASURES for the pruned network, on one batch."""
    pruned = copy_of(model)
    apply_masks(pruned, masks)
    gradients = weight_gradients(pruned, batch)
    signed = sum(float((gradients[name] * mask).sum()) for name, mask in masks.items())
    return {
        "- loss after pruning": -loss_on(pruned, batch),
        "gradient flow": gradient_flow(model, masks, batch),
        "mean signed gradient": signed / sum(int(mask.sum()) for mask in masks.values()),
    }


@fast_products()
def two_goals(
    data: Data,
    widths: Sequence[int],
    densities: Sequence[float],
    seeds: Sequence[int],
    steps: int = 425,
    batch: int = 64,
    lr: float = 2e-3,
) -> list[dict]:
    """Prune by each of CRITERIA, at He's initialization and after training; measure; train what is
    left.

    One row a moment ("at initialization", "after training"), density, criterion and seed: MEASURES
    on the training data, before the final training, and test "accuracy" in percent after it.
    """
    orders = batch_orders(seeds, steps, batch, len(data.train[1]))
    before, after = before_and_after(data, widths, seeds, orders, lr)
    moments = {"at initialization": before, "after training": after}
    cases = [
        (moment, density, criterion, seed)
        for moment in moments
        for density in densities
        for criterion in CRITERIA
        for seed in seeds
    ]
    masks = [
        METHODS[criterion](moments[moment][seed], few_of_each(data, seed), 1 - density, seed)
        for moment, density, criterion, seed in cases
    ]
    start = ensemble_of([moments[moment][seed] for moment, _, _, seed in cases])
    final = accuracies(
        train_ensemble(
            start,
            stack_masks(masks),
            data.train,
            orders.repeat(1, len(cases) // len(seeds), 1),
            lr,
        ),
        data.test,
    )
    return [
        {
            "moment": moment,
            "density": density,
            "criterion": criterion,
            "seed": seed,
            "accuracy": accuracy,
        }
        | measured(moments[moment][seed], mask, data.train)
        for (moment, density, criterion, seed), mask, accuracy in zip(cases, masks, final)
    ]


def rank_correlation(rows: list[dict], measure: str) -> float:
    """Spearman's rank correlation of a measure with the final accuracy, over the rows."""
    return spearman([row[measure] for row in rows], [row["accuracy"] for row in rows])
