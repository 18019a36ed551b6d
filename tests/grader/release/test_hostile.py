"""No check is passed by an answer that wrecks its arguments and returns something trivial."""

import pytest
import torch
from torch import nn

from grader.release import hostile
from tests.grader.tiny import cell
from utils.checks.in_student import in_student

OPENING = "import math\nimport torch\nfrom torch import nn"


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
