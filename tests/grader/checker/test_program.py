"""In a real box, with the labs themselves: a mistake costs the points of its own exercise."""

import json
from functools import cache
from pathlib import Path

import pytest

from grader.course import cells
from grader.course.folders import Course, exercise
from grader.release.proof import runner

COURSE = Course(Path(__file__).resolve().parents[3])
TICKETS = "lab04_lottery_tickets"
LAST = {
    "lab03_magnitude_pruning": "hidden_sensitivity_scan",
    TICKETS: "hidden_find_ticket",
    "lab06_during_training": "hidden_rigl_update",
}
EMPTY = {
    "prune_by_rate": "def prune_by_rate(weights, masks, rate):\n    raise NotImplementedError",
    "drop": "def drop(weight, mask, count):\n    raise NotImplementedError",
    "grow": "def grow(scores, mask, count):\n    raise NotImplementedError",
}
REVIVES = """
def prune_by_rate(weights, masks, rate):
    everything = torch.cat([w.abs().flatten() for w in weights.values()])
    count = round(rate * sum(int(mask.sum()) for mask in masks.values()))
    least = everything.sort().values[count]
    return {name: (w.abs() >= least).float() for name, w in weights.items()}
"""
SLIP = """
def fine_grained_prune(tensor, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity must be from 0 to 1, got {sparsity}")
    threshold = tensor.abs().flatten().kthvalue(round(sparsity * tensor.numel())).values
    mask = (tensor.abs() >= threshold).float()
    tensor.mul_(mask)
    return mask
"""
ON_A_COPY = """
def find_ticket(model, fit, rate, rounds):
    start, masks = copy.deepcopy(model), {n: torch.ones_like(w) for n, w in prunable(model).items()}
    for _ in range(rounds):
        trained = copy.deepcopy(model)
        fit(trained, masks)
        masks = prune_by_rate(prunable(trained), masks, rate)
        rewind(model, start.state_dict())
        for name, w in prunable(model).items():
            w.mul_(masks[name])
    return masks
"""

pytestmark = [pytest.mark.xdist_group("labs in a box"), pytest.mark.box]


@cache
def source(lab):
    """The lab up to the last exercise that is looked at here, without the cells that only look."""
    notebook = json.loads(COURSE.source(lab).read_text(encoding="utf-8"))
    kept = (cells.is_answer, cells.is_own, cells.is_check)
    found = [one for one in notebook["cells"] if any(kind(one) for kind in kept)]
    end = [cells.grade_id(one) for one in found].index(LAST[lab]) + 1
    return {**notebook, "cells": found[:end]}


def graded(lab, answers):
    """The result of these answers, the others right. Tests of one lab in a row share a checker."""
    lab_cells = [
        {**one, "source": answers.get(cells.grade_id(one), one["source"])}
        for one in source(lab)["cells"]
    ]
    return runner(source(lab), COURSE.entry(lab).imports)({**source(lab), "cells": lab_cells})


@pytest.mark.parametrize(
    "lab, answers, also_later",
    [
        (
            "lab06_during_training",
            {"drop": EMPTY["drop"], "grow": EMPTY["grow"]},
            ["set_drop", "deep_r_step", "rigl_update"],
        ),
        (
            "lab03_magnitude_pruning",
            {"fine_grained_prune": SLIP},
            ["fine_grained_pruner", "sensitivity_scan"],
        ),
        (TICKETS, {"prune_by_rate": EMPTY["prune_by_rate"]}, ["find_ticket"]),
        (TICKETS, {"prune_by_rate": REVIVES}, ["find_ticket"]),
        (
            TICKETS,
            {"prune_by_rate": EMPTY["prune_by_rate"], "find_ticket": ON_A_COPY},
            ["find_ticket"],
        ),
    ],
)
def test_an_answer_that_is_empty_or_wrong_costs_its_own_exercise_alone(lab, answers, also_later):
    result = graded(lab, answers)
    wrong = {
        name: check["message"] for name, check in result["checks"].items() if not check["passed"]
    }
    own = set(answers) - {"find_ticket"}
    assert {exercise(name) for name in wrong} == own, wrong
    apart = {exercise(name) for name, check in result["checks"].items() if "ours" in check}
    assert apart == set(also_later)
    for one in source(lab)["cells"]:
        if cells.is_check(one) and "ours" in result["checks"][cells.grade_id(one)]:
            assert "in place of yours" in str(result["cells"][one["id"]])


def test_a_ticket_that_is_wrong_by_itself_is_told_so_with_our_function():
    wrong = ON_A_COPY.replace("w.mul_(masks[name])", "w.mul_(1)")
    answers = {"prune_by_rate": EMPTY["prune_by_rate"], "find_ticket": wrong}
    checks = graded(TICKETS, answers)["checks"]
    for name in ("check_find_ticket", "hidden_find_ticket"):
        assert checks[name]["points"] == 0
        assert "no answer yet" not in checks[name]["message"]
        assert checks[name]["message"].endswith(
            "Judged with our `prune_by_rate` in place of yours."
        )
