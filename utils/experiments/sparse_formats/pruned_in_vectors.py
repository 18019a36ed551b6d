"""Claim: pruned in vectors, nothing stored is wasted; what it costs is accuracy."""

from torch import nn

from utils.model import Data, Tensors, copy_of, evaluate, fit, loaders, prunable
from utils.pruning import apply_masks, keep_top


def pruned_in_vectors(
    networks: list[nn.Module],
    data: Data,
    lengths=(1, 4, 16),
    sparsity: float = 0.9,
    epochs: int = 5,
) -> list[dict]:
    """Each network pruned in vectors of `length` inputs, then fine-tuned: test accuracy (%)
    before and after.

    The input sizes of the layers must be multiples of the lengths.
    """
    rows = []
    for number, network in enumerate(networks):
        for length in lengths:
            model = copy_of(network)
            masks = vector_masks(model, length, sparsity)
            apply_masks(model, masks)
            before = evaluate(model, loaders(data)["test"])
            fit(
                model,
                loaders(data, seed=number)["train"],
                epochs,
                lr=0.05,
                callbacks=[lambda: apply_masks(model, masks)],
            )
            after = evaluate(model, loaders(data)["test"])
            for when, accuracy in (("right after pruning", before), ("fine-tuned", after)):
                rows.append(
                    {"network": number, "vector length": length, "when": when, "accuracy": accuracy}
                )
    return rows


def vector_masks(model: nn.Module, length: int, sparsity: float) -> Tensors:
    """Masks that keep or drop `length` neighbouring inputs of an output together, by the sum
    of their squares, all layers ranked together.
    """
    scores = {
        name: weight.unflatten(1, (-1, length)).square().sum(-1)
        for name, weight in prunable(model).items()
    }
    return {
        name: mask.repeat_interleave(length, 1) for name, mask in keep_top(scores, sparsity).items()
    }
