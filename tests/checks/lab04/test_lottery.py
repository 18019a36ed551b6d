"""The checks of lab 04 accept right answers in any form, and know what torch and scikit-learn know."""

import copy

import numpy
import pytest
import torch
from sklearn.metrics import jaccard_score
from torch import nn
from torch.nn.utils import prune

from tests.checks.lab04 import wrong_answers as wrong
from utils.checks import lab04 as checks
from utils.checks.lab04.jaccard import similarity
from utils.checks.lab04.prune_by_rate import next_masks, ones, random_weights
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
        masks = wrong.prune_by_rate(prunable(trained), masks, rate)
        wrong.apply(model, masks)
    return masks


def same_sign_by_where(initial, final, criterion):
    if criterion != "large_final_same_sign":
        return wrong.supermask_scores(initial, final, criterion)
    return torch.where(initial * final > 0, final.abs(), 0.0)


@pytest.mark.parametrize(
    "check, answer",
    [
        (checks.check_prune_by_rate, boolean(wrong.prune_by_rate)),
        (checks.check_prune_by_rate, dead_ones_last),
        (checks.check_rewind, rewind_by_hand),
        (checks.check_rewind, rewind_through_data),
        (checks.check_rewind, lambda model, initial: model.load_state_dict(copy.deepcopy(initial))),
        (checks.check_reinitialize, reinitialize_by_formula),
        (checks.check_random_mask_like, random_by_topk),
        (checks.check_random_mask_like, boolean(random_by_topk)),
        (checks.check_find_ticket, ticket_on_copies),
        (checks.check_find_ticket, wrong.search(prune=boolean(wrong.prune_by_rate))),
        (checks.check_jaccard, lambda a, b: torch.tensor(wrong.jaccard(a, b))),
        (checks.check_jaccard, lambda a, b: numpy.float32(wrong.jaccard(a, b))),
        (checks.check_supermask_scores, same_sign_by_where),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_another_form_of_the_right_answer_is_accepted(check, answer):
    for _ in range(5):
        check(answer)


def test_the_right_masks_are_those_of_torchs_global_pruning():
    weights = random_weights(torch.Generator().manual_seed(0))
    model = nn.ParameterDict(weights)
    prune.global_unstructured([(model, name) for name in weights], prune.L1Unstructured, amount=0.4)
    found = next_masks(weights, ones(weights), 0.4)
    assert all(torch.equal(found[name], getattr(model, f"{name}_mask").bool()) for name in weights)


def test_the_right_similarity_is_scikit_learns():
    a, b = (torch.rand(2, 200, generator=torch.Generator().manual_seed(0)) < 0.3).float()
    assert similarity(a, b) == pytest.approx(jaccard_score(a, b))


def test_of_equal_weights_at_the_edge_any_may_go():
    from utils.checks.lab04.find_ticket import keeps_the_largest

    trained, ones = {"w": torch.tensor([1.0, -2.0, 2.0, 3.0])}, {"w": torch.ones(4)}
    assert keeps_the_largest({"w": torch.tensor([0, 0, 1, 1])}, ones, trained)
    assert keeps_the_largest({"w": torch.tensor([0, 1, 0, 1])}, ones, trained)
    assert not keeps_the_largest({"w": torch.tensor([1, 0, 0, 1])}, ones, trained)
