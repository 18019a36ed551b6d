"""How good is a choice of sparsities?

Not a table as the other checks are: it takes no function, and earns a part of the points.
"""

from numbers import Real

from torch import nn
from torch.nn.utils import prune

from utils.checks.compare import copied
from utils.checks.report import fail
from utils.model import evaluate, num_weights, prunable, sparsity

CHECK = "check_sparsity_dict"
NEAR = 0.05  # so much less than the target still earns the parts for accuracy
MORE = "Prune most where most weights are: a large layer counts for more than a small one."


def check_sparsity_dict(
    answer, model: nn.Module, dataloader, target: float, steps=(60.0, 80.0, 93.0)
) -> float:
    """How good is a choice of sparsities? Returns a part of the marks, in [0, 1].

    `answer` is a dictionary name -> sparsity for all prunable weights of `model`, which is not
    changed. One part is earned when the fraction `target` of all weights goes, and one for each of
    the accuracies `steps` (in percent, on `dataloader`, before fine-tuning) that the pruned model
    reaches. CheckFailed where less than `target` - NEAR goes: keeping accuracy is easy then.
    """
    pruned = _pruned_by_torch(answer, model)
    total, reached = sparsity(pruned), evaluate(pruned, dataloader)
    wanted = target - 0.5 / num_weights(model)
    if total < wanted - NEAR:
        what = f"the fraction of all {num_weights(model)} weights that is zero"
        fail(CHECK, what, f"at least {target:.3f}", f"{total:.3f}", MORE)
    parts = {f"sparsity {total:.3f} (at least {target})": total >= wanted}
    parts |= {f"accuracy {reached:.1f} % (at least {step:g} %)": reached >= step for step in steps}
    earned = sum(parts.values()) / len(parts)
    tick = "\N{CHECK MARK}" if earned == 1 else "\N{ALMOST EQUAL TO}"
    print(f"{tick} {CHECK}: {sum(parts.values())} of {len(parts)} parts earned")
    for words, right in parts.items():
        print(f"  {'yes' if right else 'no '}  {words}")
    if total < wanted:
        print(f"  {MORE}")
    elif earned < 1:
        print("  Prune less where the scan falls early, more where it stays flat.")
    return earned


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
    pruned = copied(model)
    for name, s in answer.items():
        layer, parameter = pruned.get_submodule(name.rpartition(".")[0]), name.rpartition(".")[2]
        prune.l1_unstructured(layer, parameter, amount=float(s))
        prune.remove(layer, parameter)
    return pruned
