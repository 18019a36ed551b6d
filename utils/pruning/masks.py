"""From scores to masks: the one place of the library where anything is cut.

A mask is 1 where the weight stays and 0 where it goes, in the dtype of the scores. Exactly
round(sparsity * n) entries go, also when scores tie and at sparsity 0 and 1.
"""

import torch
from torch import Tensor, nn

from utils.model.parameters import Tensors, prunable


def keep_top(
    scores: Tensors, sparsity: float | dict[str, float], within: Tensors | None = None
) -> Tensors:
    """Masks that keep the highest scores.

    `sparsity` in [0, 1]: a float ranks all tensors together (global); a dictionary by name
    ranks each tensor by itself (local), and must name each one. `within` are masks already
    there: only what they keep is ranked, what is gone stays gone, and `sparsity` still counts
    all entries. Raises ValueError outside [0, 1] or for NaN scores, KeyError for a name that is
    missing or unknown.
    """
    if isinstance(sparsity, dict):
        check_names(scores, sparsity)
        return {
            name: top_of(score, sparsity[name], None if within is None else within[name])
            for name, score in scores.items()
        }
    flat = torch.cat([score.flatten() for score in scores.values()])
    old = None if within is None else torch.cat([within[name].flatten() for name in scores])
    parts = top_of(flat, sparsity, old).split([score.numel() for score in scores.values()])
    return {name: part.view_as(score) for part, (name, score) in zip(parts, scores.items())}


def check_names(tensors: Tensors, sparsity_dict: dict[str, float]) -> None:
    """Raise a KeyError that says which names are missing from `sparsity_dict` or unknown in
    it.
    """
    missing, unknown = tensors.keys() - sparsity_dict.keys(), sparsity_dict.keys() - tensors.keys()
    if missing or unknown:
        raise KeyError(
            f"sparsity_dict must name exactly {sorted(tensors)}; "
            f"missing: {sorted(missing)}; unknown: {sorted(unknown)}"
        )


def check_sparsity(sparsity: float) -> float:
    """`sparsity` itself, or a ValueError if it is not a number in [0, 1]."""
    if not 0 <= sparsity <= 1:  # NaN fails this too
        raise ValueError(f"sparsity is the fraction of zeros, a number from 0 to 1; got {sparsity}")
    return sparsity


def dense_masks(model: nn.Module) -> Tensors:
    """Masks that keep every prunable weight: all ones."""
    return {name: torch.ones_like(weight) for name, weight in prunable(model).items()}


@torch.no_grad()
def apply_masks(model: nn.Module, masks: Tensors) -> None:
    """Multiply the named parameters by their masks, in place.

    KeyError for a name that the model does not have, before anything is changed.
    """
    parameters = dict(model.named_parameters())
    for name in masks:
        if name not in parameters:
            raise KeyError(
                f"the model has no parameter {name!r}, which a mask is for; it has "
                f"{', '.join(parameters)}. A wrapper (DataParallel, compile) puts a prefix before "
                "the names: prune the network inside it"
            )
    for name, mask in masks.items():
        parameters[name].mul_(mask)


def top_of(scores: Tensor, sparsity: float, within: Tensor | None = None) -> Tensor:
    """The mask of one tensor: 0 at its round(sparsity * n) lowest scores, by position, so
    that ties do not matter.
    """
    if scores.isnan().any():
        raise ValueError("scores contain NaN: they cannot be ranked")
    n = scores.numel()
    num_zeros = round(check_sparsity(sparsity) * n)
    if within is not None:
        scores = _gone_first(scores, within, num_zeros)
    if 2 * num_zeros > n:  # topk takes time in proportion to what it looks for
        return highest(scores, n - num_zeros)
    flat = scores.flatten()
    mask = torch.ones_like(flat)
    mask[flat.topk(num_zeros, largest=False).indices] = 0
    return mask.view(scores.shape)


def highest(scores: Tensor, count: int) -> Tensor:
    """The mask of one tensor: 1 at its `count` highest scores, by position."""
    flat = scores.flatten()
    mask = torch.zeros_like(flat)
    mask[flat.topk(count).indices] = 1
    return mask.view(scores.shape)


def _gone_first(scores: Tensor, within: Tensor, num_zeros: int) -> Tensor:
    gone = within == 0
    if num_zeros < int(gone.sum()):
        raise ValueError(
            f"{int(gone.sum())} entries are gone already; {num_zeros} zeros would bring some back"
        )
    return scores.masked_fill(gone, -torch.inf)
