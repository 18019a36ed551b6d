"""Many networks of one shape trained at once: E members are one batched product.

The members do not touch each other: the loss is a sum over them, and the optimizer works entry by
entry. Masks and weights have the shape [E, in, out] here, the transpose of a layer's own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from utils.model import Tensors, copy_of, prunable
from utils.model.data import Batch
from utils.model.parameters import Model

Activation = Callable[[Tensor], Tensor]
ACTIVATIONS = {nn.ReLU: torch.relu, nn.Tanh: torch.tanh, nn.Sigmoid: torch.sigmoid}


class Ensemble(NamedTuple):
    """E networks in one: `weights` [E, in, out] and `biases` [E, 1, out] of each layer."""

    weights: list[Tensor]
    biases: list[Tensor]


Rewire = Callable[[int, Ensemble, torch.optim.Optimizer, Batch], None]


def ensemble_of(networks: Sequence[nn.Module], activation: Activation = torch.relu) -> Ensemble:
    """MLPs of the same shape as one ensemble; `activation` is the one between their layers.

    ValueError for a network that would compute something else as a member: another activation,
    normalization, dropout, a layer without biases.
    """
    for network in networks:
        for name, part in network.named_modules():
            if not is_of_an_mlp(part, activation):
                raise ValueError(
                    f"a member has linear layers with biases and {activation.__name__} between "
                    f"them; {name or 'the network'} is {part}"
                )
    layers = [[m for m in network.modules() if isinstance(m, nn.Linear)] for network in networks]
    return Ensemble(
        [torch.stack([layer.weight.detach().T for layer in same]) for same in zip(*layers)],
        [torch.stack([layer.bias.detach()[None] for layer in same]) for same in zip(*layers)],
    )


def is_of_an_mlp(part: nn.Module, activation: Activation) -> bool:
    """Whether an ensemble computes what this part of a network does."""
    if isinstance(part, nn.Linear):
        return part.bias is not None
    activations = tuple(kind for kind, function in ACTIVATIONS.items() if function is activation)
    return any(part.children()) or isinstance(part, (nn.Flatten, nn.Identity, *activations))


def concatenate(*ensembles: Ensemble) -> Ensemble:
    """The members of several ensembles as one ensemble, in order."""
    return Ensemble(
        [torch.cat(w) for w in zip(*(e.weights for e in ensembles))],
        [torch.cat(b) for b in zip(*(e.biases for e in ensembles))],
    )


def first_members(ensemble: Ensemble, count: int) -> Ensemble:
    """The first `count` members as an ensemble."""
    return Ensemble(*([p[:count] for p in part] for part in ensemble))


@torch.no_grad()
def member_of(ensemble: Ensemble, member: int, like: Model) -> Model:
    """One member as a single network: a copy of `like` with the member's weights and biases."""
    network = copy_of(like)
    for name, w, b in zip(prunable(network), *ensemble):
        network.get_parameter(name).copy_(w[member].T)
        network.get_parameter(name.replace("weight", "bias")).copy_(b[member, 0])
    return network


def unmasked(ensemble: Ensemble) -> list[Tensor]:
    """The masks that keep everything: ones [E, in, out] for each layer."""
    return [torch.ones_like(w) for w in ensemble.weights]


def stack_masks(masks: Sequence[Tensors]) -> list[Tensor]:
    """The masks of several networks, by name, as [E, in, out] for each layer."""
    return [torch.stack([mask[name].T for mask in masks]) for name in masks[0]]


def masks_of(names: Sequence[str], masks: list[Tensor], member: int) -> Tensors:
    """The masks of one member by parameter name, in the shape (out, in) of the layer's weight."""
    return {name: m[member].T.clone() for name, m in zip(names, masks)}


def layers_of(tensors: list[Tensor], member: int) -> Tensors:
    """One member's part of each layer, a view [in, out], under the layer's number as its name."""
    return {str(k): t[member] for k, t in enumerate(tensors)}


