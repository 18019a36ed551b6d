"""Does `sensitivity_scan(model, accuracy, sparsities)` measure the model with one layer pruned?

The answer gets an `accuracy` that keeps what the network holds, and returns another number at each
call: the numbers in the answer's lists say which network they belong to.

| the statement | the case that asks it |
|---|---|
| one list for each parameter with dim() > 1 | a larger network; hidden: Conv1d, no biases |
| the model with only this parameter pruned to s | all: everything that it holds is compared |
| for s in sparsities | in no order; hidden: one of them twice, none |
| what accuracy() returned | numbers that are not whole |
| `model` itself stays as it was | all |
"""

import copy
from functools import partial

import torch

from utils.checks.compare import Unfit, alike, as_dict, as_number, copied, described
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab03.fine_grained_prune import prune_with
from utils.checks.lab03.networks import networks
from utils.model import prunable

FIRST, STEP = 50.0, 1 / 64  # what the first call of accuracy() returns, and by how much it grows
COPY = "Prune a copy (copy.deepcopy), or put the dense weights back after each measurement."
STILL = "The layer was still pruned from the sparsity before: start again from the dense weights."
LIST = "One list for every parameter with dim() > 1."
MADE_UP = "Each number is what accuracy(pruned model) returned."


@steps
def scan_with(
    names=lambda model: list(prunable(model)),
    order=list,
    target=lambda copies, model, name, s: copy.deepcopy(model),
    prune=lambda weights, name, s: prune_with()(weights[name], s),
    scored=lambda model, pruned: pruned,
    restore=torch.nn.Module.load_state_dict,
    result=lambda scan: scan,
    number=lambda accuracy: accuracy,
):
    def answer(model, accuracy, sparsities):
        scan, copies, start = {name: [] for name in names(model)}, {}, copied(model.state_dict())
        for name in scan:
            for s in order(sparsities):
                pruned = target(copies, model, name, s)
                prune({each: p.detach() for each, p in pruned.named_parameters()}, name, s)
                scan[name].append(number(accuracy(scored(model, pruned))))
        restore(model, start)
        return result(scan)

    return answer


def every_layer(weights, name, s):
    for w in weights.values():
        if w.dim() > 1:
            prune_with()(w, s)


def with_its_bias(weights, name, s):
    prune_with()(weights[name], s)
    bias = f"{name.removesuffix('weight')}bias"
    if bias in weights:
        prune_with()(weights[bias], s)


MISTAKES = [
    (COPY, scan_with(target=lambda copies, model, *_: model, restore=lambda *_: None)),
    (STILL, scan_with(target=lambda copies, model, *_: model)),
    (STILL, scan_with(target=lambda copies, m, name, s: copies.setdefault(name, copied(m)))),
    (
        "The layers pruned before must be dense again: start each time from a fresh copy.",
        scan_with(target=lambda copies, m, name, s: copies.setdefault(s, copied(m))),
    ),
    ("One layer at a time: all of them were pruned.", scan_with(prune=every_layer)),
    ("The bias of the layer was pruned too.", scan_with(prune=with_its_bias)),
    ("Keep the numbers as they come, without rounding.", scan_with(number=round)),
    (
        "accuracy() must be called with the model that was pruned.",
        scan_with(scored=lambda model, pruned: model),
    ),
    (
        LIST,
        scan_with(names=lambda model: [name for name, _ in model.named_parameters()]),
    ),
    (
        LIST,
        scan_with(names=lambda model: [n for n, p in model.named_parameters() if p.dim() == 2]),
    ),
    ("The numbers stand in the order of `sparsities`, as they came.", scan_with(order=sorted)),
    (
        "The sparsity is the fraction that goes. It was taken for the fraction that is kept.",
        scan_with(prune=lambda weights, name, s: prune_with()(weights[name], 1 - s)),
    ),
    (
        "The smallest |w| of the layer go: is fine_grained_prune right?",
        scan_with(prune=lambda w, name, s: prune_with(size=lambda w: w)(w[name], s)),
    ),
    (
        "One number for each sparsity, not for the layer.",
        scan_with(result=lambda scan: {name: numbers[-1] for name, numbers in scan.items()}),
    ),
    (
        "The lists stand under the names of the parameters.",
        scan_with(result=lambda scan: list(scan.values())),
    ),
    (MADE_UP, scan_with(result=lambda scan: {n: [90.0] * len(a) for n, a in scan.items()})),
]


def cases(generator: torch.Generator) -> list[Case]:
    return [
        case(f"{words} at sparsities {sparsities}", model=model, sparsities=sparsities)
        for words, (model, _) in zip(("two layers", "a larger network"), networks(generator))
        for sparsities in ((0.6, 0.0, 0.3), (0.5, 0.25))  # each starts from the dense layer
    ]


def measured(answer, model, sparsities):
    seen = []

    def accuracy(pruned):
        seen.append(copied(dict(pruned.state_dict())))
        return FIRST + STEP * (len(seen) - 1)

    return answer(model, accuracy, sparsities), seen


def read(outcome: Outcome, case: Case) -> dict:
    """What was measured behind each number: name -> one state for each sparsity."""
    (scan, seen), (model, sparsities) = outcome.returned, case.arguments.values()
    scan, states = as_dict(scan, prunable(model), LIST), {}
    for name, numbers in scan.items():
        if not isinstance(numbers, (list, tuple)) or len(numbers) != len(sparsities):
            raise Unfit(
                f"scan[{name!r}]: a list of {len(sparsities)} accuracies", described(numbers)
            )
        calls = [(as_number(number, "an accuracy") - FIRST) / STEP for number in numbers]
        if not set(calls) <= set(range(len(seen))):
            raise Unfit(f"scan[{name!r}]: what accuracy() returned", str(numbers), MADE_UP)
        states[name] = [seen[int(call)] for call in calls]
    return states


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    """The first number that does not belong to the right weights."""
    model, sparsities = case.arguments.values()
    dense, scan, right = dict(model.state_dict()), read(got, case), read(expected, case)
    name, s, came, wanted = next(
        (name, s, came, wanted)
        for name in scan
        for s, came, wanted in zip(sparsities, scan[name], right[name])
        if not alike(came, wanted, rtol=0, atol=0)
    )
    others = [n for n in dense if n != name and not alike(came.get(n), dense[n], rtol=0, atol=0)]
    zeros, should = int((came[name] == 0).sum()), int((wanted[name] == 0).sum())
    words = f"{case.words}, scan[{name!r}] at {s}: the weights that were measured"
    if others:
        return words, f"{name} alone pruned", f"also changed: {', '.join(others)}"
    if zeros != should:
        return words, f"{should} zeros in {name}", f"{zeros} zeros"
    return words, f"the smallest |w| of {name} pruned", "others pruned"


check_sensitivity_scan = Exercise(
    name="sensitivity_scan",
    right=scan_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="every layer, every sparsity, one layer at a time, the model left as it was",
    ask=measured,
    read=read,
    same=partial(alike, rtol=0, atol=0),
    show=show,
    hints={"leaf Variable that requires grad": "In place on a weight: under torch.no_grad()."},
)
