"""Does `fine_tune` keep the zeros, follow its schedule, and choose its epoch on validation data?

The answer trains a tiny network on data that spy on it: whenever it asks for a batch, the network
is looked at. What an optimizer did between two looks is computed again here. What it calls itself
is only seen next to the answer, by `with_optimizer_seen`: that names a mistake, and proves nothing.

| the statement | what is looked at |
|---|---|
| trains `model` in place | the weights before the first step and at the end |
| with the cross-entropy loss | the first step goes along its gradient; the mode of the network |
| `epochs` passes over the training data | steps of the optimizer; hidden: one epoch |
| the zeros are put back after every step | the pruned weights, before each batch and validation |
| SGD, momentum 0.9, cosine from `lr` to 0 once | the optimizer; how far each step went |
| validation accuracies, one for each epoch | what is returned: right in eval mode alone |
| the weights of the best epoch, of equal ones any | the weights at the end, BatchNorm's too |
| the test data are not touched | whether they were asked for |
"""

import copy
import math
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR

from utils.checks.compare import NO_RETURN, alike, copied
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.in_student import in_student
from utils.checks.inputs import draw
from utils.model import evaluate, train

BATCHES = 6
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
HALF, ALONG = "half a cosine, from {} to 0", "along the gradient of the cross-entropy"
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
STILL = "none"
BEST = "those of the best epoch"
OWN_STEP = "train() steps the scheduler already: no scheduler.step() in your own loop."
ALL_STATE = (
    "BatchNorm's running statistics belong to the best epoch too: they are buffers, and only "
    "state_dict() has them."
)
EVAL = "BatchNorm computes other outputs in train mode: model.eval() before measuring."
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
    loss=nn.functional.cross_entropy,
    once=True,
    after=lambda schedule: None,
    accuracy=evaluate,
):
    def answer(model, pruner, dataloader, epochs, lr=0.05):
        batches = len(dataloader["train"])

        def start(epochs):
            optimize = optimizer(model.parameters(), lr)
            return optimize, scheduler(optimize, epochs, batches)

        running, best, state, accuracies = start(epochs), -1.0, {}, []
        for _ in range(passes(epochs)):
            optimize, schedule = running if once else start(1)
            calls = callbacks(pruner, model)
            train(model, dataloader[part], loss, optimize, schedule, calls)
            after(schedule)
            if every_epoch:
                pruner.apply(model)
            accuracies.append(accuracy(model, dataloader[judge]))
            if better(accuracies[-1], best):
                best, state = accuracies[-1], keep(model.state_dict())
        load(model, state)
        return result(accuracies)

    return answer


def in_train_mode(model, dataloader):
    """Puts train mode back before each batch, as if eval() had never been called."""
    return evaluate(model, ((model.train() and x, y) for x, y in dataloader))


def parameters_alone(state):
    return copy.deepcopy({n: value for n, value in state.items() if not n.endswith(STATISTICS)})


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
    ("The schedule runs once, over all epochs: make it before the loop.", tune_with(once=False)),
    (OWN_STEP, tune_with(after=lambda schedule: schedule.step())),
    ("The argument `lr` is not used.", tune_with(optimizer=lambda p, lr: sgd(p, 0.05))),
    ("SGD is asked for.", tune_with(optimizer=lambda p, lr: torch.optim.Adam(p, lr=lr))),
    ("The momentum is missing: 0.9.", tune_with(optimizer=lambda p, lr: torch.optim.SGD(p, lr=lr))),
    (
        "All parameters are trained: biases and BatchNorm too.",
        tune_with(optimizer=lambda ps, lr: sgd([p for p in ps if p.dim() > 1], lr)),
    ),
    (
        "cross_entropy takes the network's outputs themselves: its softmax is inside.",
        tune_with(loss=lambda z, y: nn.functional.cross_entropy(z.softmax(1), y)),
    ),
    (
        "The loss is the cross-entropy, not the squared error.",
        tune_with(loss=lambda z, y: nn.functional.mse_loss(z, nn.functional.one_hot(y, 3).float())),
    ),
    (
        "The loss is the plain cross-entropy: its mean over the batch, without label_smoothing.",
        tune_with(loss=lambda z, y: nn.functional.cross_entropy(z, y, reduction="sum")),
    ),
    (EVAL, tune_with(accuracy=in_train_mode)),
    (
        ALL_STATE,
        tune_with(keep=parameters_alone, load=lambda m, state: m.load_state_dict(state, False)),
    ),
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


def tuning(generator, epochs: int, best: Sequence[int], lr: float) -> Case:
    """A pruned network in eval mode. best: the epochs whose network the validation labels fit."""
    model = nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 3))
    draw(model, generator)
    masks = {
        name: torch.rand(p.shape, generator=generator) < 0.4
        for name, p in model.named_parameters()
        if p.dim() > 1
    }
    words = f"{epochs} epochs of {BATCHES} batches, lr {lr}"
    given = {"model": model.eval(), "masks": masks, "epochs": epochs, "best": best, "lr": lr}
    return case(words, **given)


