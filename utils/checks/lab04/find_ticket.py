"""Does `find_ticket(model, fit, rate, rounds)` train, prune, rewind and mask, round by round?

The answer gets a `fit` that notes the network and the masks it is given, and then moves every
number of the network: the zeros come back, as they do when training is careless.

| the statement | the case that asks it |
|---|---|
| returns the masks, for the parameters with dim() > 1 | all; hidden: Conv1d, no biases |
| fit is called once a round, with the masks so far | all: what fit was given |
| the first round keeps everything | all |
| each round removes round(rate * survivors) | 1 and 3 rounds, several rates; hidden: 4 |
| the initial state, pruned weights 0, at the end | all; initial weights of 0 |
| biases and BatchNorm are rewound and not pruned | all |
| fit need not keep the zeros | all: it moves every number |
"""

from functools import partial

import torch
from torch import nn

from utils.checks.compare import alike, as_masks, copied
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab04.networks import move, networks, state, zero_half
from utils.checks.lab04.prune_by_rate import (
    all_ranked,
    each_by_itself,
    ones,
    prune_with,
    to_the_count,
)
from utils.checks.lab04.rewind import is_weight, rewind_with
from utils.checks.lab04.tensors import flat
from utils.model import prunable

NO_GRAD = "In place on a weight: under torch.no_grad(), or through prunable(model)."
FIT = "fit is called as fit(model, masks)."
DEEP = (
    "Was the model rewound, and to what? state_dict() shares its memory with the model and is "
    "trained along: copy.deepcopy it."
)
END = (
    "The model itself, not a copy, ends rewound and masked: rewind and mask in the last round too."
)
ELSEWHERE = "Neither initial nor trained: is the network drawn again, or rewound to another state?"
MASK_LAST = "Rewinding brings every weight back, the pruned ones too: apply the masks after it."
ONCE = "One round: fit, prune, rewind, mask. `rounds` of them, and fit is called once in each."
DENSE_FIRST = "The first training is dense: prune after fit, not before."
PREPARE = "Nothing changes before the first fit."
ORDER = ("fit", "prune", "rewind", "mask")


def apply(model, masks):
    for name, w in prunable(model).items():
        w.mul_(masks[name])


@steps
def search_with(
    to=lambda model: model,
    remember=state,
    order=ORDER,
    rounds=lambda rounds: rounds,
    last=ORDER,
    given=lambda masks, model: masks,
    prune=lambda number, first, weights, masks, rate: prune_with()(weights, masks, rate),
    back=rewind_with(),
    result=lambda masks, model: masks,
):
    """Iterative magnitude pruning. order: the parts of a round; last: those of the last one."""

    def answer(model, fit, rate, number):
        model = to(model)
        initial, masks, first = remember(model), ones(prunable(model)), {}
        for k in range(1, rounds(number) + 1):
            for part in order:
                if k == rounds(number) and part not in last:
                    continue
                if part == "fit":
                    fit(model, given(masks, model))
                    first = first or copied(prunable(model))
                elif part == "prune":
                    masks = prune(k, first, prunable(model), masks, rate)
                elif part == "rewind":
                    back(model, initial)
                else:
                    apply(model, masks)
        return result(masks, model)

    return answer


right = search_with()


def pruned(**changed):
    """The search with a mistake in prune_by_rate."""
    prune = prune_with(**changed)
    return search_with(prune=lambda number, first, *given: prune(*given))


def counted_from_all(number, first, weights, masks, rate):
    def count(rate, n, mask):
        return n - round(len(mask) * (1 - rate) ** number)

    return prune_with(number=count)(weights, masks, rate)


def without(*parts):
    return tuple(part for part in ORDER if part not in parts)


