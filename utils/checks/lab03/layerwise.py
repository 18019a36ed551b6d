"""A sensitivity scan prunes one layer at a time; a sparsity_dict says how much of each layer goes."""

import copy
import math
import numbers

import torch
from torch import Tensor, nn
from torch.nn.utils import prune as torch_prune

from utils.checks.fresh import fresh_generator
from utils.checks.lab03.fine_grained_pruner import small_model
from utils.checks.report import fail, passed, run
from utils.model import evaluate, num_weights, prunable, sparsity

SCAN, CHOICE = "check_sensitivity_scan", "check_sparsity_dict"


def check_sensitivity_scan(answer) -> None:
    """`answer(model, accuracy, sparsities)` returns {name: [accuracy(model with only that layer pruned), ...]}."""
    sparsities = (0.6, 0.0, 0.3)  # in no order: each starts from the dense layer again
    model = small_model(fresh_generator())
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    weights = {name: before[name] for name in prunable(model)}
    seen: list[dict[str, Tensor]] = []

    def accuracy(pruned):
        """Each call returns another number, so that the answer's lists say which call they come from."""
        seen.append({name: w.clone() for name, w in prunable(pruned).items()})
        return 1000.0 + len(seen) - 1

    scan = run(
        SCAN, f"a small model at sparsities {sparsities}", answer, model, accuracy, sparsities
    )
    if not isinstance(scan, dict) or set(scan) != set(weights):
        fail(
            SCAN,
            "the result",
            f"a dictionary with the keys {sorted(weights)}",
            f"the keys {sorted(map(str, scan))}"
            if isinstance(scan, dict)
            else f"a {type(scan).__name__}",
            "One list for every parameter with dim() > 1.",
        )
    for name, p in model.named_parameters():
        if not torch.equal(p.detach(), before[name]):
            fail(
                SCAN,
                f"{name} after the scan",
                "as before the scan",
                "changed",
                "Prune a copy (copy.deepcopy), or put the dense weights back after each measurement.",
            )
    for name, accuracies in scan.items():
        if not isinstance(accuracies, (list, tuple)) or len(accuracies) != len(sparsities):
            fail(
                SCAN,
                f"scan[{name!r}]",
                f"a list of {len(sparsities)} accuracies, one for each sparsity",
                repr(accuracies),
            )
        for s, value in zip(sparsities, accuracies):
            _check_measured(name, s, value, seen, weights)
    passed(SCAN, "every layer, every sparsity, one layer at a time, the model left as it was")


def _check_measured(
    name: str, s: float, value, seen: list[dict[str, Tensor]], weights: dict[str, Tensor]
) -> None:
    """`value` came from the call of accuracy() in which exactly `name` was pruned to `s`."""
    index = value - 1000 if isinstance(value, numbers.Real) else -1
    tried = f"scan[{name!r}] at sparsity {s}"
    if index not in range(len(seen)):
        fail(SCAN, tried, "what accuracy(pruned model) returned", repr(value))
    pruned = seen[int(index)]
    others = [
        other
        for other in weights
        if other != name and not torch.equal(pruned[other], weights[other])
    ]
    if others:
        fail(
            SCAN,
            tried,
            f"only {name} pruned when its accuracy was measured",
            f"also pruned: {', '.join(others)}",
            "The layers pruned before must be dense again: start each time from a fresh copy.",
        )
    expected, got = round(s * weights[name].numel()), int((pruned[name] == 0).sum())
    if got != expected:
        mistake = (
            "It looks as if the layer was still pruned from the sparsity before."
            if got > expected
            else "Was accuracy() called with the model that was pruned?"
        )
        fail(
            SCAN,
            tried,
            f"{expected} zeros in {name} when its accuracy was measured",
            f"{got}",
            mistake,
        )
    kept = pruned[name] != 0
    if (
        0 < expected < kept.numel()
        and weights[name][kept].abs().min() < weights[name][~kept].abs().max()
    ):
        fail(
            SCAN,
            tried,
            "the smallest |w| pruned",
            "other weights pruned",
            "Is fine_grained_prune right?",
        )


def check_sparsity_dict(
    answer, model: nn.Module, dataloader, target: float, steps=(60.0, 80.0, 93.0)
) -> float:
    """How good is a choice of sparsities? Returns a part of the marks, in [0, 1].

    `answer` is a dictionary name -> sparsity for all prunable weights of `model`, which is not changed. It must remove at
    least the fraction `target` of all weights: CheckFailed otherwise. Then 1/4 is earned, and 1/4 more for each of the
    accuracies `steps` (in percent, on `dataloader`, before fine-tuning) that the pruned model reaches.
    """
    pruned = _pruned_by_torch(answer, model)
    total = sparsity(pruned)
    if total < target - 0.5 / num_weights(model):
        fail(
            CHOICE,
            f"the fraction of all {num_weights(model)} weights that is zero",
            f"at least {target:.3f}",
            f"{total:.3f}",
            "Prune most where most weights are: a large layer counts for more than a small one.",
        )
    reached = evaluate(pruned, dataloader)
    earned = 1 + sum(reached >= step for step in steps)
    tick = "\N{CHECK MARK}" if earned == 1 + len(steps) else "\N{ALMOST EQUAL TO}"
    print(
        f"{tick} {CHOICE}: sparsity {total:.3f} (at least {target}), accuracy {reached:.1f} % "
        f"(steps at {', '.join(f'{step:g}' for step in steps)} %): {earned} of {1 + len(steps)} parts earned"
    )
    if earned <= len(steps):
        print("  Prune less where the scan falls early, more where it stays flat.")
    return earned / (1 + len(steps))


def _pruned_by_torch(answer, model: nn.Module) -> nn.Module:
    """A copy of `model`, pruned by torch to the sparsities of `answer`, once these are seen to be in order."""
    names = set(prunable(model))
    if not isinstance(answer, dict):
        fail(
            CHOICE,
            "sparsity_dict",
            "a dictionary: parameter name -> sparsity",
            "nothing yet: write it in the cell above and run that cell"
            if answer is None or answer is ...
            else f"a {type(answer).__name__}",
        )
    if set(answer) != names:
        fail(
            CHOICE, "the names in sparsity_dict", f"{sorted(names)}", f"{sorted(map(str, answer))}"
        )
    for name, s in answer.items():
        if (
            isinstance(s, bool)
            or not isinstance(s, numbers.Real)
            or math.isnan(s)
            or not 0 <= s <= 1
        ):
            fail(CHOICE, f"sparsity_dict[{name!r}]", "a number from 0 to 1", repr(s))
    pruned = copy.deepcopy(model)
    for name, s in answer.items():
        layer, parameter = pruned.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2]
        torch_prune.l1_unstructured(layer, parameter, amount=float(s))
        torch_prune.remove(layer, parameter)
    return pruned
