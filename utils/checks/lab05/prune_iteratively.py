"""Does `prune_iteratively(model, importance, schedule, steps, batch)` score what is left, prune a little, and so on?

The answer is given an importance that notes the network it is asked about. Its scores are no magnitudes: some are negative,
which a weight that is gone is not, and some are equal.
"""

import torch
from torch import Tensor, nn

from utils.checks.lab05.networks import batch, network
from utils.checks.lab05.scores import as_it_was, state, weights_of
from utils.checks.fresh import fresh_generator
from utils.checks.report import CheckFailed, fail, kind_of, passed, run
from utils.model import Tensors, prunable

CHECK = "check_prune_iteratively"
HINTS = {
    "leaf Variable that requires grad": "A weight is changed in place only under torch.no_grad(); apply_masks(model, masks) does so.",
    "would bring some back": "schedule(k / steps) is the sparsity after step k: count k from 1 to steps.",
    "a number from 0 to 1": "A schedule takes t from 0 to 1: schedule(k / steps), k from 1 to steps.",
    "KeyError: 'fc": "Begin with masks of ones, one for each of prunable(model).",
    "positional argument": "importance is called as importance(model, batch).",
}

COME_BACK = "A score may be negative, and a weight that is gone scores 0: give keep_top the masks so far, `within=masks`."
NEAR = 0.5 + 1e-6  # half a weight: rounded up or down


def check_prune_iteratively(answer) -> None:
    """`answer(model, importance, schedule, steps, batch)` returns the masks; the model stays as it is."""
    generator = fresh_generator()
    for kind in (shares, signed, blind):
        for words, schedule, steps in (
            ("0.9 t", _linear, 5),
            ("1 - 0.1^t", _exponential, 4),
            ("1 - 0.1^t", _exponential, 1),
        ):
            _pruned(answer, kind, words, schedule, steps, generator)
    passed(
        CHECK,
        "three importances, two schedules, one step and more; each time the network that is left is scored",
    )


def _linear(t: float) -> float:
    return 0.9 * t


def _exponential(t: float) -> float:
    return 1 - 0.1**t


def shares(weights: Tensors) -> Tensors:
    """|w| as a part of its layer's sum: the fewer are left in a layer, the higher they score."""
    return {name: torch.nan_to_num(w.abs() / w.abs().sum()) for name, w in weights.items()}


def signed(weights: Tensors) -> Tensors:
    """w - 3: below 0 nearly everywhere, and lower than what is gone."""
    return {name: torch.where(w != 0, w - 3, torch.zeros_like(w)) for name, w in weights.items()}


def blind(weights: Tensors) -> Tensors:
    """All equal."""
    return {name: torch.zeros_like(w) for name, w in weights.items()}


NAMES = {shares: "|w| / sum of its layer", signed: "negative scores", blind: "all scores 0"}


class Importance:
    """What the answer scores with. `seen`: the state of the network and the scores of each call; `failed`: what was wrong with
    a call.
    """

    def __init__(self, kind, examples):
        self.kind, self.examples, self.seen, self.failed = kind, examples, [], None

    def __call__(self, model, batch):
        try:
            self._look(model, batch)
        except CheckFailed as failed:
            self.failed = failed
            raise
        scores = self.kind(weights_of(model))
        self.seen.append((state(model), scores))
        return {name: score.clone() for name, score in scores.items()}

    def _look(self, model, batch):
        tried = f"call {len(self.seen) + 1} of importance(model, batch)"
        if not isinstance(model, nn.Module):
            fail(
                CHECK,
                tried,
                "a network",
                f"a {type(model).__name__}",
                "apply_masks(model, masks) changes the network in place and returns nothing."
                if model is None
                else "importance(model, batch) scores a network: the one pruned so far.",
            )
        if (
            not isinstance(batch, (tuple, list))
            or len(batch) != 2
            or not all(
                isinstance(part, Tensor) and torch.equal(part, given)
                for part, given in zip(batch, self.examples)
            )
        ):
            fail(
                CHECK,
                tried,
                "the batch that prune_iteratively was given",
                "None" if batch is None else "another one",
                "Pass it on.",
            )
        if not torch.is_grad_enabled():
            fail(
                CHECK,
                tried,
                "gradients switched on",
                "torch.no_grad()",
                "An importance may need gradients: keep no_grad to the masking.",
            )


def _pruned(answer, kind, words: str, schedule, steps: int, generator: torch.Generator) -> None:
    model = network(generator, 5, 9, 7, 4)
    examples, initial = batch(generator, model, 6), state(model)
    importance, tried = (
        Importance(kind, examples),
        f"{NAMES[kind]}, schedule {words}, {steps} step{'s' * (steps > 1)}",
    )
    given = tuple(part.clone() for part in examples)
    try:
        masks = run(CHECK, tried, answer, model, importance, schedule, steps, given, hints=HINTS)
    except CheckFailed as failed:
        raise importance.failed or failed from None
    kept = _masks(tried, masks, {name: initial[name] for name in prunable(model)})
    as_it_was(CHECK, tried, model, initial)
    calls = len(importance.seen)
    if calls < steps:
        gone = ~flat(kept)
        fail(
            CHECK,
            tried,
            f"importance called {steps} times, once a step",
            f"{calls} times",
            "Score with the `importance` that is given."
            if not calls
            else f"The loop ends after step {calls}: k goes from 1 to steps, and the `return` stands after the loop."
            if abs(int(gone.sum()) - schedule(calls / steps) * len(gone)) <= NEAR
            else "Score again in every step: the scores of the dense network say nothing of what is left.",
        )
    _steps(tried, _once_each(importance.seen, steps), kept, initial, schedule, steps)


