"""Is `synflow(model, batch)` the part of R that goes through each weight?

R is linear in the size of every single weight, so what goes through a weight is what R loses without it: no gradient is
needed here.
"""

import copy

import torch
from torch import Tensor, nn
from torch.func import functional_call

from utils.checks.lab05.networks import batch, convolutional, network
from utils.checks.lab05.scores import (
    HINTS,
    as_it_was,
    compare,
    scaled,
    shares,
    sizes,
    state,
    times,
    total,
    weights_of,
)
from utils.checks.fresh import fresh_generator
from utils.checks.report import passed, run
from utils.model import Tensors, mlp

CHECK = "check_synflow"
ONES = {
    "same dtype": "Inputs and weights must have the same dtype: give a float64 network ones in float64.",
    "shapes cannot be multiplied": "The ones have the shape of one example: torch.ones_like(x[:1], ...).",
}
INVALID = "0 / 0: without any path from the inputs to the outputs all scores are 0."
OVERFLOW = "The flow is too large for float32, whose largest number is 3e38: compute in float64, on a copy of the model."


def check_synflow(answer) -> None:
    """`answer(model, batch)` returns |theta| dR/d|theta| / R for the prunable weights."""
    generator = fresh_generator()
    _agrees(
        answer,
        BY_HAND,
        _by_hand(),
        (torch.tensor([[2.0, -1.0]], dtype=torch.float64), torch.tensor([0])),
    )
    faint = network(generator, 4, 5, 6, 3)
    with torch.no_grad():
        for p in faint.parameters():
            p.mul_(0.05)
    for words, model in (
        ("layers of 4, 5, 6, 3", network(generator, 4, 5, 6, 3)),
        ("small weights, R below 1", faint),
        ("a convolution", convolutional(generator)),
    ):
        _agrees(answer, f"a network with {words}", model, batch(generator, model, 5))
    cut, large = network(generator, 3, 4, 2), network(generator, *[4] * 9).float()
    with torch.no_grad():
        model.fc.weight[:, ::2] = 0
        cut.fc2.weight.zero_()
        for p in large.parameters():
            p.mul_(1e6)
    _agrees(answer, "the same with zeros, as if it were pruned", model, batch(generator, model, 5))
    _agrees(
        answer,
        "layers of 3, 4, 2, all weights of the second are 0",
        cut,
        batch(generator, cut, 5),
        INVALID,
    )
    x, y = batch(generator, large, 5)
    _agrees(
        answer,
        "eight layers of 4 in float32, weights of a million",
        large,
        (x.float(), y),
        OVERFLOW,
    )
    passed(
        CHECK,
        "a network by hand, four others, zeros, no path, a flow of 1e50; the model and its signs left as they were",
    )


BY_HAND = "layers of 2, 2, 1, weights [[2, -1], [1, -3]] and [[-1, 2]], biases 1"


def _by_hand() -> nn.Sequential:
    model = mlp(2, 2, 1).double()
    with torch.no_grad():
        model.fc1.weight.copy_(torch.tensor([[2.0, -1.0], [1.0, -3.0]]))
        model.fc2.weight.copy_(torch.tensor([[-1.0, 2.0]]))
        model.fc1.bias.fill_(1)
        model.fc2.bias.fill_(1)
    return model


def flow(model: nn.Module, weights: Tensors, x: Tensor, biases: Tensors | None = None) -> Tensor:
    """The sum of the outputs for the inputs x with these weights; biases 0 unless given."""
    biases = biases or {
        name: torch.zeros_like(p) for name, p in model.named_parameters() if p.dim() == 1
    }
    return functional_call(model, weights | biases, (x,)).sum()


def parts(model: nn.Module, x: Tensor) -> Tensors:
    """The right answer in float64 for inputs shaped as x: what R loses without each weight, as a part of R."""
    model, one = copy.deepcopy(model).double(), torch.ones_like(x[:1], dtype=torch.float64)
    weights = sizes(weights_of(model))
    whole, lost = (
        float(flow(model, weights, one)),
        {name: torch.zeros_like(w) for name, w in weights.items()},
    )
    for name, w in weights.items():
        for place in range(w.numel()):
            without = w.clone()
            without.view(-1)[place] = 0
            lost[name].view(-1)[place] = whole - flow(model, weights | {name: without}, one)
    return scaled(lost, 1 / whole) if whole else lost


def _agrees(answer, words: str, model: nn.Module, examples, invalid: str = "") -> None:
    before = state(model)
    returned = run(
        CHECK, words, answer, model, tuple(part.clone() for part in examples), hints=HINTS | ONES
    )
    as_it_was(CHECK, words, model, before)
    right = parts(model, examples[0])
    mistakes = (
        _mistakes(copy.deepcopy(model).double(), examples[0].double(), right)
        if total(right)
        else []
    )
    compare(CHECK, words, returned, right, mistakes, invalid)


def _mistakes(model: nn.Module, x: Tensor, right: Tensors) -> list[tuple[str, Tensors]]:
    weights, one = weights_of(model), torch.ones_like(x[:1])
    size, biases = (
        sizes(weights),
        {name: p.detach() for name, p in model.named_parameters() if p.dim() == 1},
    )
    slope, whole = _slope(model, size, one)
    found = [
        ("Multiply by |theta|: that is the gradient alone.", slope),
        (
            "Multiply by |theta|: that is the gradient alone, divided by R.",
            scaled(slope, 1 / whole),
        ),
        ("Divide by R: the score is a part of it.", scaled(right, whole)),
        (
            "The sums of the layers are R each: divide by R, not by the sum over all layers.",
            shares(right),
        ),
        (
            "The sign of theta is in it: multiply by |theta|.",
            times(right, {name: w.sign() for name, w in weights.items()}),
        ),
    ]
    for words, values, given, inputs in (
        [
            ("The biases take part in the flow: set them to 0 in the copy.", size, signed, one)
            for signed in (biases, sizes(biases))
        ]
        + [
            (
                "The data take part in the flow. All inputs are 1: torch.ones_like(x).",
                size,
                None,
                data,
            )
            for data in (x, x[:1], x.abs(), x[:1].abs())
        ]
        + [
            (
                "The weights enter by their absolute values: the abs() comes before the flow, in every layer.",
                weights,
                signed,
                one,
            )
            for signed in (None, biases)
        ]
    ):
        slope, other = _slope(model, values, inputs, given)
        lost = times(slope, values)
        found += [
            (words, scaled(lost, 1 / other)),
            (words, lost),
            (words, sizes(lost)),
            (words, scaled(sizes(lost), abs(1 / other))),
        ]
    return found


def _slope(
    model: nn.Module, weights: Tensors, x: Tensor, biases: Tensors | None = None
) -> tuple[Tensors, float]:
    """The gradient of the flow by the weights, and the flow."""
    weights = {name: w.clone().requires_grad_() for name, w in weights.items()}
    whole = flow(model, weights, x, biases)
    return dict(
        zip(weights, torch.autograd.grad(whole, list(weights.values())))
    ), whole.item() or 1.0
