"""Which parameters are pruned, and how many of them are zero.

Weights, gradients, scores and masks of a model all have one form: `Tensors`, a dictionary of
tensors keyed by parameter name. Prunable are the tensors with more than one dimension (the weights
of linear and convolutional layers, of attention, of embeddings). Biases and the scales of
normalization layers are left alone and are not counted when a sparsity is reported.
"""

from typing import TypeVar

import torch
from torch import Tensor, nn

Model = TypeVar("Model", bound=nn.Module)
Tensors = dict[str, Tensor]
NORMS = (
    nn.modules.batchnorm._NormBase,  # BatchNorm and InstanceNorm
    nn.LayerNorm,
    nn.GroupNorm,
    nn.RMSNorm,
)


def prunable(model: nn.Module) -> Tensors:
    """The weights that pruning can remove: the parameters with `dim() > 1` that are not biases or
    of a normalization layer; detached, sharing their memory.

    ValueError for a network that torch.nn.utils.prune holds masks of.
    """
    norms = [part for part in model.modules() if isinstance(part, NORMS)]
    left_alone = {id(p) for norm in norms for p in norm.parameters(recurse=False)}
    weights = {
        name: p.detach()
        for name, p in model.named_parameters()
        if p.dim() > 1 and id(p) not in left_alone and name.rpartition(".")[2] != "bias"
    }
    buffers = {name for name, _ in model.named_buffers()}
    for name in weights:
        if f"{name.removesuffix('_orig')}_mask" in buffers:
            layer, _, weight = f"model.{name.removesuffix('_orig')}".rpartition(".")
            raise ValueError(
                f"{name} is pruned by torch.nn.utils.prune, which keeps its mask apart: call "
                f"torch.nn.utils.prune.remove({layer}, {weight!r}) first"
            )
    return weights


def weight_positions(model: nn.Module) -> Tensor:
    """Where the prunable weights stand in `flat(model)`, in order."""
    weights = prunable(model)
    marks = [torch.full((p.numel(),), name in weights) for name, p in model.named_parameters()]
    return torch.cat(marks).nonzero()[:, 0]


def num_weights(tensors: nn.Module | Tensors) -> int:
    """How many prunable weights there are, zeros included."""
    return sum(t.numel() for t in _tensors(tensors).values())


def num_zeros(tensors: nn.Module | Tensors) -> int:
    """How many of them are exactly zero."""
    return sum(int((t == 0).sum()) for t in _tensors(tensors).values())


def sparsity(tensors: nn.Module | Tensors) -> float:
    """The fraction of zeros in [0, 1] of a model's prunable weights or a dictionary of tensors."""
    return num_zeros(tensors) / num_weights(tensors)


def density(tensors: nn.Module | Tensors) -> float:
    """1 - sparsity: the fraction that is not zero."""
    return 1 - sparsity(tensors)


def _tensors(model_or_tensors: nn.Module | Tensors) -> Tensors:
    return (
        prunable(model_or_tensors) if isinstance(model_or_tensors, nn.Module) else model_or_tensors
    )
