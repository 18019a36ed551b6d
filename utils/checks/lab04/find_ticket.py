"""Does `find_ticket(model, fit, rate, rounds)` train, prune the survivors, rewind and mask, round after round?

The answer gets a `fit` that notes the network and the masks it is given, and then moves every number of the network: the
zeros come back, as they do when training is careless.
"""

import torch

from utils.checks.fresh import fresh_generator
from utils.checks.lab04.networks import buffers, differing, move, network, state
from utils.checks.lab04.prune_by_rate import next_masks
from utils.checks.lab04.tensors import flat, masks_like
from utils.checks.report import CheckFailed, fail, passed, run
from utils.model import prunable

CHECK = "check_find_ticket"
HINTS = {
    "leaf Variable that requires grad": "A weight is changed in place only under torch.no_grad(), or through prunable(model).",
    "positional argument": "fit is called as fit(model, masks).",
}


def check_find_ticket(answer) -> None:
    """`answer(model, fit, rate, rounds)` returns the masks; the model ends rewound and masked."""
    generator = fresh_generator()
    for rate, rounds in ((0.5, 1), (0.3, 4), (0.6, 3)):
        _found(answer, generator, rate, rounds)
    passed(
        CHECK,
        "dense training first, the survivors' rate, nested masks, everything rewound and masked, in each round and at the end",
    )


class Fit:
    """What the answer trains with. `seen`: (state before, masks given, trained weights) of each call; `failed`: what was wrong
    with the masks of a call.
    """

    def __init__(self, generator, like):
        self.generator, self.like, self.seen, self.failed = generator, like, [], None

    def __call__(self, model, masks):
        tried = f"the masks given to fit in round {len(self.seen) + 1}"
        try:
            masks = masks_like(CHECK, tried, masks, self.like)
        except CheckFailed as failed:
            self.failed = failed
            raise
        before = state(model)
        move(model, self.generator)
        self.seen.append((before, masks, {name: w.clone() for name, w in prunable(model).items()}))


def _found(answer, generator: torch.Generator, rate: float, rounds: int) -> None:
    model = network(generator)
    initial, like = state(model), {name: w.clone() for name, w in prunable(model).items()}
    fit, tried = Fit(generator, like), f"find_ticket(model, fit, rate={rate}, rounds={rounds})"
    try:
        masks = run(CHECK, tried, answer, model, fit, rate, rounds, hints=HINTS)
    except CheckFailed as failed:
        raise fit.failed or failed from None
    masks = masks_like(CHECK, tried, masks, like)
    if len(fit.seen) != rounds:
        fail(
            CHECK,
            tried,
            f"fit called {rounds} times, once a round",
            f"{len(fit.seen)} times",
            "One round: fit, prune, rewind, mask.",
        )
    if not flat(fit.seen[0][1]).all():
        fail(
            CHECK,
            f"{tried}, round 1",
            "the dense network trained: masks of ones",
            "masks with zeros",
            "The first training is dense: prune after fit, not before.",
        )
    if differing(fit.seen[0][0], initial):
        fail(
            CHECK,
            f"{tried}, round 1",
            "the network trained from its initial state",
            "another state",
            "Nothing changes before the first fit.",
        )
    for number, (_, used, trained) in enumerate(fit.seen, start=1):
        after = fit.seen[number][1] if number < rounds else masks
        where = f"{tried}, the masks after round {number}"
        _pruned(where, rate, number, used, trained, after, initial, fit.seen)
        now = fit.seen[number][0] if number < rounds else state(model)
        where = f"{tried}, the network " + (
            f"at the start of round {number + 1}" if number < rounds else "at the end"
        )
        _rewound(where, now, after, initial, trained)


def keeps_the_largest(after, used, trained) -> bool:
    """Whether no survivor that went is larger than one that stays; of equal ones any may go."""
    sizes, before, now = (
        torch.cat([w.abs().flatten() for w in trained.values()]),
        flat(used) != 0,
        flat(after) != 0,
    )
    went, stays = sizes[before & ~now], sizes[now]
    return not len(went) or not len(stays) or bool(went.max() <= stays.min())


def _pruned(where, rate, number, used, trained, after, initial, seen) -> None:
    if (flat(after) & ~flat(used)).any():
        fail(
            CHECK,
            where,
            "what is gone stays gone",
            "weights that were gone are kept again",
            "Give prune_by_rate the masks of the round before: training may have made new weights where they are zero.",
        )
    total, survivors, left = flat(used).numel(), int(flat(used).sum()), int(flat(after).sum())
    expected = survivors - round(rate * survivors)
    if left == expected and keeps_the_largest(after, used, trained):
        return
    if left != expected:
        mistake = (
            "Prune in the last round too."
            if left == survivors and number == len(seen)
            else "Prune in each round, and give fit the masks so far."
            if left == survivors
            else "It is the rate of the survivors, not of all weights."
            if total - left == round(number * rate * total)
            else "The rate is the fraction that goes. It looks as if it were kept."
            if left == round(rate * survivors)
            else "Close. Each round removes round(rate * survivors): count from the survivors, not from all weights."
            if abs(left - total * (1 - rate) ** number) <= 1
            else "Is prune_by_rate right?"
        )
        fail(
            CHECK,
            where,
            f"{expected} weights kept, {100 * (1 - rate) ** number:.3g} % of {total}",
            f"{left} kept",
            mistake,
        )
    start = {name: initial[name] * used[name] for name in used}
    mistake = (
        "They are ranked by the weights of the first training: use those of this round."
        if number > 1 and not differing(after, next_masks(seen[0][2], used, rate))
        else "They are ranked by the initial weights: prune before rewinding, while the model holds the trained weights."
        if not differing(after, next_masks(start, used, rate))
        else "Is prune_by_rate right?"
    )
    fail(CHECK, where, "the largest |w| of the trained weights kept", "others kept", mistake)


def _rewound(where, now, masks, initial, trained) -> None:
    right = {
        name: value * masks[name] if name in masks else value for name, value in initial.items()
    }
    wrong = differing(now, right)
    if not wrong:
        return
    weights = [name for name in wrong if name in masks]
    if not weights:
        fail(
            CHECK,
            where,
            "everything rewound",
            f"not rewound: {', '.join(wrong)}",
            "BatchNorm's running statistics go back too: they are buffers."
            if wrong == buffers(wrong)
            else "Weights alone went back. Biases and BatchNorm go back too."
            if "fc.bias" in wrong
            else "",
        )
    if all(torch.equal(now[name], initial[name]) for name in weights):
        fail(
            CHECK,
            where,
            "the initial weights times the masks",
            "the initial weights, without the masks",
            "Rewinding brings every weight back, the pruned ones too: apply the masks after it.",
        )
    if all(torch.equal(now[name] * masks[name], trained[name] * masks[name]) for name in weights):
        fail(
            CHECK,
            where,
            "the kept weights as they were initially",
            "as training left them",
            "Was the model rewound, and to what? model.state_dict() shares its memory with the model and is trained along: copy.deepcopy it.",
        )
    fail(
        CHECK,
        where,
        "the initial weights times the masks",
        f"other values in {', '.join(weights)}",
        "Neither the initial values nor the trained ones: is the network drawn anew, or rewound to another state?",
    )
