"""Is `grasp(model, batch, temperature)` theta * (H g), with the exact Hessian?"""

import torch
from torch import Tensor, nn

from utils.checks.lab05.networks import (
    BY_HAND,
    batch,
    by_hand,
    convolutional,
    loss_of,
    network,
)
from utils.checks.lab05.scores import (
    HINTS,
    NEIGHBOURS,
    as_it_was,
    compare,
    side_by_side,
    state,
    weights_of,
)
from utils.checks.fresh import fresh_generator
from utils.checks.report import passed, run
from utils.model import Tensors, flat, prunable, split, weight_positions

CHECK = "check_grasp"
NO_GRAPH = (
    "g must be differentiable to be differentiated again: torch.autograd.grad(..., create_graph=True). And "
    "prunable(model) returns detached tensors, which know no gradient."
)


def check_grasp(answer) -> None:
    """`answer(model, batch, temperature=200.0)` returns theta * (H g) for the prunable weights, signed, high = keep."""
    generator = fresh_generator()
    model, examples = by_hand()
    _agrees(answer, BY_HAND, model, examples, 1.0)
    for words, model in (
        ("layers of 3, 4, 3", network(generator, 3, 4, 3, activation=nn.Tanh)),
        ("a convolution", convolutional(generator, activation=nn.Tanh)),
    ):
        for temperature in (1.0, None, 3.0):
            _agrees(
                answer,
                f"a tanh network with {words}",
                model,
                batch(generator, model, 8),
                temperature,
            )
    passed(
        CHECK,
        "a layer by hand, two networks, three temperatures, with the exact Hessian; the model left as it was",
    )


def derivatives(model: nn.Module, examples, temperature: float) -> tuple[Tensor, Tensor]:
    """g (p,) and H (p, p) of all parameters, in the order of model.parameters()."""

    def loss(theta: Tensor) -> Tensor:
        return loss_of(model, split(model, theta), examples, temperature)

    return torch.func.grad(loss)(flat(model)), torch.func.hessian(loss)(flat(model))


def _agrees(answer, words: str, model: nn.Module, examples, temperature: float | None) -> None:
    tried = (
        f"temperature {temperature:g}: {words}" if temperature else f"no temperature given: {words}"
    )
    before, given = state(model), () if temperature is None else (temperature,)
    hints = HINTS | {"does not require grad": NO_GRAPH}
    returned = run(
        CHECK, tried, answer, model, tuple(part.clone() for part in examples), *given, hints=hints
    )
    as_it_was(CHECK, tried, model, before)
    temperature = temperature or 200.0
    g, h = derivatives(model, examples, temperature)
    right = _scores(model, flat(model) * (h @ g))
    compare(CHECK, tried, returned, right, _mistakes(model, examples, temperature, g, h).items())


def _scores(model: nn.Module, vector: Tensor) -> Tensors:
    parts = split(model, vector)
    return {name: parts[name] for name in prunable(model)}


def _mistakes(
    model: nn.Module, examples, temperature: float, g: Tensor, h: Tensor
) -> dict[str, Tensors]:
    theta, (cold_g, cold_h) = flat(model), derivatives(model, examples, 1.0)
    hot_g, hot_h = derivatives(model, examples, 1 / temperature)
    positions = weight_positions(model)
    alone = torch.zeros_like(theta)
    alone[positions] = h[positions][:, positions] @ g[positions]
    right, n = theta * (h @ g), len(examples[1])
    found = {
        "That is -theta * (H g), as the paper writes it: there the highest are removed. Here high = keep.": -right,
        "The score is signed: no abs(). A weight whose removal makes the gradient larger goes first.": right.abs(),
        "Its sign is that of theta times that of H g: no abs() of either.": theta.abs() * (h @ g),
        "Drop the factor 2, as the formula does: the derivative of |g|^2 is 2 H g.": 2 * right,
        "That is -2 theta * (H g), by which |g|^2 changes when the weight goes. The score is theta * (H g): high = keep.": -2
        * right,
        "The loss is added up over the examples. Take the mean.": n**2 * right,
        "That is theta * g, which is SNIP with its sign. H is missing.": theta * g,
        "Multiply by theta: that is H g.": h @ g,
        "Multiply H g by theta, not by g.": g * (h @ g),
        "The Hessian multiplies g, and not theta * g; theta comes after.": h @ (theta * g),
        "That is g * (H theta). The Hessian multiplies g; theta comes after.": g * (h @ theta),
        "g^T g is not H: that is theta * g * |g|^2. Differentiate the gradient again.": theta
        * g
        * (g @ g),
        "The square of g is not H: that is theta * g^3. Differentiate the gradient again.": theta
        * g**3,
        "That takes the diagonal of H alone. Removing a weight changes the gradients of the others.": theta
        * h.diagonal()
        * g,
        "The biases are left out of g and H. They are not pruned, but their gradients change too: take all parameters.": theta
        * alone,
        **{
            f"Each {part} is differentiated by itself. H g has parts from all others: add up g^T v over all tensors first.": theta
            * ((h * _together(model, owner)) @ g)
            for part, owner in (
                ("tensor", lambda name: name),
                ("layer", lambda name: name.split(".")[0]),
            )
        },
        "The scores are divided by the sum of their sizes, as SNIP's are. Here they are not.": right
        / right[positions].abs().sum(),
    }
    if temperature != 1:
        found |= {
            "The temperature is missing: cross_entropy(model(x) / temperature, y).": theta
            * (cold_h @ cold_g),
            "The loss is divided by the temperature. It is the outputs that are divided.": theta
            * (cold_h @ cold_g)
            / temperature**2,
            "The outputs are multiplied by the temperature. Divide.": theta * (hot_h @ hot_g),
            "The temperature is in one of the two gradients only.": theta * (h @ cold_g),
        }
    if temperature != 200:
        fixed_g, fixed_h = derivatives(model, examples, 200.0)
        found["The outputs are divided by 200, whatever is given: divide by `temperature`."] = (
            theta * (fixed_h @ fixed_g)
        )
    hg = {name: part.detach() for name, part in split(model, h @ g).items()}
    return {NEIGHBOURS: side_by_side(weights_of(model), hg)} | {
        words: _scores(model, vector) for words, vector in found.items()
    }


def _together(model: nn.Module, owner) -> Tensor:
    """(p, p): whether two parameters have the same owner(name)."""
    owners = [owner(name) for name, p in model.named_parameters() for _ in range(p.numel())]
    return torch.tensor([[one == other for one in owners] for other in owners])
