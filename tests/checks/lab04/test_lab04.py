"""Lab 04: right answers in any form are accepted; the oracles are torch and scikit-learn."""

import copy

import numpy
import pytest
import torch
from sklearn.metrics import jaccard_score
from torch import nn
from torch.nn.utils import prune

from utils import pruning
from utils.checks import lab04 as checks
from utils.checks.lab04 import (
    find_ticket,
    jaccard,
    prune_by_rate,
    reinitialize,
    supermask_scores,
)
from utils.checks.report import CheckFailed
from utils.model import prunable


def boolean(answer):
    return lambda *arguments: {name: mask.bool() for name, mask in answer(*arguments).items()}


def dead_ones_last(weights, masks, rate):
    """Everything in one ranking, what is gone at its end."""
    names = list(weights)
    alive = torch.cat([masks[name].flatten() for name in names]) != 0
    order = (
        torch.cat([weights[name].abs().flatten() for name in names])
        .masked_fill(~alive, float("inf"))
        .argsort()
    )
    keep = alive.clone()
    keep[order[: round(rate * int(alive.sum()))]] = False
    return {
        name: part.view_as(weights[name])
        for name, part in zip(names, keep.split([weights[name].numel() for name in names]))
    }


def rewind_by_hand(model, initial):
    with torch.no_grad():
        for name, p in [*model.named_parameters(), *model.named_buffers()]:
            p.copy_(initial[name])


def rewind_through_data(model, initial):
    for name, p in [*model.named_parameters(), *model.named_buffers()]:
        p.data = initial[name].clone()


def reinitialize_by_formula(model):
    def draw(layer):
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            layer.reset_parameters()
        elif hasattr(layer, "weight"):
            bound = layer.weight[0].numel() ** -0.5
            nn.init.uniform_(layer.weight, -bound, bound)
            nn.init.uniform_(layer.bias, -bound, bound)

    model.apply(draw)


def random_by_topk(masks):
    found = {}
    for name, mask in masks.items():
        found[name] = torch.zeros(mask.numel())
        found[name][torch.rand(mask.numel()).topk(int(mask.sum())).indices] = 1
        found[name] = found[name].view(mask.shape)
    return found


def ticket_on_copies(model, fit, rate, rounds):
    """Trains a copy each round; the model itself is only masked."""
    masks = {name: torch.ones_like(w) for name, w in prunable(model).items()}
    for _ in range(rounds):
        trained = copy.deepcopy(model)
        fit(trained, masks)
        masks = dead_ones_last(prunable(trained), masks, rate)
        find_ticket.apply(model, masks)
    return masks


def same_sign_by_sign(initial, final, criterion):
    if criterion != "large_final_same_sign":
        return supermask_scores.scores_with()(initial, final, criterion)
    return (initial.sign() * final).clamp(min=0)


@pytest.mark.parametrize(
    "check, answer",
    [
        (checks.check_prune_by_rate, boolean(prune_by_rate.right)),
        (checks.check_prune_by_rate, dead_ones_last),
        (checks.check_rewind, pruning.rewind),
        (checks.check_rewind, rewind_by_hand),
        (checks.check_rewind, rewind_through_data),
        (checks.check_rewind, lambda model, initial: model.load_state_dict(copy.deepcopy(initial))),
        (checks.check_reinitialize, reinitialize_by_formula),
        (checks.check_reinitialize, lambda model: pruning.reinitialize(model, {})),
        (checks.check_random_mask_like, random_by_topk),
        (checks.check_random_mask_like, boolean(random_by_topk)),
        (checks.check_random_mask_like, pruning.random_mask_like),
        (checks.check_find_ticket, ticket_on_copies),
        (
            checks.check_find_ticket,
            find_ticket.search_with(prune=lambda _, first, *given: boolean(dead_ones_last)(*given)),
        ),
        (checks.check_jaccard, pruning.jaccard),
        (checks.check_jaccard, lambda a, b: torch.tensor(jaccard.right(a, b))),
        (checks.check_jaccard, lambda a, b: numpy.float32(jaccard.right(a, b))),
        (checks.check_supermask_scores, same_sign_by_sign),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_another_form_of_the_right_answer_is_accepted(check, answer):
    for _ in range(5):
        check(answer)


@pytest.mark.parametrize(
    "check, answer, words",
    [
        (
            checks.check_reinitialize,
            reinitialize.reinitialize_with(
                chosen=lambda layer: (
                    not isinstance(layer, nn.Sequential | nn.BatchNorm1d)
                    and hasattr(layer, "reset_parameters")
                )
            ),
            reinitialize.LEFT_OUT,
        ),
        (
            checks.check_find_ticket,
            find_ticket.search_with(back=lambda model, initial: pruning.reinitialize(model, {})),
            find_ticket.ELSEWHERE,
        ),
        (
            checks.check_rewind,
            lambda model, initial: [model.load_state_dict(initial), initial.clear()],
            "`initial`",
        ),
        (
            checks.check_reinitialize,
            reinitialize.reinitialize_with(
                end=lambda model: [p.data.zero_() for p in model.parameters()]
            ),
            reinitialize.ALL_ZERO,
        ),
    ],
    ids=["no BatchNorm1d", "drawn again", "empties initial", "zeros"],
)
def test_what_the_tables_do_not_hold_is_rejected_too(check, answer, words):
    for _ in range(3):
        with pytest.raises(CheckFailed) as failed:
            check(answer)
        assert words in str(failed.value)


def test_the_right_masks_are_those_of_torchs_global_pruning():
    generator = torch.Generator().manual_seed(0)
    weights = {n: torch.randn(s, generator=generator) for n, s in (("a", (7, 9)), ("b", (3, 2, 3)))}
    model = nn.ParameterDict(weights)
    prune.global_unstructured([(model, name) for name in weights], prune.L1Unstructured, amount=0.4)
    found = prune_by_rate.right(weights, prune_by_rate.ones(weights), 0.4)
    assert all(torch.equal(found[name], getattr(model, f"{name}_mask")) for name in weights)


def test_the_right_similarity_is_scikit_learns():
    a, b = (torch.rand(2, 200, generator=torch.Generator().manual_seed(0)) < 0.3).float()
    assert jaccard.right({"w": a}, {"w": b}) == pytest.approx(jaccard_score(a, b))


def test_of_equal_weights_at_the_edge_any_may_go():
    def last_first(weights, masks, rate):
        flipped = ({n: t.flip(0) for n, t in reversed(each.items())} for each in (weights, masks))
        return {n: mask.flip(0) for n, mask in prune_by_rate.right(*flipped, rate).items()}

    checks.check_prune_by_rate(last_first)
