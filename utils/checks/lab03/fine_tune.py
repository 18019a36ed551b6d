"""Does a fine-tuning loop keep the zeros, lower the learning rate once, and choose its epoch on validation data?

The answer trains a tiny network on data that spy on it: whenever it asks for a batch, the network is looked at. Only the
learning rate cannot be seen from there; `with_learning_rates` watches it beside the answer.
"""

import copy

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from utils.checks.fresh import fresh_generator
from utils.checks.in_student import in_student
from utils.checks.report import fail, passed, run

CHECK = "check_fine_tune"
EPOCHS, BATCHES, LR = 3, 6, 0.05
BEST = 2  # the epoch after which the validation labels agree with the network
HINTS = {"leaf Variable that requires grad": "pruner.apply must run under torch.no_grad()."}


def check_fine_tune(answer) -> None:
    """`answer(model, pruner, dataloader, epochs, lr)` fine-tunes in place and returns the validation accuracies."""
    seen = observe(answer, fresh_generator())
    tried = f"{EPOCHS} epochs of {BATCHES} batches"
    if seen["steps"] != EPOCHS * BATCHES:
        fail(
            CHECK,
            tried,
            f"{EPOCHS * BATCHES} optimizer steps",
            f"{seen['steps']}",
            'train() makes one pass over the data: call it once for each epoch, with dataloader["train"].',
        )
    if seen["came_back"]:
        fail(
            CHECK,
            tried,
            "every pruned weight 0 before each step",
            f"up to {seen['came_back']} had come back",
            "The mask must be put back after every step: train(..., callbacks=[lambda: pruner.apply(model)]). Once an epoch is too late, "
            "and `callbacks=[pruner.apply(model)]` calls it once, now, and passes None.",
        )
    _check_learning_rate(seen["lrs"], tried)
    if seen["test_used"]:
        fail(
            CHECK,
            tried,
            'dataloader["test"] never used',
            f"used {seen['test_used']} times",
            'An epoch chosen on the test data makes the test accuracy too good to be true. Choose on dataloader["validation"].',
        )
    _check_accuracies(seen["returned"], tried)
    _check_best(seen)
    passed(
        CHECK,
        "steps, zeros kept at each of them, learning rate, validation data, the best epoch's weights",
    )


def observe(answer, generator: torch.Generator) -> dict:
    """Run the answer on spies; return what was seen."""
    model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(0.5 * torch.randn(p.shape, generator=generator))
    masks = {
        name: torch.rand(p.shape, generator=generator) < 0.4
        for name, p in model.named_parameters()
        if p.dim() > 1
    }
    pruner = _Pruner(masks)
    pruner.apply(model)
    data = _Spies(model, masks, generator)
    tried = f"fine_tune(model, pruner, dataloader, {EPOCHS}, {LR})"
    returned, lrs = run(
        CHECK,
        tried,
        with_learning_rates,
        answer,
        model,
        pruner,
        data.loaders,
        EPOCHS,
        LR,
        hints=HINTS,
    )
    final = model.state_dict()
    same = [
        epoch
        for epoch, state in data.after.items()
        if all(torch.equal(state[name], final[name]) for name in final)
    ]
    return {
        "steps": len(lrs),
        "lrs": lrs,
        "came_back": data.came_back,
        "test_used": data.test_used,
        "returned": [float(a) for a in returned]
        if isinstance(returned, (list, tuple))
        else repr(returned),
        "final_is_epoch": same,
    }


@in_student
def with_learning_rates(answer, *arguments) -> tuple:
    """What the answer returns, and the learning rate of every step that an optimizer made meanwhile."""
    lrs = []
    hook = register_optimizer_step_pre_hook(
        lambda optimizer, *_: lrs.append(optimizer.param_groups[0]["lr"])
    )
    try:
        return answer(*arguments), lrs
    finally:
        hook.remove()


