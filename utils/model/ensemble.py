"""Many networks of one shape trained at once: E members are one batched product.

The members do not touch each other: the loss is a sum over them, and the optimizer works entry by
entry. Masks and weights have the shape [E, in, out] here, the transpose of a layer's own.
"""

from collections.abc import Callable
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from utils.model import Tensors, copy_of, prunable
from utils.model.data import Batch


class Ensemble(NamedTuple):
    """E networks in one: `weights` [E, in, out] and `biases` [E, 1, out] of each layer."""

    weights: list[Tensor]
    biases: list[Tensor]


def ensemble_of(networks: list[nn.Module]) -> Ensemble:
    """MLPs of the same shape as one batch of members."""
    layers = [[layer for layer in network if isinstance(layer, nn.Linear)] for network in networks]
    return Ensemble(
        [torch.stack([layer.weight.detach().T for layer in same]) for same in zip(*layers)],
        [torch.stack([layer.bias.detach()[None] for layer in same]) for same in zip(*layers)],
    )


def concatenate(*groups: Ensemble) -> Ensemble:
    """Several groups of members as one."""
    return Ensemble(
        [torch.cat(w) for w in zip(*(g.weights for g in groups))],
        [torch.cat(b) for b in zip(*(g.biases for g in groups))],
    )


@torch.no_grad()
def member_of(members: Ensemble, member: int, like: nn.Module) -> nn.Module:
    """One member as a network of its own: a copy of `like` with its weights and biases."""
    network = copy_of(like)
    for name, w, b in zip(prunable(network), *members):
        network.get_parameter(name).copy_(w[member].T)
        network.get_parameter(name.replace("weight", "bias")).copy_(b[member, 0])
    return network


def stack_masks(masks: list[Tensors]) -> list[Tensor]:
    """The masks of several networks, by name, as [E, in, out] for each layer."""
    return [torch.stack([mask[name].T for mask in masks]) for name in masks[0]]


def masks_of(names: list[str], masks: list[Tensor], member: int) -> Tensors:
    """The masks of one member by parameter name, in the shape (out, in) of the layer's
    weight.
    """
    return {name: m[member].T.clone() for name, m in zip(names, masks)}


def forward(
    members: Ensemble, x: Tensor, activation: Callable[[Tensor], Tensor] = torch.relu
) -> Tensor:
    """Outputs [E, batch, classes] for inputs [E, batch, in], with the activation between the
    layers.
    """
    last = len(members.weights) - 1
    for number, (w, b) in enumerate(zip(*members)):
        x = torch.baddbmm(b, x, w)
        if number < last:
            x = activation(x)
    return x


def gradients_of(
    members: Ensemble, batch: Batch, activation: Callable[[Tensor], Tensor] = torch.relu
) -> Ensemble:
    """Each member's gradient of its mean cross-entropy, by all weights, masked or not; the batch
    is (E, n, in) and (E, n).
    """
    x, y = batch
    loss = (
        nn.functional.cross_entropy(
            forward(members, x, activation).flatten(0, 1), y.flatten(), reduction="sum"
        )
        / y.shape[1]
    )
    found = torch.autograd.grad(loss, [*members.weights, *members.biases])
    return Ensemble(list(found[: len(members.weights)]), list(found[len(members.weights) :]))


def train_ensemble(
    start: Ensemble,
    masks: list[Tensor],
    batch: Batch,
    orders: Tensor,
    lr: float,
    tick: Callable[[], None] = lambda: None,
    optimizer: type = torch.optim.Adam,
    activation: Callable[[Tensor], Tensor] = torch.relu,
    rewire: Callable[[int, Ensemble, torch.optim.Optimizer, Batch], None] | None = None,
) -> Ensemble:
    """Train every member with its zeros kept; returns them trained, `start` stays.

    `masks` [E, in, out] for each layer; `orders` [steps, E, batch]: the examples that each
    member sees in each step. rewire(step, members, optimizer, examples) is called before each step
    and may change masks and weights in place.
    """
    x, y = batch
    members = Ensemble(
        [(w * m).requires_grad_() for w, m in zip(start.weights, masks)],
        [b.clone().requires_grad_() for b in start.biases],
    )
    parameters = [*members.weights, *members.biases]
    stepper = optimizer(parameters, lr=lr, fused=True)
    for step, order in enumerate(orders):
        examples = x[order], y[order]
        if rewire is not None:
            rewire(step, members, stepper, examples)
        gradients = gradients_of(members, examples, activation)
        for parameter, gradient in zip(parameters, [*gradients.weights, *gradients.biases]):
            parameter.grad = gradient
        stepper.step()
        with torch.no_grad():
            for w, m in zip(members.weights, masks):
                w.mul_(m)
        tick()
    return Ensemble([w.detach() for w in members.weights], [b.detach() for b in members.biases])


@torch.no_grad()
def accuracies(
    members: Ensemble, batch: Batch, activation: Callable[[Tensor], Tensor] = torch.relu
) -> list[float]:
    """The accuracy of each member in percent."""
    right = torch.zeros(len(members.weights[0]))
    for x, y in zip(
        *(part.split(1000) for part in batch)
    ):  # the hidden outputs of all at once would be large
        right += (forward(members, x.expand(len(right), *x.shape), activation).argmax(-1) == y).sum(
            1
        )
    return (100 * right.double() / len(batch[1])).tolist()


def batch_orders(seeds, steps: int, batch: int, examples: int) -> Tensor:
    """[steps, seeds, batch]: for each seed its own shuffled epochs, one after the other, cut
    into batches.
    """
    drawn = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(1000 + seed)
        epochs = -(-steps * batch // examples)
        drawn.append(
            torch.cat([torch.randperm(examples, generator=generator) for _ in range(epochs)])[
                : steps * batch
            ].view(steps, batch)
        )
    return torch.stack(drawn, 1)


@contextmanager
def fast_products():
    """Let torch choose faster kernels for float32 products; on processors with units for
    bfloat16 they may round more.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
