"""Lab 03: right answers in any form are accepted; a choice of sparsities earns what it is worth."""

import copy
import math

import pytest
import torch
from torch import nn
from torch.nn.utils.prune import L1Unstructured

from utils.checks import lab03 as checks
from utils.checks.lab03 import fine_grained_prune, fine_tune, sensitivity_scan
from utils.checks.report import CheckFailed
from utils.model import convnet, digits, evaluate, fit, loaders, train


def boolean_by_sorting(tensor, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity")
    mask = torch.ones(tensor.numel(), dtype=torch.bool)
    mask[tensor.abs().flatten().argsort()[: round(sparsity * tensor.numel())]] = False
    tensor[~mask.view(tensor.shape)] = 0
    return mask.view(tensor.shape)


def scan_that_restores(model, accuracy, sparsities):
    scan = {}
    for name, p in model.named_parameters():
        if p.dim() > 1:
            dense, scan[name] = p.detach().clone(), []
            for s in sparsities:
                boolean_by_sorting(p.detach(), s)
                scan[name].append(accuracy(model))
                p.data.copy_(dense)
    return scan


def scan_of_tensors(model, accuracy, sparsities):
    def measured(name, s):
        pruned = copy.deepcopy(model)
        boolean_by_sorting(pruned.get_parameter(name).data, s)
        return torch.tensor(accuracy(pruned))

    names = [name for name, p in model.named_parameters() if p.dim() > 1]
    return {name: tuple(measured(name, s) for s in sparsities) for name in names}


def by_lists(tensor, sparsity):
    """A mask of whole numbers, made in Python."""
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity")
    sizes = [abs(value) for value in tensor.flatten().tolist()]
    gone = sorted(range(len(sizes)), key=sizes.__getitem__)[: round(sparsity * len(sizes))]
    mask = torch.tensor([int(i not in gone) for i in range(len(sizes))]).view(tensor.shape)
    tensor *= mask
    return mask


def tune_with_groups_and_a_formula(model, pruner, dataloader, epochs, lr):
    """Weight decay for weights alone, and the cosine by hand."""
    groups = [[p for p in model.parameters() if (p.dim() > 1) == weights] for weights in (1, 0)]
    decays = [{"params": part, "weight_decay": d} for part, d in zip(groups, (5e-4, 0))]
    optimizer = torch.optim.SGD(decays, lr=lr, momentum=0.9)
    steps = epochs * len(dataloader["train"])
    half_a_cosine = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: (1 + math.cos(math.pi * step / steps)) / 2
    )
    best, accuracies = {}, []
    for _ in range(epochs):
        loss, callbacks = nn.CrossEntropyLoss(), [lambda: pruner.apply(model)]
        train(model, dataloader["train"], loss, optimizer, half_a_cosine, callbacks)
        accuracies.append(evaluate(model, dataloader["validation"]))
        if accuracies[-1] > max(accuracies[:-1], default=-1):
            best = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(best)
    return accuracies


def tune_with_a_schedule_by_epochs(model, pruner, dataloader, epochs, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    best, accuracies = {}, []
    for _ in range(epochs):
        model.train()
        for x, y in dataloader["train"]:
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
            pruner.apply(model)
        scheduler.step()
        model.eval()
        x, y = next(iter(dataloader["validation"]))
        accuracies.append(100 * (model(x).argmax(1) == y).float().mean().item())
        if accuracies[-1] >= max(accuracies):
            best = copy.deepcopy(model.state_dict())
    model.load_state_dict(best)
    return accuracies


class PrunerByParameter:
    """Its masks are booleans, and it looks parameters up by name."""

    def __init__(self, model, sparsity_dict):
        self.masks = self.prune(model, sparsity_dict)

    def apply(self, model):
        for name, mask in self.masks.items():
            model.get_parameter(name).data[~mask] = 0

    @staticmethod
    def prune(model, sparsity_dict):
        names = [name for name, p in model.named_parameters() if p.dim() > 1]
        for name in set(names) ^ set(sparsity_dict):
            raise KeyError(f"{name}: missing or unknown")
        return {n: boolean_by_sorting(model.get_parameter(n).data, sparsity_dict[n]) for n in names}


def cubic_of_tensors(sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError
    return lambda t: sparsity - sparsity * (1 - torch.tensor(float(t)).clamp(0, 1)) ** 3


@pytest.mark.parametrize(
    "check, answer",
    [
        (checks.check_fine_grained_prune, boolean_by_sorting),
        (checks.check_fine_grained_prune, by_lists),
        (checks.check_fine_grained_pruner, PrunerByParameter),
        (checks.check_sensitivity_scan, scan_that_restores),
        (checks.check_sensitivity_scan, scan_of_tensors),
        (checks.check_fine_tune, tune_with_groups_and_a_formula),
        (checks.check_fine_tune, tune_with_a_schedule_by_epochs),
        (checks.check_cubic, cubic_of_tensors),
    ],
)
def test_another_form_of_the_right_answer_is_accepted(check, answer):
    for _ in range(3):
        check(answer)


def test_the_right_mask_is_that_of_torch():
    generator = torch.Generator().manual_seed(0)
    for shape, sparsity in (((5, 5), 0.3), ((7,), 0.72), ((4, 3, 3, 3), 0.5)):
        tensor = torch.randn(shape, generator=generator)
        expected = L1Unstructured(sparsity).compute_mask(tensor, torch.ones(shape))
        assert torch.equal(fine_grained_prune.right(tensor, sparsity), expected)


def test_the_first_step_of_the_right_fine_tuning_goes_along_the_gradient():
    for each in fine_tune.cases(torch.Generator().manual_seed(0)):
        found = fine_tune.read(checks.check_fine_tune.outcome(fine_tune.tune_with(), each), each)
        assert found["the first step"] == fine_tune.ALONG
        assert found["the learning rate"] == fine_tune.HALF.format(0.03)


def shuffled(mask):
    return mask.flatten()[torch.randperm(mask.numel())].view(mask.shape)


@pytest.mark.parametrize(
    "answer",
    [
        fine_grained_prune.prune_with(change=shuffled),
        fine_grained_prune.prune_with(size=lambda w: w.abs() + 1e-6 * torch.rand(w.shape)),
    ],
    ids=["random places", "ties broken by noise"],
)
def test_a_mask_in_which_chance_has_a_part_is_rejected(answer):
    for _ in range(3):
        with pytest.raises(CheckFailed, match="weights kept"):
            checks.check_fine_grained_prune(answer)


def test_a_scan_that_prunes_at_random_is_rejected():
    pruned = fine_grained_prune.prune_with(change=shuffled)
    answer = sensitivity_scan.scan_with(prune=lambda weights, name, s: pruned(weights[name], s))
    with pytest.raises(CheckFailed, match=r"the smallest \|w\| of fc1.weight pruned"):
        checks.check_sensitivity_scan(answer)


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


def test_a_sparsity_that_is_missed_by_little_costs_one_part(trained, capsys):
    nearly = {"conv1.weight": 0.1, "conv2.weight": 0.705, "fc.weight": 0.5}
    assert choice(trained, nearly) == 0.75
    assert "no   sparsity 0.64" in capsys.readouterr().out


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
