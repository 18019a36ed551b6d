"""Does `sensitivity_scan(model, accuracy, sparsities)` measure the model with one layer pruned?

The answer gets an `accuracy` that keeps the weights it is given, and returns another number at each
call: the numbers in the answer's lists say which weights they belong to.
"""

import copy
from functools import partial
from numbers import Real

import torch

from utils.checks.compare import Unfit, alike, as_dict, copied, described
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab03.fine_grained_prune import prune_with
from utils.checks.lab03.networks import networks
from utils.model import prunable

FIRST = 1000  # what the first call of accuracy() returns; the next ones count on
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
):
    def answer(model, accuracy, sparsities):
        scan, copies, start = {name: [] for name in names(model)}, {}, copied(model.state_dict())
        for name in scan:
            for s in order(sparsities):
                pruned = target(copies, model, name, s)
                prune({each: p.detach() for each, p in pruned.named_parameters()}, name, s)
                scan[name].append(accuracy(scored(model, pruned)))
        restore(model, start)
        return result(scan)

    return answer


def every_layer(weights, name, s):
    for w in weights.values():
        if w.dim() > 1:
            prune_with()(w, s)


MISTAKES = [
    (COPY, scan_with(target=lambda copies, model, *_: model, restore=lambda *_: None)),
    (STILL, scan_with(target=lambda copies, model, *_: model)),
    (STILL, scan_with(target=lambda copies, m, name, s: copies.setdefault(name, copied(m)))),
    (
        "The layers pruned before must be dense again: start each time from a fresh copy.",
        scan_with(target=lambda copies, m, name, s: copies.setdefault(s, copied(m))),
    ),
    ("One layer at a time: all of them were pruned.", scan_with(prune=every_layer)),
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
        seen.append(copied(prunable(pruned)))
        return float(FIRST + len(seen) - 1)

    return answer(model, accuracy, sparsities), seen


def read(outcome: Outcome, case: Case) -> dict:
    """The weights behind each number: name -> one dictionary for each sparsity."""
    (scan, seen), (model, sparsities) = outcome.returned, case.arguments.values()
    scan = as_dict(scan, prunable(model), LIST)
    for name, numbers in scan.items():
        if not isinstance(numbers, (list, tuple)) or len(numbers) != len(sparsities):
            raise Unfit(
                f"scan[{name!r}]: a list of {len(sparsities)} accuracies", described(numbers)
            )
        for number in numbers:
            if not isinstance(number, Real) or number - FIRST not in range(len(seen)):
                raise Unfit(
                    f"scan[{name!r}]: numbers that accuracy() returned", str(number), MADE_UP
                )
    return {name: [seen[int(n) - FIRST] for n in numbers] for name, numbers in scan.items()}


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    """The first number that does not belong to the right weights."""
    model, sparsities = case.arguments.values()
    dense, scan, right = prunable(model), read(got, case), read(expected, case)
    name, s, came, wanted = next(
        (name, s, came, wanted)
        for name in scan
        for s, came, wanted in zip(sparsities, scan[name], right[name])
        if not alike(came, wanted)
    )
    others = [other for other in dense if other != name and not alike(came[other], dense[other])]
    zeros, should = int((came[name] == 0).sum()), int((wanted[name] == 0).sum())
    words = f"{case.words}, scan[{name!r}] at {s}: the weights that were measured"
    if others:
        return words, f"{name} alone pruned", f"also pruned: {', '.join(others)}"
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
