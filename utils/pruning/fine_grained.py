"""Fine-grained (unstructured) magnitude pruning, with the lecture notes' own names.

Zero the round(s * n) weights of smallest |w|, remember which, and put the zeros back after every
optimizer step. Han, Pool, Tran and Dally, "Learning both weights and connections for efficient
neural networks" (2015).
"""

import torch
from torch import Tensor, nn

from utils.model.parameters import Tensors, prunable
from utils.pruning.masks import apply_masks, keep_top


@torch.no_grad()
def fine_grained_prune(tensor: Tensor, sparsity: float) -> Tensor:
    """Zero the smallest weights of `tensor` in place and return the mask (same shape and dtype, 1 =
    kept).

    Exactly round(sparsity * tensor.numel()) entries are pruned. ValueError if sparsity is not in
    [0, 1].
    """
    mask = keep_top({"tensor": tensor.abs()}, sparsity)["tensor"]
    tensor.mul_(mask)
    return mask


class FineGrainedPruner:
    """Magnitude masks for a model, to be applied again after every optimizer step.

    Building it prunes the model. `masks` is a dictionary by parameter name; biases are not in it.
    """

    def __init__(self, model: nn.Module, sparsity_dict: dict[str, float]):
        self.masks = FineGrainedPruner.prune(model, sparsity_dict)

    def apply(self, model: nn.Module) -> None:
        """Set the pruned weights of `model` to zero again, in place."""
        apply_masks(model, self.masks)

    @staticmethod
    def prune(model: nn.Module, sparsity_dict: dict[str, float]) -> Tensors:
        """Prune each prunable parameter of `model` in place to its own sparsity; return the masks.

        `sparsity_dict` names every parameter with dim() > 1 and no other: KeyError otherwise.
        """
        weights = prunable(model)
        masks = keep_top(
            {name: weight.abs() for name, weight in weights.items()}, dict(sparsity_dict)
        )
        apply_masks(model, masks)
        return masks