def stack_layers(members: Sequence[Tensors]) -> list[Tensor]:
    """The inverse of `layers_of`, for all members: [E, in, out] for each layer."""
    return [torch.stack(same) for same in zip(*(member.values() for member in members))]


def forward(ensemble: Ensemble, x: Tensor, activation: Activation = torch.relu) -> Tensor:
    """Outputs [E, batch, classes] for inputs [E, batch, in], with the activation between the
    layers.
    """
    last = len(ensemble.weights) - 1
    for number, (w, b) in enumerate(zip(*ensemble)):
        x = torch.baddbmm(b, x, w)
        if number < last:
            x = activation(x)
    return x


def gradients_of(ensemble: Ensemble, batch: Batch, activation: Activation = torch.relu) -> Ensemble:
    """Each member's gradient of its mean cross-entropy, by all weights, masked or not; the batch
    is (E, n, in) and (E, n).
    """
    x, y = batch
    outputs = forward(ensemble, x, activation).flatten(0, 1)
    loss = nn.functional.cross_entropy(outputs, y.flatten(), reduction="sum") / y.shape[1]
    found = torch.autograd.grad(loss, [*ensemble.weights, *ensemble.biases])
    layers = len(ensemble.weights)
    return Ensemble(list(found[:layers]), list(found[layers:]))


def train_ensemble(
    start: Ensemble,
    masks: list[Tensor],
    batch: Batch,
    orders: Tensor,
    lr: float,
    tick: Callable[[], None] = lambda: None,
    optimizer: Callable[..., torch.optim.Optimizer] = torch.optim.Adam,
    activation: Activation = torch.relu,
    rewire: Rewire | None = None,
) -> Ensemble:
    """Train every member with its zeros kept; returns them trained, `start` stays.

    `masks` [E, in, out] for each layer; `orders` [steps, E, batch]: the examples that each member
    sees in each step. rewire(step, ensemble, optimizer, examples) is called before each step and
    can change masks and weights in place.
    """
    x, y = batch
    ensemble = Ensemble(
        [(w * m).requires_grad_() for w, m in zip(start.weights, masks)],
        [b.clone().requires_grad_() for b in start.biases],
    )
    parameters = [*ensemble.weights, *ensemble.biases]
    stepper = optimizer(parameters, lr=lr, fused=True)
    for step, order in enumerate(orders):
        examples = x[order], y[order]
        if rewire is not None:
            rewire(step, ensemble, stepper, examples)
        gradients = gradients_of(ensemble, examples, activation)
        for parameter, gradient in zip(parameters, [*gradients.weights, *gradients.biases]):
            parameter.grad = gradient
        stepper.step()
        with torch.no_grad():
            for w, m in zip(ensemble.weights, masks):
                w.mul_(m)
        tick()
    return Ensemble([w.detach() for w in ensemble.weights], [b.detach() for b in ensemble.biases])


@torch.no_grad()
def accuracies(
    ensemble: Ensemble, batch: Batch, activation: Activation = torch.relu
) -> list[float]:
    """The accuracy of each member in percent."""
    right = torch.zeros(len(ensemble.weights[0]))
    # in parts: the hidden outputs of all examples at once would be large
    for x, y in zip(*(part.split(1000) for part in batch)):
        outputs = forward(ensemble, x.expand(len(right), *x.shape), activation)
        right += (outputs.argmax(-1) == y).sum(1)
    return (100 * right.double() / len(batch[1])).tolist()


def batch_orders(seeds: Iterable[int], steps: int, batch: int, examples: int) -> Tensor:
    """[steps, seeds, batch]: for each seed its own shuffled epochs, one after the other, cut into
    batches.
    """
    drawn, epochs = [], -(-steps * batch // examples)
    for seed in seeds:
        generator = torch.Generator().manual_seed(1000 + seed)
        order = torch.cat([torch.randperm(examples, generator=generator) for _ in range(epochs)])
        drawn.append(order[: steps * batch].view(steps, batch))
    return torch.stack(drawn, 1)


@contextmanager
def fast_products() -> Iterator[None]:
    """Let torch choose faster kernels for float32 products; on processors with units for bfloat16
    they can round more.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)