def _once_each(seen: list, steps: int) -> list:
    """Without the calls about the same network as the call before, if so many are left: to score twice does no harm."""
    once = seen[:1] + [
        (now, scores)
        for (before, _), (now, scores) in zip(seen, seen[1:])
        if not all(torch.equal(before[name], value) for name, value in now.items())
    ]
    return once if len(once) >= steps else seen


def _masks(tried: str, returned, like: Tensors) -> Tensors:
    """`returned` as boolean masks."""
    if not isinstance(returned, dict):
        fail(
            CHECK,
            tried,
            "a dictionary: name -> mask",
            kind_of(returned),
            "The function ends without a `return`." if returned is None else "Return the masks.",
        )
    if set(returned) != set(like):
        fail(
            CHECK,
            tried,
            f"masks for {', '.join(like)}",
            f"for {', '.join(map(str, returned))}",
            "One mask for each prunable weight tensor.",
        )
    for name, mask in returned.items():
        if (
            not isinstance(mask, Tensor)
            or mask.shape != like[name].shape
            or not ((mask == 0) | (mask == 1)).all()
        ):
            fail(
                CHECK,
                tried,
                f"{name}: zeros and ones of shape {tuple(like[name].shape)}",
                f"numbers of shape {tuple(mask.shape)}"
                if isinstance(mask, Tensor)
                else f"a {type(mask).__name__}",
                "A mask says which weights are kept, 1, and which are gone, 0.",
            )
    return {name: returned[name] != 0 for name in like}


def _steps(tried: str, seen: list, kept: Tensors, initial: Tensors, schedule, steps: int) -> None:
    """Each step's masks are what the next call saw, and after the last one what was returned."""
    used = {name: torch.ones_like(mask) for name, mask in kept.items()}
    for k in range(1, steps + 1):
        where, after = f"{tried}, after step {k}", kept
        if k < steps:
            now = seen[k][0]
            after = {name: now[name] != 0 for name in kept}
            if all(torch.equal(now[name], value) for name, value in initial.items()):
                _counted(f"{tried}, at the end", kept, schedule, steps, steps)
                fail(
                    CHECK,
                    where,
                    "the network scored as it is pruned so far",
                    "the dense network scored again",
                    "The masks must be in the network before it is scored: apply_masks(copy, masks).",
                )
            for name, value in initial.items():
                if not torch.equal(now[name], value * after[name] if name in after else value):
                    fail(
                        CHECK,
                        where,
                        "the network scored as it is pruned so far",
                        f"another {name}",
                        "The weights that are left keep their values, and so do the biases.",
                    )
        for name in kept:
            if (after[name] & ~used[name]).any():
                fail(
                    CHECK,
                    where,
                    "what is gone stays gone",
                    f"weights of {name} that were gone are kept again",
                    COME_BACK,
                )
        _counted(where, after, schedule, k, steps, used, seen[k - 1][1])
        _best(where, seen[k - 1][1], used, after)
        used = after


def _best(where: str, scores: Tensors, used: Tensors, after: Tensors) -> None:
    values, before, now = flat(scores), flat(used), flat(after)
    went, stays = values[before & ~now], values[now]
    if len(went) and len(stays) and went.max() > stays.min():
        each = all(
            not len(score[used[name] & ~after[name]])
            or not len(score[after[name]])
            or score[used[name] & ~after[name]].max() <= score[after[name]].min()
            for name, score in scores.items()
        )
        fail(
            CHECK,
            where,
            "the highest scores of this step kept, all layers together",
            "others kept",
            "Each layer is ranked by itself."
            if each
            else "Are they the scores of this step, and high = keep?",
        )


def _counted(
    where: str,
    after: Tensors,
    schedule,
    k: int,
    steps: int,
    used: Tensors | None = None,
    scores: Tensors | None = None,
) -> None:
    """As many are gone as the schedule says. `used` are the masks before step k, where they are known, `scores` those of the step."""
    now = flat(after)
    n, gone = len(now), int((~now).sum())
    if abs(gone - schedule(k / steps) * n) <= NEAR:
        return
    before = int((~flat(used)).sum()) if used else None
    mistakes = {
        "No more are gone than after the step before: the sparsity after step k is schedule(k / steps).": before
        or -n,
        "The sparsity after step k of the steps is schedule(k / steps), k from 1: it looks as if k began with 0.": schedule(
            (k - 1) / steps
        )
        * n,
        "The schedule says how many are gone. It looks as if as many were kept.": n
        - schedule(k / steps) * n,
        "All at once, in the first step. The schedule says how much in each.": schedule(1.0) * n,
        "That is the linear schedule: use the one that is given.": schedule(1.0) * k / steps * n,
    }
    if before:
        mistakes[
            "schedule(t) is the sparsity of the whole network, gone weights included, not of the survivors."
        ] = before + schedule(k / steps) * (n - before)
        lowest = torch.zeros_like(now)
        lowest[flat(scores).topk(round(schedule(k / steps) * n), largest=False).indices] = True
        mistakes[COME_BACK] = int((lowest | ~flat(used)).sum())
    sparsity = schedule(k / steps)
    fail(
        CHECK,
        where,
        f"schedule({k}/{steps}) = {sparsity:.4g} of {n} weights gone: {round(sparsity * n)}",
        f"{gone}",
        next(
            (words for words, value in mistakes.items() if abs(gone - value) <= NEAR),
            "Exactly as many as the schedule says, also when scores are equal.",
        ),
    )


def flat(tensors: Tensors) -> Tensor:
    """All entries in one vector."""
    return torch.cat([tensor.flatten() for tensor in tensors.values()])
