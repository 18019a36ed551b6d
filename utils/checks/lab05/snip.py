"""Is `snip(model, batch)` the part that each weight's gate has in the gradient by all gates?"""

import torch
from torch import nn

from utils.checks.lab05.networks import (
    BY_HAND,
    batch,
    by_hand,
    convolutional,
    gradients,
    loss_of,
    network,
)
from utils.checks.lab05.scores import (
    HINTS,
    NEIGHBOURS,
    as_it_was,
    compare,
    scaled,
    shares,
    shares_by_tensor,
    side_by_side,
    sizes,
    state,
    times,
    total,
    weights_of,
)
from utils.checks.fresh import fresh_generator
from utils.checks.report import passed, run
from utils.model import Tensors

CHECK = "check_snip"


def check_snip(answer) -> None:
    """`answer(model, batch)` returns |theta dL/dtheta| / sum for the prunable weights."""
    generator = fresh_generator()
    model, examples = by_hand()
    _agrees(answer, BY_HAND, model, [examples])
    for words, model in (
        ("layers of 4, 5, 3", network(generator, 4, 5, 3)),
        ("layers of 6, 5, 5, 4", network(generator, 6, 5, 5, 4)),
        ("a convolution", convolutional(generator)),
    ):
        _agrees(
            answer,
            f"a network with {words}",
            model,
            [batch(generator, model, 7), batch(generator, model, 9)],
        )
    passed(
        CHECK,
        "a layer by hand, three networks with two batches each, gate by gate; the model left as it was",
    )


def by_gates(model: nn.Module, examples) -> Tensors:
    """dL/dc at c = 1 for gates c on the prunable weights: L(c * theta)."""
    weights = weights_of(model)
    gates = {name: torch.ones_like(w, requires_grad=True) for name, w in weights.items()}
    return dict(
        zip(
            gates,
            torch.autograd.grad(
                loss_of(model, times(weights, gates), examples), list(gates.values())
            ),
        )
    )


def _agrees(answer, words: str, model: nn.Module, batches: list) -> None:
    before, earlier = state(model), None
    for number, examples in enumerate(batches):
        tried = (
            f"{words}, {len(examples[1])} examples" + ", the same model again" * (number > 0)
            if words != BY_HAND
            else words
        )
        g = by_gates(model, examples)
        returned = run(
            CHECK, tried, answer, model, tuple(part.clone() for part in examples), hints=HINTS
        )
        as_it_was(CHECK, tried, model, before)
        compare(
            CHECK, tried, returned, shares(sizes(g)), _mistakes(model, examples, g, earlier).items()
        )
        earlier = g


def _mistakes(
    model: nn.Module, examples, g: Tensors, earlier: Tensors | None
) -> dict[str, Tensors]:
    (x, y), weights, sum_of_all = examples, weights_of(model), total(sizes(g))
    slopes = gradients(model, weights, examples)
    biases = {name: p.detach() for name, p in model.named_parameters() if p.dim() == 1}
    neighbours = sizes(
        side_by_side(weights, gradients(model, dict(model.named_parameters()), examples))
    )
    with_biases = sum_of_all + total(sizes(times(biases, gradients(model, biases, examples))))
    single = [by_gates(model, (x[i : i + 1], y[i : i + 1])) for i in range(len(y))]
    by_example = {name: sum(one[name].abs() for one in single) for name in g}
    found = {
        "The abs() is missing. A weight whose absence lowers the loss changes it as well.": scaled(
            g, 1 / sum_of_all
        ),
        "The abs() is missing, in the sum too.": shares(g),
        "Divide by the sum over all weights.": sizes(g),
        "That is |theta| / sum, the magnitude. Where is the gradient?": shares(sizes(weights)),
        "That is |dL/dtheta| / sum: multiply by theta. The gradient by the gate is theta dL/dtheta.": shares(
            sizes(slopes)
        ),
        "Each layer is divided by its own sum. Divide by the sum over all layers, or layers cannot be compared.": shares_by_tensor(
            sizes(g)
        ),
        "The abs() is taken for each example. Gradients of examples may cancel: take the gradient of the mean loss, then the abs().": shares(
            by_example
        ),
        "It is squared. The score is the absolute value.": shares(times(g, g)),
        "The biases are in the sum. They are not pruned: sum over the weights alone.": scaled(
            sizes(g), 1 / with_biases
        ),
        NEIGHBOURS: shares(neighbours),
        NEIGHBOURS + " And divide by the sum over all weights.": neighbours,
        "Divide by the sum of the absolute values: with their signs they cancel.": scaled(
            sizes(g), 1 / total(g)
        ),
        "Divide by the sum, not by the largest.": scaled(
            sizes(g), 1 / max(float(score.abs().max()) for score in g.values())
        ),
    }
    if earlier:
        added = {name: g[name] + earlier[name] for name in g}
        found[
            "The gradients of the batch before are still there: .grad adds up. torch.autograd.grad does not."
        ] = shares(sizes(added))
    return found
