"""Does `prune_iteratively` score in each step what the steps before have left?

The answer gets an importance that notes the network it is asked about. Its scores are no
magnitudes: some are negative, which a weight that is gone is not, and some are equal.

| the statement says | the case that asks it |
|---|---|
| step k: schedule(k / steps) of all weights are gone | two schedules, 1, 4 and 5 steps |
| score the network as it is pruned so far | what the importance sees: values, mode, batch |
| all layers together, high = keep | shares of a layer; negative scores |
| scores by name | negative scores stand in another order |
| many can be equal | all scores 0 |
| what is removed stays removed | negative scores; some weights are 0 from the start |
| an importance may need gradients | what the importance sees |
| the weights that are left keep their values | what the importance sees |
| the model is not changed | all; eval mode; hidden: gradients from before |
"""

import copy
from collections.abc import Iterator
from contextlib import nullcontext

import torch
from torch import Tensor, nn

from utils.checks.compare import Unfit, alike, as_dict, as_mask
from utils.checks.exercise import Case, Exercise, Outcome, steps
from utils.checks.lab05.importances import (
    Importance,
    blind,
    exponential,
    linear,
    scattered,
    shares,
    signed,
)
from utils.checks.lab05.networks import batch, network, weights_of
from utils.checks.lab05.scores import GRADS, MODE, leaves_gradients
from utils.model import Tensors, prunable

COME_BACK = "What is gone stays gone: give keep_top the masks so far, `within=masks`."
SCORED = "Score again in every step: the first scores say nothing of what is left."
PUT = "The masks must be in the network before it is scored: apply_masks(copy, masks)."
VALUES = "The weights that are left keep their values, and so do the biases."
GIVEN = "Score with the `importance` that is given."
EARLY = "The loop ends too early: k goes from 1 to steps, and `return` stands after the loop."
FROM_1 = "The sparsity after step k is schedule(k / steps), k from 1: here k begins with 0."
NO_MORE = "No more are gone than after the step before: after step k it is schedule(k / steps)."
KEPT = "The schedule says how many are gone. Here as many are kept."
AT_ONCE = "All at once, in the first step. The schedule says how much in each."
LINEAR = "That is the linear schedule: use the one that is given."
SURVIVORS = "schedule(t) is the sparsity of the whole network, not of the survivors."
EXACT = "Exactly as many as the schedule says, also when scores are equal."
EACH_LAYER = "Each layer is ranked by itself. Rank all layers together."
HIGH = "Are they the scores of this step, and high = keep?"
ALIVE = "A weight that is 0 is not gone for that: masks say what is gone, `within=masks`."
GRADIENTS = "An importance may need gradients: keep no_grad to the masking."
NEAR = 0.5 + 1e-6  # half a weight: rounded up or down


def flat(tensors: Tensors) -> Tensor:
    return torch.cat([tensor.flatten() for tensor in tensors.values()])


def cut(scores: Tensors, sparsity: float, within: Tensors) -> Tensors:
    """Masks without the lowest scores of all layers; what is not `within` goes first."""
    ranks = flat(scores).masked_fill(flat({n: within[n] for n in scores}) == 0, -torch.inf)
    kept = torch.ones_like(ranks)
    kept[ranks.argsort(stable=True)[: round(sparsity * len(ranks))]] = 0
    parts = kept.split([score.numel() for score in scores.values()])
    return {n: part.view_as(scores[n]) * within[n] for n, part in zip(scores, parts)}


def cut_each(scores, sparsity, within):
    return {n: cut({n: scores[n]}, sparsity, {n: within[n]})[n] for n in scores}


def cut_the_highest(scores, sparsity, within):
    return cut({name: -score for name, score in scores.items()}, sparsity, within)


def cut_score_0(scores, sparsity, within):
    """What is gone is ranked with the score 0, and nothing else says that it is gone."""
    return cut({n: score * within[n] for n, score in scores.items()}, sparsity, ones(scores))


def cut_of_survivors(scores, rate, within):
    left, n = float(flat(within).sum()), len(flat(within))
    return cut(scores, 1 - (left - round(rate * left)) / n, within)


def cut_by_threshold(scores, sparsity, within):
    """All that is not above the score of the last one to go."""
    left = flat({name: within[name] for name in scores})
    ranks = flat(scores).masked_fill(left == 0, -torch.inf).sort().values
    last = ranks[max(round(sparsity * len(ranks)) - 1, 0)]
    return {n: (score > last).double() * within[n] for n, score in scores.items()}


def cut_rounded_down(scores, sparsity, within):
    n = len(flat(scores))
    return cut(scores, int(sparsity * n) / n, within)


def ones(tensors: Tensors) -> Tensors:
    return {name: torch.ones_like(tensor) for name, tensor in tensors.items()}


@torch.no_grad()
def masked(model, masks, factor=1.0):
    for name, w in prunable(model).items():
        w.mul_(factor * masks[name])
    return model


def not_zero(tensors: Tensors) -> Tensors:
    return {name: (tensor != 0).double() for name, tensor in tensors.items()}


