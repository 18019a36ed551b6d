"""No check is passed by an answer that wrecks its arguments and returns something trivial."""

import json
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.release import hostile
from tests.grader.checker.boxes import session_of
from tests.grader.tiny import cell
from utils.checks import lab02, lab03, lab04, lab05, lab06
from utils.checks.exercise import Exercise
from utils.checks.in_student import in_student
from utils.checks.report import CheckFailed

ROOT = Path(__file__).parents[3]
READS = ("solutions",)
RUNS = ("solutions",)
LABS = sorted(path.parent.name for path in (ROOT / "solutions").glob("*/*.ipynb"))
CHECKS = {
    name.removeprefix("check_"): check
    for room in (lab02, lab03, lab04, lab05, lab06)
    for name, check in vars(room).items()
    if isinstance(check, Exercise)
}
OPENING = "import math\nimport torch\nfrom torch import nn"


@pytest.mark.parametrize("lab", LABS)
def test_no_hostile_answer_passes_a_check_of_a_lab(lab):
    text = (ROOT / "solutions" / lab / f"{lab}.ipynb").read_text(encoding="utf-8")
    assert hostile.complaints(json.loads(text)) == []


def lab(answer, check):
    """A lab with one exercise, f."""
    return {
        "cells": [
            cell("code", "setup", OPENING, locked=True),
            cell("code", "f", answer, solution=True),
            cell("code", "check_f", check, grade=True, locked=True, points=1),
        ]
    }


SUM = "def f(x):\n    return x.sum()"
SIZES = "def f(model):\n    return {n: p.abs() for n, p in model.named_parameters()}"
LOSS = "def f(loss, x):\n    return loss(x)"
WEAK = [  # (answer, check, what passes it)
    (
        SUM,
        "x = torch.ones(3)\nassert torch.equal(f(x), x.sum())",
        "zeroes its arguments and returns zeros like the right ones",
    ),
    (
        SUM,
        "assert not abs(float(f(torch.ones(3))) - 3) > 0.1",
        "leaves alone its arguments and returns NaN",
    ),
    (
        SIZES,
        "model = nn.Linear(2, 2)\nfound = f(model)\n"
        "for n, p in model.named_parameters():\n    assert torch.equal(found[n], p.abs())",
        "zeroes its arguments and returns zeros like the right ones",
    ),
    (
        SIZES,
        "model, found = nn.Linear(2, 2), None\nfound = f(model)\n"
        "assert len(found) == len(list(model.parameters()))",
        "leaves alone its arguments and returns zeros like the right ones",
    ),
    (
        "def f(numbers):\n    return sum(numbers)",
        "numbers = [1, 2]\nassert f(numbers) == sum(numbers)",
        "zeroes its arguments and returns zeros like the right ones",
    ),
    (
        "def f(model, x):\n    return model(x)",
        "model, x = nn.Linear(2, 2), torch.ones(1, 2)\n"
        "assert torch.equal(f(model, x), model(torch.ones(1, 2)))",
        "zeroes its arguments and returns zeros like the right ones",
    ),
    (
        "def f(model, x):\n    return model(x)",
        "model, x = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid()), torch.ones(1, 2)\n"
        "w = model[0].weight.detach().clone()\ny = f(model, x)\n"
        "assert torch.equal(model[0].weight, w) and torch.equal(y, model(torch.ones(1, 2)))",
        "silences the networks among its arguments and returns zeros like the right ones",
    ),
]


@pytest.mark.parametrize("answer, check, passed", WEAK)
def test_a_check_that_can_be_passed_without_an_answer_is_named_with_how(answer, check, passed):
    (found,) = hostile.passed_by(lab(answer, check))
    assert found == f"check_f: passed by an answer that {passed}"


STRONG = [
    (SUM, "x = torch.arange(3.0)\nexpected = x.sum()\nassert abs(float(f(x)) - expected) <= 0.1"),
    (
        "class f:\n    def __init__(self, x): self.x = x\n    def twice(self): return 2 * self.x",
        "assert f(torch.ones(2)).twice().tolist() == [2, 2]",
    ),
    ("def f(x):\n    x.clamp_(0, 1)", "x = torch.tensor([-1., 2.])\nf(x)\nassert x[1] == 1 > x[0]"),
    ("def f(n):\n    return n + 1", "assert f(4) == 5"),
]


@pytest.mark.parametrize("answer, check", STRONG)
def test_a_check_that_keeps_its_own_is_not_complained_about(answer, check):
    assert hostile.passed_by(lab(answer, check)) == []


@in_student
def made_there(a):
    return lambda x: a * x


