"""How good is a choice of sparsities?

Not a table as the other checks are: it takes no function, and earns a part of the points.
"""

import copy
from numbers import Real

from torch import nn
from torch.nn.utils import prune

from utils.checks.report import fail
from utils.model import evaluate, num_weights, prunable, sparsity

CHECK = "check_sparsity_dict"


def check_sparsity_dict(
    answer, model: nn.Module, dataloader, target: float, steps=(60.0, 80.0, 93.0)
) -> float:
    """How good is a choice of sparsities? Returns a part of the marks, in [0, 1].

    `answer` is a dictionary name -> sparsity for all prunable weights of `model`, which is not
    changed. It must remove at least the fraction `target` of all weights: CheckFailed otherwise.
    Then 1/4 is earned, and 1/4 more for each of the accuracies `steps` (in percent, on
    `dataloader`, before fine-tuning) that the pruned model reaches.
    """
    pruned = _pruned_by_torch(answer, model)
    total = sparsity(pruned)
    if total < target - 0.5 / num_weights(model):
        fail(
            CHECK,
            f"the fraction of all {num_weights(model)} weights that is zero",
            f"at least {target:.3f}",
            f"{total:.3f}",
            "Prune most where most weights are: a large layer counts for more than a small one.",
        )
    reached = evaluate(pruned, dataloader)
    earned = 1 + sum(reached >= step for step in steps)
    tick = "\N{CHECK MARK}" if earned == 1 + len(steps) else "\N{ALMOST EQUAL TO}"
    print(
        f"{tick} {CHECK}: sparsity {total:.3f} (at least {target}), accuracy {reached:.1f} % "
        f"(steps at {', '.join(f'{step:g}' for step in steps)} %): "
        f"{earned} of {1 + len(steps)} parts earned"
    )
    if earned <= len(steps):
        print("  Prune less where the scan falls early, more where it stays flat.")
    return earned / (1 + len(steps))


def _pruned_by_torch(answer, model: nn.Module) -> nn.Module:
    """A copy of `model`, pruned by torch to the sparsities of `answer`, if they are in order."""
    names = set(prunable(model))
    if not isinstance(answer, dict):
        fail(
            CHECK,
            "sparsity_dict",
            "a dictionary: parameter name -> sparsity",
            "nothing yet: write it in the cell above and run that cell"
            if answer is None or answer is ...
            else f"a {type(answer).__name__}",
        )
    if set(answer) != names:
        fail(CHECK, "the names in sparsity_dict", f"{sorted(names)}", f"{sorted(map(str, answer))}")
    for name, s in answer.items():
        if isinstance(s, bool) or not isinstance(s, Real) or not 0 <= float(s) <= 1:
            fail(CHECK, f"sparsity_dict[{name!r}]", "a number from 0 to 1", repr(s))
    pruned = copy.deepcopy(model)
    for name, s in answer.items():
        layer, parameter = pruned.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2]
        prune.l1_unstructured(layer, parameter, amount=float(s))
        prune.remove(layer, parameter)
    return pruned