@steps
def iterative(
    copied=copy.deepcopy,
    start=ones,
    mode=nullcontext,
    score=lambda importance: importance,
    again=True,
    asked=lambda twin, model, masks: twin,
    given=lambda batch: batch,
    at=lambda schedule, t: schedule(t),
    time=lambda k, steps: k / steps,
    last=lambda steps: steps,
    cut=cut,
    within=lambda masks: masks,
    put=masked,
    returned=lambda masks, scores: masks,
    before=lambda model, batch: None,
    after=lambda model: None,
):
    def answer(model: nn.Module, importance, schedule, steps: int, batch) -> Tensors:
        before(model, batch)
        twin, masks, scores = copied(model), start(weights_of(model)), {}
        with mode():
            for k in range(1, last(steps) + 1):
                if k == 1 or again:
                    scores = score(importance)(asked(twin, model, masks), given(batch))
                masks = cut(scores, at(schedule, time(k, steps)), within(masks))
                put(twin, masks)
        after(model)
        return returned(masks, scores)

    return answer


def magnitude(importance):
    return lambda model, batch: {n: w.abs() for n, w in prunable(model).items()}


MISTAKES = [
    (PUT, iterative(put=lambda model, masks: None)),
    (PUT, iterative(asked=lambda twin, model, masks: model)),
    (SCORED, iterative(again=False)),
    (COME_BACK, iterative(within=ones)),
    (COME_BACK, iterative(cut=cut_score_0)),
    (
        "Each step begins with the dense network. " + COME_BACK,
        iterative(
            asked=lambda twin, model, masks: masked(copy.deepcopy(model), masks), within=ones
        ),
    ),
    (VALUES, iterative(put=lambda model, masks: masked(model, masks, factor=2.0))),
    (FROM_1, iterative(time=lambda k, steps: (k - 1) / steps)),
    (NO_MORE, iterative(time=lambda k, steps: 1 / steps)),
    (EARLY, iterative(last=lambda steps: steps - 1 or 1)),
    (EARLY, iterative(last=lambda steps: 1)),
    (GIVEN, iterative(score=magnitude)),
    (SURVIVORS, iterative(cut=cut_of_survivors)),
    (KEPT, iterative(at=lambda schedule, t: 1 - schedule(t), within=ones)),
    (AT_ONCE, iterative(at=lambda schedule, t: schedule(1.0))),
    (LINEAR, iterative(at=lambda schedule, t: schedule(1.0) * t)),
    (
        "That is a schedule of its own: use the one that is given.",
        iterative(at=lambda schedule, t: 1 - (1 - schedule(1.0)) ** t),
    ),
    (EXACT, iterative(cut=cut_by_threshold)),
    (EXACT, iterative(cut=cut_rounded_down)),
    (EACH_LAYER, iterative(cut=cut_each)),
    (HIGH, iterative(cut=cut_the_highest)),
    ("Pass the batch on: importance(model, batch).", iterative(given=lambda batch: None)),
    (GRADIENTS, iterative(mode=torch.no_grad)),
    (ALIVE, iterative(start=not_zero)),
    (
        "Score the network in the mode that it has: this one is in eval mode.",
        iterative(copied=lambda model: copy.deepcopy(model).eval()),
    ),
    (
        "importance(model, batch) scores a network: the one pruned so far.",
        iterative(asked=lambda twin, model, masks: prunable(twin)),
    ),
    (
        "apply_masks(model, masks) changes the network in place and returns nothing.",
        iterative(asked=lambda twin, model, masks: None),
    ),
    ("Return the masks, not the scores.", iterative(returned=lambda masks, scores: scores)),
    (
        "The model itself is pruned. Work on a copy.deepcopy of it.",
        iterative(copied=lambda model: model),
    ),
    (GRADS, iterative(before=leaves_gradients)),
    (MODE, iterative(after=lambda model: model.eval())),
]


NAMES = {shares: "|w| / sum of its layer", blind: "all scores 0", signed: "negative scores"}
SCHEDULES = [("0.9 t", linear, 5), ("1 - 0.1^t", exponential, 4), ("1 - 0.1^t", exponential, 1)]


def cases(generator: torch.Generator) -> Iterator[Case]:
    def asked(words, model, kind, schedule, steps, why=""):
        given = {"model": model, "kind": kind, "schedule": schedule, "steps": steps}
        return Case(words, given | {"batch": batch(generator, model, 6)}, why=why)

    for kind, name in NAMES.items():
        for words, schedule, number in SCHEDULES:
            model = network(generator, 5, 9, 7, 4).train(kind is not blind)
            words = f"{name}, schedule {words}, {number} step{'s' * (number > 1)}"
            yield asked(words, model, kind, schedule, number)
    for number in (1, 3):
        model = network(generator, 5, 9, 7, 4)
        for w in prunable(model).values():
            w.mul_(torch.rand(w.shape, generator=generator) < 0.5)
        words = f"half of the weights are 0 from the start, {number} step{'s' * (number > 1)}"
        yield asked(words, model, scattered, linear, number, ALIVE)


