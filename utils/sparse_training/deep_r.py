"""DEEP R, deep rewiring: a random walk over weights and connections at once.

    w_k = s_k theta_k,  theta_k >= 0,  the sign s_k fixed while the connection lives
    theta_k <- theta_k - eta dE/dtheta_k - eta alpha + sqrt(2 eta T) nu_k,   nu_k normal
    theta_k < 0: the connection is gone; as many others start, at theta = 0 and with a random sign

Bellec, Kappel, Maass and Legenstein, "Deep rewiring: training very sparse deep
networks" (2018). After every step of plain SGD with learning rate eta. alpha pulls
weights to 0 and is what makes connections move, T is the temperature of the walk, which
samples from a posterior.
"""

from math import sqrt

import torch
from torch import Tensor, nn

from utils.model.parameters import Tensors, prunable
from utils.sparse_training.topology import DynamicPruner, connections, grow_at_random


def random_signs(like: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """1 or -1 at random, in the shape and dtype of `like`."""
    return (torch.randint(0, 2, like.shape, generator=generator) * 2 - 1).to(like)


def walk(
    weight: Tensor,
    signs: Tensor,
    mask: Tensor,
    lr: float,
    l1: float,
    temperature: float,
    generator: torch.Generator | None = None,
) -> Tensor:
    """The part of DEEP R's step that SGD does not do: - lr * l1 towards 0, and
    noise; where the mask is 1.
    """
    noise = torch.randn(weight.shape, generator=generator, dtype=weight.dtype).to(weight.device)
    return (weight - lr * l1 * signs + sqrt(2 * lr * temperature) * noise) * mask


def deep_r_rewire(
    weights: Tensors, masks: Tensors, signs: Tensors, generator: torch.Generator | None = None
) -> tuple[Tensors, Tensors, Tensors]:
    """What is kept (whose weight has not crossed 0), the new masks and the new
    signs; each layer has as many connections as before.
    """
    kept, new, turned = {}, {}, {}
    for name, mask in masks.items():
        kept[name] = mask * (weights[name] * signs[name] >= 0)
        new[name] = grow_at_random(
            kept[name], connections(mask) - connections(kept[name]), generator
        )
        turned[name] = torch.where(kept[name] != 0, signs[name], random_signs(mask, generator))
    return kept, new, turned


class DeepR(DynamicPruner):
    """`apply(model)` after every step of plain SGD walks and rewires; the learning
    rate of each weight is that of its group in the optimizer. `l1` is alpha.
    """

    def __init__(
        self,
        model: nn.Module,
        masks: Tensors,
        optimizer: torch.optim.Optimizer,
        l1: float = 3e-3,
        temperature: float = 1e-6,
        generator: torch.Generator | None = None,
    ):
        super().__init__(model, masks, optimizer, generator)
        self.l1, self.temperature = l1, temperature
        self.signs = {
            name: torch.where(w == 0, random_signs(w, generator), w.sign())
            for name, w in prunable(model).items()
        }

    @torch.no_grad()
    def apply(self, model: nn.Module) -> None:
        """The rest of the step, then `rewire`."""
        rates = {
            id(p): group["lr"] for group in self.optimizer.param_groups for p in group["params"]
        }
        for name, mask in self.masks.items():
            weight = model.get_parameter(name)
            lr, signs = rates[id(weight)], self.signs[name]
            weight.copy_(walk(weight, signs, mask, lr, self.l1, self.temperature, self.generator))
        self.rewire(model)

    def rewire(self, model: nn.Module, batch=None) -> None:
        """What has crossed 0 goes, as many others come. `batch` is not looked at."""
        kept, masks, self.signs = deep_r_rewire(
            prunable(model), self.masks, self.signs, self.generator
        )
        self.become(model, kept, masks)
