"""Does `fine_tune` keep the zeros, follow its schedule, and choose its epoch on validation data?

The answer trains a tiny network on data that spy on it: whenever it asks for a batch, the network
is looked at. The optimizer cannot be seen from there: `with_optimizer_seen` watches it next to the
answer.
"""

import copy
import math
from collections.abc import Sequence

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR

from utils.checks.compare import NO_RETURN, alike
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.in_student import in_student
from utils.model import evaluate, train

BATCHES, LR = 6, 0.03
HALF = f"half a cosine, from {LR} to 0"
PASSES = 'train() makes one pass: call it once for each epoch, with dataloader["train"].'
EVERY_STEP = (
    "The mask must be put back after every step: callbacks=[lambda: pruner.apply(model)]. Once an "
    "epoch is too late."
)
T_MAX = (
    "train() steps the scheduler after every batch, so T_max counts batches: "
    'epochs * len(dataloader["train"]).'
)
COPY = "state_dict() shares its memory with the model: copy.deepcopy the best, load it at the end."
AT_ONCE = "`callbacks=[pruner.apply(model)]` calls it once, now: put `lambda:` before it."


def sgd(parameters, lr):
    return torch.optim.SGD(parameters, lr=lr, momentum=0.9, weight_decay=1e-4)


@steps
def tune_with(
    optimizer=sgd,
    scheduler=lambda optimizer, epochs, batches: CosineAnnealingLR(optimizer, epochs * batches),
    part="train",
    passes=lambda epochs: epochs,
    callbacks=lambda pruner, model: [lambda: pruner.apply(model)],
    every_epoch=False,
    judge="validation",
    better=lambda accuracy, best: accuracy > best,
    keep=copy.deepcopy,
    load=nn.Module.load_state_dict,
    result=lambda accuracies: accuracies,
):
    def answer(model, pruner, dataloader, epochs, lr=0.05):
        optimize = optimizer(model.parameters(), lr)
        schedule = scheduler(optimize, epochs, len(dataloader["train"]))
        best, state, accuracies = -1.0, {}, []
        for _ in range(passes(epochs)):
            loss, calls = nn.functional.cross_entropy, callbacks(pruner, model)
            train(model, dataloader[part], loss, optimize, schedule, calls)
            if every_epoch:
                pruner.apply(model)
            accuracies.append(evaluate(model, dataloader[judge]))
            if better(accuracies[-1], best):
                best, state = accuracies[-1], keep(model.state_dict())
        load(model, state)
        return result(accuracies)

    return answer


MISTAKES = [
    (EVERY_STEP, tune_with(callbacks=lambda *_: [])),
    (EVERY_STEP, tune_with(callbacks=lambda *_: [], every_epoch=True)),
    (T_MAX, tune_with(scheduler=lambda optimizer, epochs, _: CosineAnnealingLR(optimizer, epochs))),
    (
        "The learning rate does not fall: give train() a scheduler.",
        tune_with(scheduler=lambda *_: None),
    ),
    (
        "T_max is too long: the learning rate reaches 0 at the end of the run.",
        tune_with(
            scheduler=lambda optimizer, epochs, n: CosineAnnealingLR(optimizer, 2 * epochs * n)
        ),
    ),
    (
        "That is a straight line: a cosine falls slowly at first and at the end.",
        tune_with(scheduler=lambda optimizer, epochs, n: LinearLR(optimizer, 1, 0, epochs * n)),
    ),
    ("The argument `lr` is not used.", tune_with(optimizer=lambda p, lr: sgd(p, 0.05))),
    ("SGD is asked for.", tune_with(optimizer=lambda p, lr: torch.optim.Adam(p, lr=lr))),
    ("The momentum is missing: 0.9.", tune_with(optimizer=lambda p, lr: torch.optim.SGD(p, lr=lr))),
    (
        "An epoch chosen on test data makes the test accuracy too good to be true. Choose on "
        'dataloader["validation"].',
        tune_with(judge="test"),
    ),
    ('Measure on dataloader["validation"], not on the training data.', tune_with(judge="train")),
    (COPY, tune_with(load=lambda model, state: None)),
    (COPY, tune_with(keep=lambda state: state)),
    ("The worst epoch was kept.", tune_with(better=lambda a, best: best < 0 or a < best)),
    (PASSES, tune_with(passes=lambda epochs: epochs + 1)),
    (PASSES, tune_with(part="validation")),
    (NO_RETURN, tune_with(result=lambda accuracies: None)),
    ("All accuracies are asked for, not the best one.", tune_with(result=max)),
    ("Accuracies are in percent.", tune_with(result=lambda found: [a / 100 for a in found])),
    (AT_ONCE, tune_with(callbacks=lambda pruner, model: [pruner.apply(model)])),
]


def cases(generator: torch.Generator) -> list[Case]:
    found = []
    for epochs, best in ((3, 2), (4, 1)):
        model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(0.5 * torch.randn(p.shape, generator=generator))
        masks = {
            name: torch.rand(p.shape, generator=generator) < 0.4
            for name, p in model.named_parameters()
            if p.dim() > 1
        }
        words = f"{epochs} epochs of {BATCHES} batches, lr {LR}"
        found.append(case(words, model=model, masks=masks, epochs=epochs, best=best))
    return found


