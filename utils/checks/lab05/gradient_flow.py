"""Is `gradient_flow(model, masks, batch)` |m * grad L(m * theta)|^2?"""

import math
from collections.abc import Iterator

import torch
from torch import nn

from utils.checks.compare import as_number
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
    predicted_labels,
    sizes,
    softmax_twice,
    sum_of_losses,
    times,
    total,
)
from utils.model import Tensors

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
    before=lambda model: None,
    after=lambda masks: None,
):
    """`put`: the weights whose gradient is taken. `kept`: the part of it that counts."""

    def answer(model: nn.Module, masks: Tensors, batch: Batch) -> float:
        before(model)
        weights = {n: p.detach() for n, p in parameters_of(model, biases).items()}
        ones = {name: torch.ones_like(p) for name, p in weights.items()} | masks
        slopes = kept(gradients(model, put(weights, ones), batch, loss), ones)
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
    ("Only the first layer is in it.", flow_with(of=lambda g, _: dict([*g.items()][:1]))),
    ("Only the last layer is in it.", flow_with(of=lambda g, _: dict([*g.items()][-1:]))),
    ("The biases are in it. Take the weights that have a mask.", flow_with(biases=True)),
    (NEIGHBOURS, by_place),
    ("The loss is added up over the examples. Take the mean.", flow_with(loss=sum_of_losses)),
    (SOFTMAX, flow_with(loss=softmax_twice)),
    (LABELS, flow_with(loss=predicted_labels)),
    (MODE, flow_with(before=lambda model: model.eval())),
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
    for words, model in (
        ("layers of 4, 5, 3", network(generator, 4, 5, 3)),
        ("a convolution", convolutional(generator)),
    ):
        weights = weights_of(model)
        for density in (0.6, 0.8, 1.0, 0.0):
            name = {1.0: "ones", 0.0: "zeros"}.get(density, "random masks")
            masks = {
                n: (torch.rand(w.shape, generator=generator) < density).double()
                for n, w in weights.items()
            }
            told = f"a network with {words}, {name}"
            yield case(told, model=model, masks=masks, batch=batch(generator, model, 8))


def read(outcome: Outcome, case: Case) -> float:
    return as_number(outcome.returned, "one number, the squares of all layers added up")


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, f"{read(expected, case):.4g}", f"{read(got, case):.4g}"


check_gradient_flow = Exercise(
    name="gradient_flow",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="a layer by hand, two networks, random masks, all and nothing kept; "
    "the model and the masks left as they were",
    read=read,
    same=lambda got, expected: math.isclose(got, expected, rel_tol=1e-5, abs_tol=1e-12),
    show=show,
    hints=HINTS
    | {"'NoneType' object": "apply_masks(model, masks) changes the network and returns nothing."},
)