def ask(answer, model, kind, schedule, steps, batch):
    """The masks, and what the importance saw; or why it refused."""
    importance = Importance(kind, model, batch)
    try:
        masks = answer(model, importance, schedule, steps, batch)
    except Exception:
        if importance.refused:
            return {"refused": importance.refused}
        raise
    return {"masks": masks, "seen": importance.seen}


def read(outcome: Outcome, case: Case) -> str | dict[str, Tensor]:
    """ "right" for whatever is; the first step that is not is told. Where weights are 0 from the
    start, the network does not show what is gone: the masks are compared."""
    model, kind, schedule, steps, _ = case.arguments.values()
    if "refused" in outcome.returned:
        raise Unfit(*outcome.returned["refused"])
    weights, initial = weights_of(model), dict(model.state_dict())
    found = as_dict(outcome.returned["masks"], weights, "One mask for each prunable weight.")
    kept = {name: as_mask(found[name], w) for name, w in weights.items()}
    if kind is scattered:
        counted(kept, schedule, steps, steps)
        return kept
    seen = outcome.returned["seen"]
    if len(seen) < steps:
        expected = f"importance called {steps} times, once a step"
        raise Unfit(expected, f"{len(seen)} times", SCORED if seen else GIVEN)
    seen = once_each(seen, steps)
    used = {name: torch.ones_like(mask) for name, mask in kept.items()}
    for k, (values, _) in enumerate(seen[:steps]):
        if k:
            after = {name: values[name] != 0 for name in kept}
            scored = f"after step {k}: the network scored as it is pruned so far"
            if alike(values, initial, rtol=0, atol=0):
                counted(kept, schedule, steps, steps)
                raise Unfit(scored, "the dense network scored again", PUT)
            for name, value in initial.items():
                if not torch.equal(values[name], value * after.get(name, 1)):
                    raise Unfit(scored, f"another {name}", VALUES)
            stepped(used, after, schedule, k, steps, seen[k - 1][1])
            used = after
    stepped(used, kept, schedule, steps, steps, seen[steps - 1][1])
    return "right"


def once_each(seen: list, steps: int) -> list:
    """Without calls about the network of the call before, if enough are left: they do no harm."""
    once = [call for last, call in zip([({}, {}), *seen], seen) if not alike(last[0], call[0])]
    return once if len(once) >= steps else seen


def stepped(used: Tensors, after: Tensors, schedule, k: int, steps: int, scores: Tensors) -> None:
    """From the masks before step k to those after it."""
    for name, mask in after.items():
        if (mask & ~used[name]).any():
            came = f"weights of {name} that were gone are kept again"
            raise Unfit(f"after step {k}: what is gone stays gone", came, COME_BACK)
    counted(after, schedule, k, steps)
    values, now = flat({name: scores[name] for name in after}), flat(after)
    went, stays = values[flat(used) & ~now], values[now]
    if len(went) and len(stays) and went.max() > stays.min():
        expected = f"after step {k}: its highest scores kept, all layers together"
        raise Unfit(expected, "others kept", HIGH)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    """Of masks: how many of the weights that were 0 are kept."""
    dead = {name: w == 0 for name, w in weights_of(case.arguments["model"]).items()}
    zeros = flat(dead)
    right, came = (
        int((flat({n: each.returned["masks"][n] for n in dead}).bool() & zeros).sum())
        for each in (expected, got)
    )
    if right == came:
        return case.words, "its highest scores kept", "others kept"
    return case.words, f"{right} of the {int(zeros.sum())} weights of 0 kept", f"{came} of them"


def counted(after: Tensors, schedule, k: int, steps: int) -> None:
    """As many are gone as the schedule says."""
    sparsity, n, gone = schedule(k / steps), len(flat(after)), int((~flat(after)).sum())
    if abs(gone - sparsity * n) > NEAR:
        expected = f"schedule({k}/{steps}) = {sparsity:.4g} of {n} weights gone"
        raise Unfit(f"{expected}: {round(sparsity * n)}", f"{gone}", EXACT)


check_prune_iteratively = Exercise(
    name="prune_iteratively",
    right=iterative(),
    cases=cases,
    mistakes=MISTAKES,
    facts="four importances, two schedules, one step and more; each time the network that is left "
    "is scored",
    ask=ask,
    read=read,
    show=show,
    hints={
        "must match the size": "Scores and masks are paired by their names: scores can come in "
        "another order.",
        "leaf Variable that requires grad": "A weight is changed in place only under "
        "torch.no_grad(); apply_masks(model, masks) does so.",
        "would bring some back": "schedule(k / steps) is the sparsity after step k: count k from "
        "1 to steps.",
        "a number from 0 to 1": "A schedule takes t from 0 to 1: schedule(k / steps), k from 1 "
        "to steps.",
        "KeyError: 'fc": "Begin with masks of ones, one for each of prunable(model).",
        "positional argument": "importance is called as importance(model, batch).",
    },
)
