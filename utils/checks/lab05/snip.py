"""Is `snip(model, batch)` the part that each weight's gate has in the gradient by all gates?"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.func import functional_call

from utils.checks.exercise import Case, Exercise, Outcome, case, steps
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
    weights_of,
)
from utils.checks.lab05.scores import (
    HINTS,
    LABELS,
    MODE,
    NEIGHBOURS,
    SOFTMAX,
    as_scores,
    differing,
    predicted_labels,
    same_scores,
    shares,
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
    before=lambda model: None,
    after=lambda found, model: found,
):
    """The gradient by the weights, and the size of its product with them, as a part of the sum."""

    def answer(model: nn.Module, batch: Batch) -> Tensors:
        before(model)
        parameters = {n: p.detach() for n, p in parameters_of(model, biases).items()}
        slopes = gradients(model, parameters, part(batch), loss)
        found = {name: score(parameters[name], g) for name, g in slopes.items()}
        found = {name: part / by(found, part) for name, part in found.items()}
        return after({name: found[name] for name in prunable(model)}, model)

    return answer


def of_each_example(model, batch):
    """The sizes of the examples' gradients, added up."""
    single = [by_gates(model, (x[None], y[None])) for x, y in zip(*batch)]
    return shares({n: torch.stack([one[n].abs() for one in single]).sum(0) for n in single[0]})


def by_place(model, batch):
    """The weights, each with the gradient at its place among those of all parameters."""
    slopes = gradients(model, dict(model.named_parameters()), batch).values()
    return shares({name: product(w, g) for (name, w), g in zip(prunable(model).items(), slopes)})


def by_backward(model, batch):
    """Right the first time: .grad is never set to zero."""
    nn.functional.cross_entropy(model(batch[0]), batch[1]).backward()
    found = {n: (p * p.grad).abs().detach() for n, p in parameters_of(model, False).items()}  # type: ignore[operator]
    return shares(found)


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
            after=lambda found, model: sizes(found),
        ),
    ),
    ("Divide by the sum over all weights.", snip_with(by=lambda found, own: 1.0)),
    (
        "Each layer is divided by its own sum. Divide by the sum over all layers.",
        snip_with(by=lambda found, own: own.abs().sum()),
    ),
    (
        "Divide by the sum, not by the largest.",
        snip_with(by=lambda found, own: max(float(each.abs().max()) for each in found.values())),
    ),
    ("Divide by the sum, not by the mean.", snip_with(by=lambda found, own: own.abs().mean())),
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
    ("The gradients of the batch before are still there: .grad adds up.", by_backward),
    (SOFTMAX, snip_with(loss=softmax_twice)),
    (LABELS, snip_with(loss=predicted_labels)),
    (
        "Not all of the batch takes part: the loss is the mean over all examples.",
        snip_with(part=lambda batch: tuple(each[: (len(each) + 1) // 2] for each in batch)),
    ),
    (MODE, snip_with(before=lambda model: model.eval())),
    (
        "model.double() converts the model itself, and so does .float(): work on a copy.",
        snip_with(before=lambda model: model.float(), part=lambda b: (b[0].float(), b[1])),
    ),
]


def cases(generator: torch.Generator) -> Iterator[Case]:
    model, examples = by_hand()
    yield case(BY_HAND, model=model, batches=[examples])
    for words, model in (
        ("layers of 4, 5, 3", network(generator, 4, 5, 3)),
        ("layers of 6, 5, 5, 4", network(generator, 6, 5, 5, 4)),
        ("a convolution", convolutional(generator)),
    ):
        batches = [batch(generator, model, 7), batch(generator, model, 9)]
        yield case(f"a network with {words}, two batches in turn", model=model, batches=batches)


def ask(answer, model, batches):
    return [answer(model, batch) for batch in batches]


def read(outcome: Outcome, case: Case) -> Tensors:
    """The scores of each batch."""
    each = [as_scores(returned, case.arguments["model"]) for returned in outcome.returned]
    return {
        f"{name}, batch {number}" if len(each) > 1 else name: score
        for number, found in enumerate(each, start=1)
        for name, score in found.items()
    }


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, *differing(read(expected, case), read(got, case))


check_snip = Exercise(
    name="snip",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="a layer by hand, three networks with two batches each, gate by gate; "
    "the model left as it was",
    ask=ask,
    read=read,
    same=same_scores,
    show=show,
    hints=HINTS,
)
