"""Is `snip(model, batch)` the part that each weight's gate has in the gradient by all gates?

| the statement says | the case that asks it |
|---|---|
| the mean cross-entropy of model(x) and y | every case: sizes and signs differ between examples |
| one tensor for each of prunable(model) | blocks in blocks, no biases; hidden: BatchNorm, Conv1d |
| the sum runs over all layers | layers of 4, 5, 3; a small sum: inputs of 1e-8 |
| biases have no score and are not in the sum | by hand |
| the model is left as it was | every case; hidden: gradients from before |
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.func import functional_call

from utils.checks.exercise import Case, Exercise, case, steps
from utils.checks.lab05.networks import (
    BY_HAND,
    Batch,
    batch,
    by_hand,
    convolutional,
    gradients,
    mean_loss,
    network,
    parameters_of,
    seen_kinds,
    weights_of,
)
from utils.checks.lab05.scores import (
    GRADS,
    HINTS,
    LABELS,
    MODE,
    NEIGHBOURS,
    NOT_LOG,
    PART,
    SOFTMAX,
    first_example,
    halves,
    leaves_gradients,
    not_log,
    predicted_labels,
    read_scores,
    same_scores,
    shares,
    show_scores,
    sizes,
    softmax_twice,
    times,
    total,
)
from utils.model import Tensors, prunable


def by_gates(model: nn.Module, batch: Batch) -> Tensors:
    """dL/dc at c = 1 for gates c on the prunable weights: L(c * theta)."""
    weights = weights_of(model)
    gates = {name: torch.ones_like(w, requires_grad=True) for name, w in weights.items()}
    outputs = functional_call(model, times(weights, gates), (batch[0],))
    loss = nn.functional.cross_entropy(outputs, batch[1])
    return dict(zip(gates, torch.autograd.grad(loss, list(gates.values()))))


def right(model: nn.Module, batch: Batch) -> Tensors:
    return shares(sizes(by_gates(model, batch)))


def product(w: Tensor, g: Tensor) -> Tensor:
    return (w * g).abs()


@steps
def snip_with(
    score=product,
    by=lambda found, own: total(sizes(found)),
    loss=mean_loss,
    part=lambda batch: batch,
    biases=False,
    before=lambda model, batch: None,
    after=lambda found: found,
):
    """The gradient by the weights, and the size of its product with them, as a part of the sum."""

    def answer(model: nn.Module, batch: Batch) -> Tensors:
        before(model, batch)
        parameters = {n: p.detach() for n, p in parameters_of(model, biases).items()}
        slopes = gradients(model, parameters, part(batch), loss)
        found = {name: score(parameters[name], g) for name, g in slopes.items()}
        found = {name: part / by(found, part) for name, part in found.items()}
        return after({name: found[name] for name in prunable(model)})

    return answer


def of_each_example(model, batch):
    """The sizes of the examples' gradients, added up."""
    single = [by_gates(model, (x[None], y[None])) for x, y in zip(*batch)]
    return shares({n: torch.stack([one[n].abs() for one in single]).sum(0) for n in single[0]})


def by_place(model, batch):
    """The weights, each with the gradient at its place among those of all parameters."""
    slopes = gradients(model, dict(model.named_parameters()), batch).values()
    return shares({name: product(w, g) for (name, w), g in zip(prunable(model).items(), slopes)})


MISTAKES = [
    ("The abs() is missing: a score is a size.", snip_with(score=torch.mul)),
    (
        "The abs() is missing, in the sum too.",
        snip_with(score=torch.mul, by=lambda found, own: total(found)),
    ),
    (
        "Divide by the sum of the absolute values: with their signs they cancel.",
        snip_with(
            score=torch.mul,
            by=lambda found, own: total(found),
            after=sizes,
        ),
    ),
    ("Divide by the sum over all weights.", snip_with(by=lambda found, own: 1.0)),
    (
        "Each layer is divided by its own sum. Divide by the sum over all layers.",
        snip_with(by=lambda found, own: own.abs().sum()),
    ),
    (
        "Each layer is divided by its own sum. Divide by the sum over all layers, once.",
        snip_with(by=lambda found, own: len(found) * own.abs().sum()),
    ),
    (
        "Divide by the sum, not by the largest.",
        snip_with(by=lambda found, own: max(float(each.abs().max()) for each in found.values())),
    ),
    ("Divide by the sum, not by the mean.", snip_with(by=lambda found, own: own.abs().mean())),
    (
        "Divide by the sum, not by the means of the layers.",
        snip_with(by=lambda found, own: sum(each.abs().mean() for each in found.values())),
    ),
    ("That is the magnitude. Where is the gradient?", snip_with(score=lambda w, g: w.abs())),
    (
        "That is |dL/dtheta|: multiply by theta. The gradient by the gate is theta dL/dtheta.",
        snip_with(score=lambda w, g: g.abs()),
    ),
    ("It is squared. The score is the size.", snip_with(score=lambda w, g: (w * g).square())),
    (
        "The abs() comes too early. Gradients of examples cancel: first the mean loss, then abs().",
        of_each_example,
    ),
    ("The biases are in the sum. They are not pruned.", snip_with(biases=True)),
    (NEIGHBOURS, by_place),
    (GRADS, snip_with(before=leaves_gradients)),
    (SOFTMAX, snip_with(loss=softmax_twice)),
    (NOT_LOG, snip_with(loss=not_log)),
    (LABELS, snip_with(loss=predicted_labels)),
    (PART, snip_with(part=halves)),
    (PART, snip_with(part=first_example)),
    (MODE, snip_with(before=lambda model, batch: model.eval())),
    (MODE, snip_with(before=lambda model, batch: model.train())),
    (
        "model.double() converts the model itself, and so does .float(): work on a copy.",
        snip_with(before=lambda model, batch: model.float(), part=lambda b: (b[0].float(), b[1])),
    ),
]


def cases(generator: torch.Generator) -> Iterator[Case]:
    model, examples = by_hand()
    yield case(BY_HAND, model=model, batch=examples)
    for words, model in (
        ("a network with layers of 4, 5, 3", network(generator, 4, 5, 3)),
        ("a convolution, in eval mode", convolutional(generator).eval()),
    ):
        yield case(words, model=model, batch=batch(generator, model, 8))
    kinds = seen_kinds(generator)
    for words, model, examples in kinds:
        yield case(words, model=model, batch=examples)
    words, model, (x, y) = kinds[-1]  # no biases: the sum is small
    given = {"model": model, "batch": (1e-8 * x, y)}
    yield Case(f"{words}, inputs of 1e-8", given, why="Divide by the sum, however small it is.")


check_snip = Exercise(
    name="snip",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="a layer by hand, four networks, gate by gate; the model left as it was",
    read=read_scores,
    same=same_scores,
    show=show_scores,
    hints=HINTS,
)