MISTAKES = [
    (DEEP, search_with(remember=nn.Module.state_dict)),
    (DEEP, search_with(remember=lambda model: dict(model.state_dict()))),
    (DEEP, search_with(order=without("rewind"))),
    (MASK_LAST, search_with(order=without("mask"))),
    (MASK_LAST, search_with(order=("fit", "prune", "mask", "rewind"))),
    (
        "They are ranked by the initial weights: prune before rewinding, while they are trained.",
        search_with(order=("fit", "rewind", "prune", "mask")),
    ),
    (DENSE_FIRST, search_with(order=("prune", "rewind", "mask", "fit"))),
    (END, search_with(last=without("mask"))),
    (END, search_with(last=without("rewind"))),
    (END, search_with(last=("fit", "prune"))),
    ("Prune in the last round too.", search_with(last=without("prune"))),
    (
        "Weights alone went back. Biases and BatchNorm go back too.",
        search_with(back=rewind_with(which=is_weight)),
    ),
    (
        "BatchNorm's running statistics go back too: they are buffers.",
        search_with(back=rewind_with(which=lambda m, name: name in dict(m.named_parameters()))),
    ),
    (ONCE, search_with(rounds=lambda rounds: rounds - 1)),
    (ONCE, search_with(rounds=lambda rounds: rounds + 1)),
    (ONCE, lambda model, fit, rate, rounds: right(model, fit, 1 - (1 - rate) ** rounds, 1)),
    (
        "It is the rate of the survivors, not of all weights.",
        pruned(number=lambda rate, n, mask: round(rate * len(mask))),
    ),
    (
        "Each round removes round(rate * survivors): count from the survivors, not from all.",
        search_with(prune=counted_from_all),
    ),
    (
        "The rate is the fraction that goes. It was taken for the fraction that is kept.",
        pruned(number=lambda rate, n, mask: n - round(rate * n)),
    ),
    (
        "Each tensor was pruned by itself. Is prune_by_rate right?",
        search_with(prune=lambda number, first, *given: each_by_itself(*given)),
    ),
    (
        "Give prune_by_rate the masks of the round before: weights that were gone came back.",
        pruned(ranked=all_ranked, number=to_the_count),
    ),
    (
        "They are ranked by the weights of the first training: use those of this round.",
        search_with(prune=lambda number, first, w, *given: prune_with()(first, *given)),
    ),
    ("Give fit the masks so far.", search_with(given=lambda masks, model: ones(masks))),
    (
        "A mask says which weights are there. It does not hold the weights.",
        search_with(given=lambda masks, model: prunable(model)),
    ),
    (END, search_with(to=copied)),
    (
        "One mask for each tensor, under its name.",
        search_with(
            result=lambda masks, m: (
                masks | {n: p != 0 for n, p in m.named_parameters() if n not in masks}
            )
        ),
    ),
    (
        "An initial weight of 0 was taken for a pruned one: return the masks, not `w != 0`.",
        search_with(result=lambda masks, model: {n: w != 0 for n, w in prunable(model).items()}),
    ),
    (FIT, lambda model, fit, rate, rounds: fit(model)),
    (NO_GRAD, search_with(result=lambda masks, model: model.fc.weight.mul_(masks["fc.weight"]))),
]


def cases(generator: torch.Generator) -> list[Case]:
    small, large = networks(generator)
    sparse = copied(small)
    zero_half(sparse, generator)
    return [
        search("", small, 0.5, 1),
        search("", small, 0.45, 3),
        search("", large, 0.6, 3),
        search("half of the initial weights are 0: ", sparse, 0.3, 1),
        search("half of the initial weights are 0: ", sparse, 0.45, 2),
    ]


def search(words: str, model: nn.Module, rate: float, rounds: int) -> Case:
    words += f"find_ticket(model, fit, rate={rate}, rounds={rounds})"
    return case(words, model=model, rate=rate, rounds=rounds)


class Fit:
    """What the answer trains with. `seen`: the state before each call, and the masks given."""

    def __init__(self):
        self.generator, self.seen = torch.Generator().manual_seed(0), []

    def __call__(self, model, masks):
        self.seen.append((state(model), copied(masks)))
        move(model, self.generator)


def searched(answer, model, rate, rounds):
    """The masks given to fit, then those returned; the states before each fit, then at the end."""
    fit = Fit()
    masks = answer(model, fit, rate, rounds)
    before, given = zip(*fit.seen) if fit.seen else ((), ())
    return [*given, masks], [*before, state(model)]


def read(outcome: Outcome, case: Case) -> tuple[list, list]:
    masks, states = outcome.returned
    like = prunable(case.arguments["model"])
    return [as_masks(each, like) for each in masks], states


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    """The first round in which something differs: the masks after it, then the network."""
    rounds, words = case.arguments["rounds"], case.words
    (wanted, right), (masks, states) = read(expected, case), read(got, case)
    if len(masks) != len(wanted):
        return words, f"fit called {rounds} times, once a round", f"{len(masks) - 1} times"
    for number, (now, start) in enumerate(zip(states, right)):
        kept, should = flat(masks[number]), flat(wanted[number])
        when = f"after round {number}" if number else "that the first fit is given"
        if not torch.equal(kept, should):
            largest = f"the {int(should.sum())} largest |w| of {len(kept)}, as trained"
            came = "others" if kept.sum() == should.sum() else f"{int(kept.sum())} kept"
            return f"{words}, the weights kept {when}", largest, came
        wrong = [name for name in start if not torch.equal(now[name], start[name])]
        if wrong:
            initial = "its initial state, times the masks"
            return f"{words}, the network {when}", initial, f"not so: {', '.join(wrong)}"
    return words, "", ""


check_find_ticket = Exercise(
    name="find_ticket",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="dense training first, the survivors' rate, nested masks, everything rewound and masked",
    ask=searched,
    read=read,
    same=partial(alike, rtol=0, atol=0),
    show=show,
    hints={"leaf Variable that requires grad": NO_GRAD, "positional argument": FIT},
    changes=("model",),
    symptoms=[(ELSEWHERE, lambda case, expected, got: "fc.bias" in show(case, expected, got)[2])],
)