def test_the_tensors_of_a_loss_that_is_made_in_the_box_are_within_reach_and_no_others():
    a, kept = torch.ones(2), torch.ones(2)
    hostile.wreck([made_there(a), lambda x: kept * x], hostile.ZEROS, {})
    assert a.tolist() == [0, 0] and kept.tolist() == [1, 1]


@pytest.mark.parametrize(
    "how, left", [(hostile.ZEROS, 0.0), (hostile.NANS, None), (hostile.EMPTY, "")]
)
def test_everything_in_an_argument_is_wrecked(how, left):
    tensor, model, numbers = torch.ones(2), nn.Linear(1, 1), [1.0, 2.0]
    hostile.wreck(({"a": [tensor]}, model, numbers), how, {})
    if left == "":
        assert not tensor.numel() and not list(model.parameters()) and not numbers
        return
    held = [*tensor.tolist(), model.weight.item(), *numbers]
    assert held == [left] * 5 or (left is None and all(x != x for x in held))


ZEROED = """
def {name}({first}, *rest):
    import torch
    held = list({first}.parameters())
    with torch.no_grad():
        for p in held: p.zero_()
    return {{n: torch.zeros_like(p) for n, p in {first}.named_parameters() if p.dim() > 1}}
"""
CLEARED = "def {name}(model, *rest):\n    model._modules.clear()\n    return {{}}"
FORGED = """
import copy, math, sys, torch
from torch import nn
from utils.model import evaluate

def by_the_frame(model, pruner, dataloader, epochs, lr=0.05):
    n, frame = epochs * len(dataloader["train"]), sys._getframe(1)
    while "seen" not in frame.f_locals:
        frame = frame.f_back
    for k in range(n):
        rate = lr * (1 + math.cos(math.pi * k / n)) / 2
        frame.f_locals["seen"].append(["SGD, momentum 0.9", rate])
    for _ in range(epochs):
        list(dataloader["train"]), list(dataloader["validation"])
    return {returned}

def by_a_toy(model, pruner, dataloader, epochs, lr=0.05):
    toy = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([toy], lr=lr, momentum=0.9)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(
        optimizer, epochs * len(dataloader["train"]))
    found, best = [], None
    for _ in range(epochs):
        model.train()
        for x, y in dataloader["train"]:
            loss = nn.functional.cross_entropy(model(x), y)
            parts = list(model.parameters())
            with torch.no_grad():
                for p, g in zip(parts, torch.autograd.grad(loss, parts)):
                    p.sub_(schedule.get_last_lr()[0] * g)
            toy.grad = torch.zeros(1)
            optimizer.step(), schedule.step(), pruner.apply(model)
        found.append(evaluate(model, dataloader["validation"]))
        if found[-1] == max(found):
            best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return found
"""
ATTACKS = [  # (exercise, what the student writes, a piece of what the check says)
    *((name, ZEROED.format(name=name, first="model"), "") for name in ("grasp", "synflow", "snip")),
    *((name, CLEARED.format(name=name), "") for name in ("grasp", "synflow", "snip")),
    (
        "rewind",
        "def rewind(model, initial):\n    import torch\n    with torch.no_grad():\n"
        "        for t in [*initial.values(), *model.state_dict().values()]: t.zero_()",
        "",
    ),
    ("rewind", "def rewind(model, initial):\n    initial.clear(), model._modules.clear()", ""),
    (
        "reinitialize",
        "def reinitialize(model):\n    for p in model.parameters(): p.data.fill_(float('nan'))",
        "",
    ),
    (
        "taylor",
        "def taylor(loss, theta, direction, order):\n    for c in loss.__closure__: "
        "c.cell_contents.zero_()\n    theta.zero_(), direction.zero_()\n    return lambda h: 0.0",
        "",
    ),
    ("training_memory", "def training_memory(*_): return float('nan')", ""),
    ("dsr_threshold", "def dsr_threshold(*_): return float('nan')", ""),
    (
        "fine_tune",
        FORGED.format(returned="[100.0] * epochs") + "fine_tune = by_the_frame",
        "the same before and after a step",
    ),
    (
        "fine_tune",
        FORGED.format(returned="[math.nan] * epochs") + "fine_tune = by_the_frame",
        "the same before and after a step",
    ),
    (
        "fine_tune",
        FORGED.format(returned="[]") + "fine_tune = by_a_toy",
        "what the steps did",
    ),
]


@pytest.mark.parametrize("exercise, source, says", ATTACKS)
def test_an_attack_through_the_wire_earns_nothing(exercise, source, says, monkeypatch):
    monkeypatch.setattr(Exercise, "diagnosis", lambda *_: "")
    monkeypatch.setenv("COURSE_SEED", "5eed")
    session = session_of(source, rooms=("model",))
    with pytest.raises(CheckFailed) as failed:
        CHECKS[exercise](session.look({exercise})[exercise])
    assert says in str(failed.value)
    session.close()
