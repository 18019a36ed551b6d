"""The checks of lab 03 accept right answers in any form; a choice of sparsities earns what it is worth."""

import copy

import pytest
import torch
from torch import nn

from utils.checks.report import CheckFailed
from utils.checks import lab03 as checks
from utils.model import convnet, digits, fit, loaders
from utils.pruning import fine_grained_prune


def test_a_boolean_mask_and_sorting_instead_of_topk_are_right_too():
    def answer(tensor, sparsity):
        if not 0 <= sparsity <= 1:
            raise ValueError("sparsity")
        order = tensor.abs().flatten().argsort()
        mask = torch.ones(tensor.numel(), dtype=torch.bool)
        mask[order[: round(sparsity * tensor.numel())]] = False
        mask = mask.view(tensor.shape)
        tensor[~mask] = 0
        return mask

    checks.check_fine_grained_prune(answer)


def test_a_scan_that_restores_the_weights_instead_of_copying_is_right_too():
    def answer(model, accuracy, sparsities):
        scan = {}
        for name, p in model.named_parameters():
            if p.dim() > 1:
                dense, scan[name] = p.detach().clone(), []
                for s in sparsities:
                    fine_grained_prune(p.detach(), s)
                    scan[name].append(accuracy(model))
                    p.data.copy_(dense)
        return scan

    checks.check_sensitivity_scan(answer)


def test_a_loop_that_steps_its_schedule_by_the_epoch_is_right_too():
    def answer(model, pruner, dataloader, epochs, lr):
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
        best, accuracies = None, []
        for _ in range(epochs):
            for x, y in dataloader["train"]:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), y).backward()
                optimizer.step()
                pruner.apply(model)
            scheduler.step()
            x, y = next(iter(dataloader["validation"]))
            accuracies.append(100 * (model(x).argmax(1) == y).float().mean().item())
            if accuracies[-1] >= max(accuracies):
                best = copy.deepcopy(model.state_dict())
        model.load_state_dict(best)
        return accuracies

    checks.check_fine_tune(answer)


@pytest.fixture(scope="module")
def trained():
    loader = loaders(digits())
    return fit(convnet(seed=0), loader["train"], epochs=8), loader["validation"]


def choice(trained, sparsity_dict):
    return checks.check_sparsity_dict(sparsity_dict, *trained, target=0.65)


def test_a_good_choice_of_sparsities_earns_everything(trained):
    assert choice(trained, {"conv1.weight": 0.1, "conv2.weight": 0.72, "fc.weight": 0.5}) == 1


def test_the_same_sparsity_everywhere_earns_a_part(trained):
    assert (
        0 < choice(trained, dict.fromkeys(("conv1.weight", "conv2.weight", "fc.weight"), 0.65)) < 1
    )


@pytest.mark.parametrize(
    "answer, words",
    [
        (None, "nothing yet"),
        (0.65, "a dictionary"),
        (lambda: 1, "a dictionary"),
        ({}, "the names in sparsity_dict"),
        ({"conv1.weight": 0.5, "conv2.weight": 0.7}, "the names in sparsity_dict"),
        (
            {"conv1.weight": 0.1, "conv2.weight": 0.7, "fc.weight": 0.5, "fc.bias": 0.5},
            "the names in sparsity_dict",
        ),
        ({"conv1.weight": 0.1, "conv2.weight": 0.7, "fc.weight": 50}, "a number from 0 to 1"),
        (
            {"conv1.weight": 0.1, "conv2.weight": float("nan"), "fc.weight": 0.5},
            "a number from 0 to 1",
        ),
        ({"conv1.weight": 0.1, "conv2.weight": True, "fc.weight": 0.5}, "a number from 0 to 1"),
        ({"conv1.weight": 0.1, "conv2.weight": "0.7", "fc.weight": 0.5}, "a number from 0 to 1"),
        (
            {"conv1.weight": 0.65, "conv2.weight": 0.5, "fc.weight": 0.65},
            "Prune most where most weights are",
        ),
    ],
)
def test_a_choice_that_is_none_earns_nothing(trained, answer, words):
    with pytest.raises(CheckFailed) as failure:
        choice(trained, answer)
    assert words in str(failure.value)


def test_choosing_does_not_change_the_model(trained):
    before = copy.deepcopy(trained[0].state_dict())
    choice(trained, {"conv1.weight": 0.1, "conv2.weight": 0.72, "fc.weight": 0.5})
    assert all(torch.equal(value, before[name]) for name, value in trained[0].state_dict().items())