class _Pruner:
    """What a FineGrainedPruner does, as far as fine-tuning needs it."""

    def __init__(self, masks):
        self.masks = masks

    @torch.no_grad()
    def apply(self, model):
        for name, p in model.named_parameters():
            if name in self.masks:
                p.mul_(self.masks[name])


class _Spies:
    """A dataloader dictionary that notes what is done with it."""

    def __init__(self, model, masks, generator):
        self.model, self.masks = model, masks
        self.epoch = self.came_back = self.test_used = 0
        self.after = {}  # epoch -> the model's state when it was validated
        self.x = torch.randn(BATCHES * 8, 6, generator=generator)
        self.y = torch.randint(0, 3, (BATCHES * 8,), generator=generator)
        self.loaders = {
            "train": _Loader(self._train, BATCHES),
            "validation": _Loader(self._validation, 1),
            "test": _Loader(self._test, 1),
        }

    def _train(self):
        self.epoch += 1
        for x, y in zip(self.x.split(8), self.y.split(8)):
            parameters = dict(self.model.named_parameters())
            self.came_back = max(
                self.came_back,
                sum(int((parameters[name][~mask] != 0).sum()) for name, mask in self.masks.items()),
            )
            yield x, y

    def _validation(self):
        self.after[self.epoch] = copy.deepcopy(self.model.state_dict())
        with torch.no_grad():
            labels = self.model(self.x).argmax(1)
        yield self.x, labels if self.epoch == BEST else (labels + 1) % 3

    def _test(self):
        self.test_used += 1
        yield self.x, self.y


class _Loader:
    def __init__(self, batches, length):
        self.batches, self.length = batches, length

    def __iter__(self):
        return self.batches()

    def __len__(self):
        return self.length


def _check_learning_rate(lrs: list[float], tried: str) -> None:
    if abs(lrs[0] - LR) > 1e-9:
        fail(CHECK, f"the learning rate of the first step, lr={LR}", f"{LR}", f"{lrs[0]:.4g}")
    rises = [step for step in range(1, len(lrs)) if lrs[step] > lrs[step - 1] + 1e-12]
    if rises:
        fail(
            CHECK,
            f"the learning rate over {tried}",
            "it only falls",
            f"it rises again at step {rises[0]}: "
            + ", ".join(f"{lr:.3f}" for lr in lrs[:10])
            + ", ...",
            'train() steps the scheduler after every batch, so T_max counts batches: T_max = epochs * len(dataloader["train"]).',
        )
    if lrs[-1] > LR / 2:
        fail(
            CHECK,
            f"the learning rate over {tried}",
            "it falls towards 0",
            f"{lrs[-1]:.4g} at the last step",
            'Give train() a CosineAnnealingLR with T_max = epochs * len(dataloader["train"]).',
        )


def _check_accuracies(returned, tried: str) -> None:
    if not isinstance(returned, list) or len(returned) != EPOCHS:
        fail(
            CHECK,
            tried,
            f"a list of {EPOCHS} validation accuracies, one for each epoch",
            str(returned),
        )
    expected = [100.0 if epoch == BEST else 0.0 for epoch in range(1, EPOCHS + 1)]
    if any(abs(a - b) > 1e-3 for a, b in zip(returned, expected)):
        fail(
            CHECK,
            "the validation accuracies returned",
            str(expected),
            str(returned),
            'Evaluate on dataloader["validation"] after each epoch.',
        )


def _check_best(seen: dict) -> None:
    if BEST in seen["final_is_epoch"]:
        return
    last = EPOCHS in seen["final_is_epoch"]
    fail(
        CHECK,
        f"validation accuracies {seen['returned']}: the model afterwards",
        f"the weights of epoch {BEST}",
        f"the weights of epoch {EPOCHS}, the last" if last else "other weights",
        "Load the best epoch's weights at the end. state_dict() shares its memory with the model: copy.deepcopy it when you keep it."
        if last
        else "",
    )
