"""Claim: the mask depends on the initial weights far more than on the order of the data."""

from collections.abc import Sequence

from utils.importance import magnitude
from utils.model import Data, Tensors, fit, loaders, mlp
from utils.model.randomness import seeded_generator
from utils.pruning import jaccard, keep_top, random_mask_like


def how_similar_are_masks(
    data: Data,
    seeds: Sequence[int],
    sparsity: float = 0.8,
    widths: Sequence[int] = (64, 300, 100, 10),
    epochs: int = 15,
) -> list[dict]:
    """Jaccard similarity of magnitude masks, all layers to the same sparsity. One row a seed
    and pair: `seed`, `pair`, `jaccard`.
    """

    def mask(initial: int, order: int, epochs: int) -> Tensors:
        scores = magnitude(
            fit(mlp(*widths, seed=initial), loaders(data, seed=order)["train"], epochs)
        )
        return keep_top(scores, dict.fromkeys(scores, sparsity))

    rows = []
    for seed in seeds:
        ours = mask(seed, seed, epochs)
        others = {
            "same start, other order of the data": mask(seed, seed + 100, epochs),
            "other start, same order of the data": mask(seed + 100, seed, epochs),
            "before training": mask(seed, seed, 0),
            "random, same number in each layer": random_mask_like(ours, seeded_generator(seed)),
        }
        rows += [
            {"seed": seed, "pair": pair, "jaccard": jaccard(ours, other)}
            for pair, other in others.items()
        ]
    return rows
