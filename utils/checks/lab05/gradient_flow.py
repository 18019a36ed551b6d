"""Is `gradient_flow(model, masks, batch)` |m * grad L(m * theta)|^2?"""

import math
from numbers import Real

import torch
from torch import Tensor, nn

from utils.checks.lab05.networks import (
    BY_HAND,
    batch,
    by_hand,
    convolutional,
    gradients,
    network,
)
from utils.checks.lab05.scores import (
    HINTS,
    NEIGHBOURS,
    as_it_was,
    scaled,
    side_by_side,
    sizes,
    state,
    times,
    total,
    weights_of,
)
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.model import Tensors

CHECK = "check_gradient_flow"
RETURNS_NOTHING = {
    "'NoneType' object": "apply_masks(model, masks) changes the network in place and returns nothing."
}


def check_gradient_flow(answer) -> None:
    """`answer(model, masks, batch)` returns one number."""
    generator = fresh_generator()
    model, examples = by_hand()
    mask = torch.tensor([[1.0, 1.0], [1.0, 0.0]], dtype=torch.float64)
    _agrees(answer, f"{BY_HAND}, mask [[1, 1], [1, 0]]", model, {"fc.weight": mask}, examples)
    for words, model in (
        ("layers of 4, 5, 3", network(generator, 4, 5, 3)),
        ("a convolution", convolutional(generator)),
    ):
        weights = weights_of(model)
        for density in (0.6, 0.8):
            masks = {
                name: (torch.rand(w.shape, generator=generator) < density).double()
                for name, w in weights.items()
            }
            _agrees(
                answer,
                f"a network with {words}, random masks",
                model,
                masks,
                batch(generator, model, 8),
            )
        ones = {name: torch.ones_like(w) for name, w in weights.items()}
        _agrees(
            answer,
            f"a network with {words}, masks of ones",
            model,
            ones,
            batch(generator, model, 8),
        )
        _agrees(
            answer,
            f"a network with {words}, masks of zeros",
            model,
            scaled(ones, 0.0),
            batch(generator, model, 8),
        )
    passed(
        CHECK,
        "a layer by hand, two networks, random masks, all and nothing kept; the model and the masks left as they were",
    )


def _agrees(answer, words: str, model: nn.Module, masks: Tensors, examples) -> None:
    before, given = state(model), {name: mask.clone() for name, mask in masks.items()}
    g = gradients(model, times(weights_of(model), masks), examples)
    expected = squared(times(g, masks))
    got = run(
        CHECK,
        words,
        answer,
        model,
        given,
        tuple(part.clone() for part in examples),
        hints=HINTS | RETURNS_NOTHING,
    )
    as_it_was(CHECK, words, model, before)
    if any(not torch.equal(given[name], mask) for name, mask in masks.items()):
        fail(
            CHECK,
            words,
            "the masks left as they were",
            "other masks",
            "Make new tensors in place of changing those that are given.",
        )
    if not isinstance(got, (Real, Tensor)) or isinstance(got, Tensor) and got.numel() != 1:
        fail(
            CHECK,
            words,
            f"the number {expected:.4g}",
            "None"
            if got is None
            else f"a tensor of shape {tuple(got.shape)}"
            if isinstance(got, Tensor)
            else f"a {type(got).__name__}",
            "The function ends without a `return`."
            if got is None
            else "One number: add up the squares of all layers.",
        )
    got = float(got.detach() if isinstance(got, Tensor) else got)
    if not _close(got, expected):
        fail(
            CHECK, words, f"{expected:.4g}", f"{got:.4g}", _mistake(got, model, masks, examples, g)
        )


def squared(tensors: Tensors) -> float:
    return total(times(tensors, tensors))


def _close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-12)


def _mistake(got: float, model: nn.Module, masks: Tensors, examples, g: Tensors) -> str:
    kept, weights = times(g, masks), weights_of(model)
    number, entries = total(masks) or 1.0, sum(mask.numel() for mask in masks.values())
    at_theta = times(gradients(model, weights, examples), masks)
    everything = {name: p.detach() for name, p in model.named_parameters()} | times(weights, masks)
    of_all = gradients(model, everything, examples)
    with_biases = squared({name: value * masks.get(name, 1.0) for name, value in of_all.items()})
    return next(
        (
            words
            for words, value in {
                "The gradient is that of the network before pruning. Put the masks into a copy first: the gradient at m * theta.": squared(
                    at_theta
                ),
                "The gradients of the weights that are gone are in it. They are not trained: multiply by m.": squared(
                    g
                ),
                "That is the gradient before pruning, and of all weights. Put the masks into a copy, and multiply its gradient by m.": squared(
                    gradients(model, weights, examples)
                ),
                "That is the sum of the gradients with their signs, where they cancel. Square each.": total(
                    kept
                ),
                "That is the mean of the gradients with their signs, the CD of the notes: they cancel. Square each and add up.": total(
                    kept
                )
                / number,
                "That is a mean over all weights with signs, where gradients cancel. Square each and add up.": total(
                    kept
                )
                / entries,
                "That is the sum of their sizes. Square each.": total(sizes(kept)),
                "That is the length |m * g|. The flow is its square.": math.sqrt(squared(kept)),
                "That is the square of the sum. Square each, then add up.": total(kept) ** 2,
                "That is a mean. Add up the squares.": squared(kept) / number,
                "That is a mean over all weights. Add up the squares.": squared(kept) / entries,
                "The biases are in it. Take the weights that have a mask.": with_biases,
                NEIGHBOURS: squared(side_by_side(masks, of_all)),
                "The loss is added up over the examples. Take the mean.": len(examples[1]) ** 2
                * squared(kept),
                **{
                    f"Only {name} is in it. Add up all layers.": squared({name: part})
                    for name, part in kept.items()
                },
                "That is theta * g, a weight's effect on the loss. Here it is the gradient itself.": squared(
                    times(kept, weights)
                ),
            }.items()
            if _close(got, value)
        ),
        "",
    )
