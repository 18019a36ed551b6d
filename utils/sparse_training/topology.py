"""The topology of a sparse network: which connections are there, and how some move
elsewhere.

Every method of this room repeats the same two steps while the network trains: drop some
connections, grow as many elsewhere. They differ in which and when. What is grown starts
at 0, and the optimizer knows nothing of it; so nothing but its mask changes at that
moment.
"""

from math import cos, pi, sqrt

import torch
from torch import Tensor, nn

from utils.importance.random import random
from utils.model.parameters import Tensors
from utils.pruning.masks import apply_masks, highest, keep_top


def random_topology(
    model: nn.Module, sparsity_dict: dict[str, float], generator: torch.Generator | None = None
) -> Tensors:
    """Masks with connections at random places, each layer as sparse as `sparsity_dict`
    says.

    With `erdos_renyi(model, sparsity)` this is the start of SET (Mocanu et al., 2018),
    but for their number, which is exact here.
    """
    return keep_top(random(model, generator=generator), sparsity_dict)


@torch.no_grad()
def rescale(model: nn.Module, masks: Tensors) -> None:
    """Divide each layer's weights by the root of its density, and mask them, in
    place: the signal keeps the size that it has in the dense network.
    """
    for name, mask in masks.items():
        alive = float((mask != 0).float().mean())
        model.get_parameter(name).mul_(mask / sqrt(alive) if alive else mask)


def connections(mask: Tensor) -> int:
    """How many there are. A sum in the mask's own dtype is rounded: bfloat16 cannot hold 25,025."""
    return int((mask != 0).sum())


def drop_smallest(weight: Tensor, mask: Tensor, count: int) -> Tensor:
    """The mask without its `count` connections of least |weight|; ValueError if it
    has fewer.
    """
    alive = connections(mask)
    if not 0 <= count <= alive:
        raise ValueError(f"cannot drop {count} of {alive} connections")
    return highest(weight.abs().masked_fill(mask == 0, -torch.inf), alive - count).to(mask.dtype)


def grow(scores: Tensor, mask: Tensor, count: int) -> Tensor:
    """The mask with `count` more connections: the free places with the highest
    scores; random scores grow at random. ValueError if there are fewer free
    places.
    """
    free = int((mask == 0).sum())
    if not 0 <= count <= free:
        raise ValueError(f"cannot grow {count} connections in {free} free places")
    return mask + highest(scores.masked_fill(mask != 0, -torch.inf), count).to(mask.dtype)


def grow_at_random(mask: Tensor, count: int, generator: torch.Generator | None = None) -> Tensor:
    """The mask with `count` more connections at free places that chance chooses."""
    return grow(torch.rand(mask.shape, generator=generator).to(mask.device), mask, count)


def cosine_drop(step: float, end: float, fraction: float = 0.3) -> float:
    """The fraction of connections to move at a step: fraction / 2 (1 + cos(pi step /
    end)), and 0 from `end` on (Dettmers and Zettlemoyer, 2019; Evci et al.,
    2020).
    """
    return fraction / 2 * (1 + cos(pi * step / end)) if step < end else 0.0


@torch.no_grad()
def start_grown(weight: Tensor, kept: Tensor, optimizer: torch.optim.Optimizer) -> None:
    """Set to 0, in place, all weights that were not kept, and what the optimizer
    remembers of them (momentum, Adam's averages). `weight` is the parameter that
    the optimizer knows.
    """
    weight.mul_(kept)
    for value in optimizer.state[weight].values():
        if isinstance(value, Tensor) and value.shape == weight.shape:
            value.mul_(kept)


class DynamicPruner:
    """What SET, DSR and RigL share: masks that stay on the weights, and move when
    asked.

    `apply(model)` after every optimizer step puts the zeros back; `rewire(model,
    batch)` moves connections, and resets the optimizer's state where they are new. The
    number of connections stays the same.
    """

    def __init__(
        self,
        model: nn.Module,
        masks: Tensors,
        optimizer: torch.optim.Optimizer,
        generator: torch.Generator | None = None,
    ):
        """ValueError for a masked weight that the optimizer does not train."""
        self.masks, self.optimizer, self.generator = dict(masks), optimizer, generator
        apply_masks(model, self.masks)
        trained = {id(p) for group in optimizer.param_groups for p in group["params"]}
        lacking = [name for name in self.masks if id(model.get_parameter(name)) not in trained]
        if lacking:
            raise ValueError(
                f"the optimizer does not train {', '.join(lacking)}: make it with all masked "
                "weights of this network, or leave their masks out"
            )

    def apply(self, model: nn.Module) -> None:
        """Multiply the weights by the masks, in place."""
        apply_masks(model, self.masks)

    def become(self, model: nn.Module, kept: Tensors, masks: Tensors) -> None:
        """The new masks, of which `kept` were there before."""
        for name, mask in kept.items():
            start_grown(model.get_parameter(name), mask, self.optimizer)
        self.masks = masks