def cases(generator: torch.Generator) -> list[Case]:
    return [tuning(generator, 3, [2], 0.03), tuning(generator, 4, [1], 0.03)]


def watched(answer, model, masks, epochs, best, lr) -> dict:
    pruner = Pruner(masks)
    pruner.apply(model)
    spies = Spies(model, masks, torch.Generator().manual_seed(0), best, lr)
    returned, seen = with_optimizer_seen(answer, model, pruner, spies.loaders, epochs, lr)
    final = dict(model.state_dict())
    looks_right = half_a_cosine([rate for _, rate in seen], epochs, lr) and spies.found_nothing()
    return {
        "returned": returned,
        "steps": seen,
        "came back": spies.came_back,
        "start": spies.as_given,
        "first step": spies.first_step,
        "rates": spies.rates() if looks_right else "not looked at",
        "eval mode": spies.eval_mode,
        "test used": spies.test_used,
        "other than at the end": {
            epoch: [n for n in state if not alike(state[n], final.get(n), rtol=0, atol=0)]
            for epoch, state in spies.after.items()
        },
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
    """Dataloaders that note what is done. The labels fit the network of the epochs `best`."""

    def __init__(self, model, masks, generator, best, lr):
        self.model, self.masks, self.best, self.lr = model, masks, best, lr
        self.epoch = self.came_back = self.eval_mode = self.test_used = 0
        self.first_step, self.as_given = STILL, True
        self.given, self.path = copied(dict(model.state_dict())), []
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
        wanted = self._first_step() if self.epoch == 1 else {}
        for number, (x, y) in enumerate(zip(self.x.split(8), self.y.split(8))):
            self._look_for_zeros()
            if not self.path:
                self.as_given = alike(dict(self.model.state_dict()), self.given, rtol=0, atol=0)
            self.path.append((copied(dict(self.model.named_parameters())), number))
            if number == 1:
                self.eval_mode += not self.model[1].training
                if wanted:
                    self._judge(wanted)
            yield x, y

    def _look_for_zeros(self):
        parameters = dict(self.model.named_parameters())
        gone = sum(int((parameters[n][~mask] != 0).sum()) for n, mask in self.masks.items())
        self.came_back = max(self.came_back, gone)

    def _first_step(self):
        """By name: the parameters, and how far plain gradient descent moves them."""
        twin = copied(self.model).train()
        loss = nn.functional.cross_entropy(twin(self.x[:8]), self.y[:8])
        parameters = dict(twin.named_parameters())
        found = torch.autograd.grad(loss, list(parameters.values()))
        return {
            name: (p.detach(), -self.lr * grad * self.masks.get(name, torch.tensor(True)))
            for (name, p), grad in zip(parameters.items(), found)
        }

    def _judge(self, wanted):
        """Whether each parameter has gone this way, but for a little weight decay."""
        self.first_step, parameters = ALONG, dict(self.model.named_parameters())
        if all(torch.equal(parameters[name], before) for name, (before, _) in wanted.items()):
            self.first_step = STILL
            return
        for name, (before, step) in reversed(wanted.items()):
            moved = parameters[name].detach() - before
            if not (moved - step).norm() <= 0.1 * step.norm() + 0.01 * self.lr * before.norm():
                part = float((moved * step).sum() / step.square().sum())
                self.first_step = f"{name}: another way, {part:.2f} of it along this gradient"

    def found_nothing(self) -> bool:
        wrong = self.came_back or self.eval_mode or self.test_used
        return self.as_given and self.first_step == ALONG and not wrong

    def rates(self) -> list[float] | str:
        """The learning rate of each step, if it was one of SGD with momentum 0.9; words if one was
        not. A little weight decay is let through."""
        twin, velocity, found = copied(self.model).train(), torch.zeros(()), []
        ones = {name: torch.ones_like(p) for name, p in twin.named_parameters()}
        there = flat(ones | self.masks)
        for (before, number), (after, _) in pairwise(self.path):
            start, moved = flat(before), flat(after) - flat(before)
            if number is None:
                if moved.any():
                    return "the weights were changed between two epochs"
                continue
            twin.load_state_dict(before, strict=False)
            x, y = self.x.split(8)[number], self.y.split(8)[number]
            loss = nn.functional.cross_entropy(twin(x), y)
            gradient = torch.cat(
                [g.flatten() for g in torch.autograd.grad(loss, list(twin.parameters()))]
            )
            velocity = 0.9 * velocity + gradient
            near = 0.01 * self.lr * start.norm()
            way = velocity * there
            rate = -float(moved @ way) / float(way @ way)
            if not (moved + rate * way).norm() <= 0.1 * self.lr * way.norm() + near:
                return f"step {len(found) + 1} went another way"
            found.append(rate)
        return found

    def _validation(self):
        self._look_for_zeros()
        self.path.append((copied(dict(self.model.named_parameters())), None))
        self.after[self.epoch] = copied(dict(self.model.state_dict()))
        x = 2 * self.x + 1
        with torch.no_grad():
            labels = copied(self.model).eval()(x).argmax(1)
        yield x, labels if self.epoch in self.best else (labels + 1) % 3

    def _test(self):
        self.test_used += 1
        yield self.x, self.y


def flat(tensors):
    return torch.cat([tensor.detach().flatten() for tensor in tensors.values()])


class Loader:
    def __init__(self, batches, length):
        self.batches, self.length = batches, length

    def __iter__(self):
        return self.batches()

    def __len__(self):
        return self.length


# --- what is compared


def half_a_cosine(rates: Sequence[float], epochs: int, lr: float) -> bool:
    """By the step or by the epoch, with 0 at the last one or after it."""
    n = len(rates)
    times = [[step / max(1, n - less) for step in range(n)] for less in (0, 1)]
    times += [[step // BATCHES / max(1, epochs - less) for step in range(n)] for less in (0, 1)]
    return any(
        all(abs(r / lr - (1 + math.cos(math.pi * t)) / 2) < 0.02 for r, t in zip(rates, each))
        for each in times
    )


def read(outcome: Outcome, case: Case) -> dict:
    """The facts, in the order in which they are shown: what was looked at -> what was found."""
    seen, (_, _, epochs, best, lr) = outcome.returned, case.arguments.values()
    kinds, rates = zip(*seen["steps"]) if seen["steps"] else ((), ())
    curve = ", ".join(f"{rate:.3f}" for rate in rates[:10]) + ", ..."
    return {
        "steps of the optimizer": len(kinds),
        "pruned weights that had come back": "yes" if seen["came back"] else "none",
        "the optimizer": " and ".join(sorted(set(kinds))),
        "the learning rate": HALF.format(lr) if half_a_cosine(rates, epochs, lr) else curve,
        "`model`": "trained" if seen["first step"] != STILL else "the same before and after a step",
        "its mode while it was trained": f"in {'eval' if seen['eval mode'] else 'train'} mode",
        "the network before the first step": "as given" if seen["start"] else "another",
        "the first step": seen["first step"],
        "what the steps did": steps_of(seen["rates"], epochs, lr),
        'dataloader["test"]': "used" if seen["test used"] else "not used",
        "the accuracies returned": seen["returned"],
        "the weights at the end": whose(seen["other than at the end"], best),
    }


def steps_of(rates: list[float] | str, epochs: int, lr: float) -> str:
    if isinstance(rates, str):
        return rates
    if half_a_cosine(rates, epochs, lr):
        return f"{len(rates)} of SGD with momentum 0.9, at the rates of the cosine"
    return "at rates of " + ", ".join(f"{rate:.3f}" for rate in rates[:10]) + ", ..."


def whose(differ: dict[int, list[str]], best: Sequence[int]) -> str:
    """differ: epoch -> what was other then than it is at the end."""
    found = [epoch for epoch, names in differ.items() if not names]
    if found:
        return BEST if set(found) & set(best) else f"those of epoch {found[0]}"
    near = [epoch for epoch, names in differ.items() if all(n.endswith(STATISTICS) for n in names)]
    return f"those of epoch {near[0]}, with other running statistics" if near else "others"


SYMPTOMS = {
    "`model`": "Train `model` itself, not a copy of it.",
    "its mode while it was trained": "`evaluate` puts the network in eval mode: model.train() at "
    "the start of each epoch (train() does it).",
    "the optimizer": "SGD with a momentum of 0.9 is asked for.",
    "the learning rate": "One cosine from `lr` to 0 over the whole run: CosineAnnealingLR.",
    "the network before the first step": "Start from the weights that `model` has.",
    "what the steps did": "Nothing but SGD with a momentum of 0.9, at the rates of one cosine, "
    "and the pruner changes the weights.",
    "the first step": "The loss is nn.functional.cross_entropy of the network's outputs, and all "
    "parameters are trained.",
}


def first_wrong(case: Case, expected: Outcome, got: Outcome) -> str:
    right, came = read(expected, case), read(got, case)
    return next(what for what in right if not alike(came[what], right[what]))


def seen_first(what: str, case: Case, expected: Outcome, got: Outcome) -> bool:
    return what == first_wrong(case, expected, got)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    what = first_wrong(case, expected, got)
    right, came = read(expected, case), read(got, case)
    return f"{case.words}: {what}", str(right[what]), str(came[what])


check_fine_tune = Exercise(
    name="fine_tune",
    right=tune_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="steps, zeros kept, optimizer, learning rate, loss, validation data, the best epoch",
    ask=watched,
    read=read,
    show=show,
    hints={
        "leaf Variable that requires grad": "pruner.apply must run under torch.no_grad().",
        "'NoneType' object is not callable": AT_ONCE,
    },
    changes=("model",),
    symptoms=[(sentence, partial(seen_first, what)) for what, sentence in SYMPTOMS.items()],
)
