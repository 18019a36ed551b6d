"""Claim: the largest weights are worth keeping. Pruned by size, a network keeps more accuracy than
pruned at random.
"""

from collections.abc import Sequence

from torch import nn

from utils.importance import magnitude, random
from utils.model import Data, copy_of, evaluate, fit, loaders
from utils.model.randomness import seeded_generator
from utils.pruning import apply_masks, keep_top, uniform


def magnitude_against_random(
    networks: Sequence[nn.Module],
    data: Data,
    sparsities: Sequence[float],
    epochs: int = 4,
    lr: float = 0.05,
) -> list[dict]:
    """Prune each trained network in three ways to each sparsity, then fine-tune it for some epochs,
    its zeros kept.

    One row a network, sparsity and way: `network`, `sparsity`, `ranking`, and the test accuracies
    in percent right after pruning (`pruned`) and after fine-tuning (`fine-tuned`). The networks
    themselves are not changed.
    """
    rows = []
    for seed, network in enumerate(networks):
        dataloader, generator = loaders(data, seed=seed), seeded_generator(seed)
        for sparsity in sparsities:
            ways = {
                "magnitude, global": keep_top(magnitude(network), sparsity),
                "magnitude, local": keep_top(magnitude(network), uniform(network, sparsity)),
                "random": keep_top(
                    random(network, generator=generator), uniform(network, sparsity)
                ),
            }
            for ranking, masks in ways.items():
                model = copy_of(network)
                apply_masks(model, masks)
                pruned = evaluate(model, dataloader["test"])
                fit(
                    model,
                    dataloader["train"],
                    epochs,
                    lr,
                    callbacks=[lambda: apply_masks(model, masks)],
                )
                rows.append(
                    {
                        "network": seed,
                        "sparsity": sparsity,
                        "ranking": ranking,
                        "pruned": pruned,
                        "fine-tuned": evaluate(model, dataloader["test"]),
                    }
                )
    return rows