def watched(answer, model, masks, epochs, best) -> dict:
    pruner, spies = Pruner(masks), Spies(model, masks, torch.Generator().manual_seed(0), best)
    pruner.apply(model)
    loaders = spies.loaders
    returned, seen = with_optimizer_seen(answer, model, pruner, loaders, epochs, LR)
    final = model.state_dict()
    return {
        "returned": returned,
        "steps": seen,
        "came back": spies.came_back,
        "test used": spies.test_used,
        "weights of": [epoch for epoch, state in spies.after.items() if alike(state, dict(final))],
    }


@in_student
def with_optimizer_seen(answer, *arguments) -> tuple:
    """What the answer returns; and of each step of an optimizer its kind and learning rate."""
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    seen = []

    def look(optimizer, *_):
        group = optimizer.param_groups[0]
        kind = f"{type(optimizer).__name__}, momentum {group.get('momentum')}"
        seen.append([kind, float(group["lr"])])

    hook = register_optimizer_step_pre_hook(look)
    try:
        return answer(*arguments), seen
    finally:
        hook.remove()


class Pruner:
    """What a FineGrainedPruner does, as far as fine-tuning needs it."""

    def __init__(self, masks):
        self.masks = masks

    @torch.no_grad()
    def apply(self, model):
        for name, p in model.named_parameters():
            if name in self.masks:
                p.mul_(self.masks[name])


class Spies:
    """Dataloaders that note what is done. The labels fit the network of the epoch `best`."""

    def __init__(self, model, masks, generator, best=1):
        self.model, self.masks, self.best = model, masks, best
        self.epoch = self.came_back = self.test_used = 0
        self.after = {}  # epoch -> the model's state when it was validated
        self.x = torch.randn(BATCHES * 8, 6, generator=generator)
        self.y = torch.randint(0, 3, (BATCHES * 8,), generator=generator)
        self.loaders = {
            "train": Loader(self._train, BATCHES),
            "validation": Loader(self._validation, 1),
            "test": Loader(self._test, 1),
        }

    def _train(self):
        self.epoch += 1
        for x, y in zip(self.x.split(8), self.y.split(8)):
            parameters = dict(self.model.named_parameters())
            gone = sum(int((parameters[n][~mask] != 0).sum()) for n, mask in self.masks.items())
            self.came_back = max(self.came_back, gone)
            yield x, y

    def _validation(self):
        self.after[self.epoch] = copy.deepcopy(dict(self.model.state_dict()))
        with torch.no_grad():
            labels = self.model(self.x).argmax(1)
        yield self.x, labels if self.epoch == self.best else (labels + 1) % 3

    def _test(self):
        self.test_used += 1
        yield self.x, self.y


class Loader:
    def __init__(self, batches, length):
        self.batches, self.length = batches, length

    def __iter__(self):
        return self.batches()

    def __len__(self):
        return self.length


# --- what is compared


def half_a_cosine(rates: Sequence[float], epochs: int) -> bool:
    """By the step or by the epoch, with 0 at the last one or after it."""
    n = len(rates)
    times = [[step / (n - less) for step in range(n)] for less in (0, 1)]
    times += [[step // BATCHES / (epochs - less) for step in range(n)] for less in (0, 1)]
    return any(
        all(abs(r / LR - (1 + math.cos(math.pi * t)) / 2) < 0.02 for r, t in zip(rates, each))
        for each in times
    )


def read(outcome: Outcome, case: Case) -> dict:
    """The facts, in the order in which they are shown: what was looked at -> what was found."""
    seen, epochs = outcome.returned, case.arguments["epochs"]
    kinds, rates = zip(*seen["steps"]) if seen["steps"] else ((), ())
    curve = ", ".join(f"{rate:.3f}" for rate in rates[:10]) + ", ..."
    which = {case.arguments["best"]: "those of the best epoch", epochs: "those of the last epoch"}
    kept = [words for epoch, words in which.items() if epoch in seen["weights of"]]
    return {
        "steps of the optimizer": len(kinds),
        "pruned weights that had come back before a step": "yes" if seen["came back"] else "none",
        "the optimizer": " and ".join(sorted(set(kinds))),
        "the learning rate": HALF if half_a_cosine(rates, epochs) else curve,
        'dataloader["test"]': "used" if seen["test used"] else "not used",
        "the accuracies returned": seen["returned"],
        "the weights at the end": (kept or ["others"])[0],
    }


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    right, came = read(expected, case), read(got, case)
    what = next(what for what in right if not alike(came[what], right[what]))
    return f"{case.words}: {what}", str(right[what]), str(came[what])


check_fine_tune = Exercise(
    name="fine_tune",
    right=tune_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="steps, zeros kept at each of them, learning rate, validation data, the best epoch",
    ask=watched,
    read=read,
    show=show,
    hints={
        "leaf Variable that requires grad": "pruner.apply must run under torch.no_grad().",
        "'NoneType' object is not callable": AT_ONCE,
    },
    changes=("model",),
)
