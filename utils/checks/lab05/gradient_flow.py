"""Is `gradient_flow(model, masks, batch)` |m * grad L(m * theta)|^2?

| the statement says | the case that asks it |
|---|---|
| the sum of the squares | by hand, layers of 4, 5, 3 |
| the gradient at m * theta, the biases as they are | by hand, random masks |
| only weights that are kept count | weights of 0 that are kept; masks of True and False |
| biases do not | by hand |
| by name | masks in another order; blocks in blocks; hidden: BatchNorm, Conv1d |
| a small number is a number | without biases, inputs of 1e-6 |
| model and masks as they were | all; eval mode; hidden: gradients from before |
"""

import math
from collections.abc import Iterator

import torch
from torch import nn

from utils.checks.compare import as_number, copied
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
    seen_kinds,
    weights_of,
)
from utils.checks.lab05.scores import (
    GRADS,
    HINTS,
    LABELS,
    MODE,
    NEIGHBOURS,
    PART,
    SOFTMAX,
    first_example,
    halves,
    leaves_gradients,
    predicted_labels,
    sizes,
    softmax_twice,
    sum_of_losses,
    times,
    total,
)
from utils.model import Tensors, prunable

SIGNS = "That is the sum of the gradients with their signs, where they cancel. Square each."
MEAN = "That is a mean of the gradients with their signs, which cancel. Square each and add up."


def squares(parts: Tensors) -> float:
    return total(times(parts, parts))


@steps
def flow_with(
    put=times,
    kept=times,
    of=lambda g, theta: g,
    number=lambda g, kept, entries: squares(g),
    loss=mean_loss,
    biases=False,
    part=lambda batch: batch,
    before=lambda model, batch: None,
    after=lambda masks: None,
):
    """`put`: the weights whose gradient is taken. `kept`: the part of it that counts."""

    def answer(model: nn.Module, masks: Tensors, batch: Batch) -> float:
        before(model, batch)
        weights = {n: p.detach() for n, p in parameters_of(model, biases).items()}
        ones = {name: torch.ones_like(p) for name, p in weights.items()} | masks
        slopes = kept(gradients(model, put(weights, ones), part(batch), loss), ones)
        entries = sum(mask.numel() for mask in masks.values())
        found = number(of(slopes, times(weights, ones)), total(masks) or 1.0, entries)
        after(masks)
        return found

    return answer


right = flow_with()


def all_of_it(values, masks):
    return values


def by_place(model, masks, batch):
    """The masks, each with the gradient at its place among those of all parameters."""
    everything = dict(model.named_parameters())
    slopes = gradients(model, everything | times(weights_of(model), masks), batch)
    return squares({n: mask * g for (n, mask), g in zip(masks.items(), slopes.values())})


def by_order(model, masks, batch):
    """The weights, each with the mask at its place."""
    return right(model, dict(zip(weights_of(model), masks.values())), batch)


def not_zero(g, theta):
    return {name: g[name] * (theta[name] != 0) for name in g}


def of_each_example(model, masks, batch):
    found = [right(model, masks, (x[None], y[None])) for x, y in zip(*batch)]
    return sum(found) / len(found)


def without_biases(model, masks, batch):
    twin = copied(model)
    with torch.no_grad():
        for p in twin.parameters():
            p.mul_(p.dim() > 1)
    return right(twin, masks, batch)


MISTAKES = [
    ("That is the gradient before pruning. Put the masks into a copy.", flow_with(put=all_of_it)),
    ("The weights that are gone have no part in it: multiply by m.", flow_with(kept=all_of_it)),
    (
        "That is the gradient before pruning, and of all weights. Use the masks for both.",
        flow_with(put=all_of_it, kept=all_of_it),
    ),
    (SIGNS, flow_with(number=lambda g, kept, entries: total(g))),
    (MEAN + " (It is the CD of the notes.)", flow_with(number=lambda g, kept, _: total(g) / kept)),
    (MEAN, flow_with(number=lambda g, kept, entries: total(g) / entries)),
    (
        "That is the sum of their sizes. Square each.",
        flow_with(number=lambda g, *_: total(sizes(g))),
    ),
    (
        "That is the length |m * g|. The flow is its square.",
        flow_with(number=lambda g, kept, entries: math.sqrt(squares(g))),
    ),
    (
        "Square each, then add up: here the sum is squared.",
        flow_with(number=lambda g, *_: total(g) ** 2),
    ),
    ("That is a mean. Add up the squares.", flow_with(number=lambda g, kept, _: squares(g) / kept)),
    (
        "That is a mean over all weights. Add up the squares.",
        flow_with(number=lambda g, kept, entries: squares(g) / entries),
    ),
    ("That is theta * g. Here it is the gradient itself.", flow_with(of=times)),
    (
        "A weight of 0 can be kept: the mask says what is gone, not the weight.",
        flow_with(of=not_zero),
    ),
    (
        "Square the gradient of the mean loss, not that of each example by itself.",
        of_each_example,
    ),
    ("The biases stay as they are: here they were 0.", without_biases),
    (
        "Masks are paired with weights by place: masks can stand in another order. Go by name.",
        by_order,
    ),
    ("Only the first layer is in it.", flow_with(of=lambda g, _: dict([*g.items()][:1]))),
    ("Only the last layer is in it.", flow_with(of=lambda g, _: dict([*g.items()][-1:]))),
    ("The biases are in it. Take the weights that have a mask.", flow_with(biases=True)),
    (NEIGHBOURS, by_place),
    ("The loss is added up over the examples. Take the mean.", flow_with(loss=sum_of_losses)),
    (SOFTMAX, flow_with(loss=softmax_twice)),
    (LABELS, flow_with(loss=predicted_labels)),
    (PART, flow_with(part=halves)),
    (PART, flow_with(part=first_example)),
    (GRADS, flow_with(before=leaves_gradients)),
    (MODE, flow_with(before=lambda model, batch: model.eval())),
    (
        "The masks are changed. Make new tensors.",
        flow_with(after=lambda masks: [mask.zero_() for mask in masks.values()]),
    ),
]


def cases(generator: torch.Generator) -> Iterator[Case]:
    model, examples = by_hand()
    mask = torch.tensor([[1.0, 1.0], [1.0, 0.0]], dtype=torch.float64)
    words = f"{BY_HAND}, mask [[1, 1], [1, 0]]"
    yield case(words, model=model, masks={"fc.weight": mask}, batch=examples)
    layers = network(generator, 4, 5, 3)
    for words, density in (("random", 0.6), ("random", 0.8), ("ones", 1.0), ("zeros", 0.0)):
        masks = random_masks(generator, layers, density)
        words = f"a network with layers of 4, 5, 3, {words} masks"
        yield case(words, model=layers, masks=masks, batch=batch(generator, layers, 8))
    conv = convolutional(generator).eval()
    masks = {name: mask.bool() for name, mask in random_masks(generator, conv, 0.6).items()}
    examples = batch(generator, conv, 8)
    words = "a convolution, in eval mode, masks of True and False"
    yield case(words, model=conv, masks=masks, batch=examples)
    square = network(generator, 3, 3, 3, 3)
    for density in (0.6, 0.8):
        masks = dict(reversed(random_masks(generator, square, density).items()))
        words = "layers of 3, 3, 3, 3, masks in another order than the weights"
        yield case(words, model=square, masks=masks, batch=batch(generator, square, 8))
    for model in (layers, network(generator, 5, 6, 4)):
        zeros = copied(model)
        for name, w in prunable(zeros).items():
            w.mul_(random_masks(generator, model, 0.5)[name])
        masks, examples = random_masks(generator, model, 0.7), batch(generator, model, 8)
        yield case("some weights of 0 are kept", model=zeros, masks=masks, batch=examples)
    for words, model, (x, y) in seen_kinds(generator):
        masks, examples = random_masks(generator, model, 0.7), (1e-6 * x, y)
        yield case(f"{words}, inputs of 1e-6", model=model, masks=masks, batch=examples)


def random_masks(generator: torch.Generator, model: nn.Module, density: float) -> Tensors:
    return {
        name: (torch.rand(w.shape, generator=generator) < density).double()
        for name, w in weights_of(model).items()
    }


def read(outcome: Outcome, case: Case) -> float:
    return as_number(outcome.returned, "one number, the squares of all layers added up")


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, f"{read(expected, case):.4g}", f"{read(got, case):.4g}"


check_gradient_flow = Exercise(
    name="gradient_flow",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="a layer by hand, five networks, random masks, all and nothing kept, zeros kept; "
    "the model and the masks left as they were",
    read=read,
    same=lambda got, expected: math.isclose(got, expected, rel_tol=1e-5),
    show=show,
    hints=HINTS
    | {"'NoneType' object": "apply_masks(model, masks) changes the network and returns nothing."},
)
