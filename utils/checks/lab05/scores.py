"""What the checks of scores share: how they are read, compared and shown, and hints."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from utils.checks.compare import as_dict, as_tensor
from utils.checks.exercise import PUT_BACK, Case, Outcome
from utils.checks.lab05.networks import Batch, mean_loss
from utils.model import Tensors, prunable

ROUNDING = 1e-5  # relative to the largest score of a tensor
SMALL = 12  # as many scores are written out
HINTS = {
    "does not require grad": "prunable(model) returns detached tensors, which know no gradient. "
    "model.get_parameter(name) is the parameter itself.",
    "leaf Variable that requires grad": "A parameter is changed in place only under "
    "torch.no_grad().",
    "not have been used in the graph": "The loss does not come from these tensors: ask for its "
    "gradient by the parameters of the network, model.get_parameter(name).",
    "and 'NoneType'": "A .grad is None: prunable(model) returns detached tensors, which never get "
    "one. Take that of model.get_parameter(name), after backward() and before zero_grad().",
}
NEIGHBOURS = (
    "Weights are paired with the gradients of other parameters: with biases among them, go by name."
)
GRADS, MODE = PUT_BACK[".grad"], PUT_BACK["train or eval mode"]
BIASES = "Weights are pruned, biases are not: prunable(model) has the names."
DEEPER = "One tensor for each of prunable(model), whatever its layer is and however deep it lies."
PART = "Not all of the batch takes part: the loss is the mean over all examples."
NOT_LOG = "nll_loss takes logarithms of probabilities. cross_entropy takes the outputs as they are."
SOFTMAX = "cross_entropy takes the outputs as they are: it contains the softmax."
LABELS = "The labels are `y` of the batch, not what the network predicts."


def softmax_twice(outputs: Tensor, y: Tensor) -> Tensor:
    return nn.functional.cross_entropy(outputs.softmax(1), y)


def sum_of_losses(outputs: Tensor, y: Tensor) -> Tensor:
    return nn.functional.cross_entropy(outputs, y, reduction="sum")


def predicted_labels(outputs: Tensor, y: Tensor) -> Tensor:
    return nn.functional.cross_entropy(outputs, outputs.argmax(1))


def not_log(outputs: Tensor, y: Tensor) -> Tensor:
    return nn.functional.nll_loss(outputs, y)


def halves(batch: Batch) -> Batch:
    x, y = batch
    return x[: len(y) // 2], y[: len(y) // 2]


def first_example(batch: Batch) -> Batch:
    x, y = batch
    return x[:1], y[:1]


def leaves_gradients(model: nn.Module, batch: Batch) -> None:
    mean_loss(model(batch[0]), batch[1]).backward()


def as_scores(returned: Any, model: nn.Module) -> Tensors:
    """One tensor for each prunable weight, in float64."""
    weights = prunable(model)
    more = isinstance(returned, Mapping) and set(returned) - set(weights)
    found = as_dict(returned, weights, BIASES if more else DEEPER)
    return {
        name: as_tensor(found[name], w.shape, "One score for each weight.").double()
        for name, w in weights.items()
    }


def read_scores(outcome: Outcome, case: Case) -> Tensors:
    return as_scores(outcome.returned, case.arguments["model"])


def same_scores(got: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> bool:
    """Equal up to rounding. NaN is equal to nothing."""
    return all(close(got[name], value) for name, value in expected.items())


def close(got: Tensor, expected: Tensor) -> bool:
    return bool(((got - expected).abs() <= ROUNDING * expected.abs().max()).all())


def differing(right: Tensors, got: Tensors) -> tuple[str, str]:
    """The first tensor that differs: in full if it is small, else its first entry that differs."""
    name = next(name for name in right if not close(got[name], right[name]))
    a, b = right[name], got[name]
    factor = total(times(got, right)) / (total(times(right, right)) or 1.0)
    by = f"\nevery score is {factor:.4g} times the right one" if factor else ""
    by = by if same_scores(got, {n: factor * score for n, score in right.items()}) else ""
    if a.numel() <= SMALL:
        return f"{name}: {written(a)}", f"{name}: {written(b)}{by}"
    place = tuple(((a - b).abs() > ROUNDING * a.abs().max()).nonzero()[:1].flatten().tolist())
    place = place or tuple(b.isnan().nonzero()[0].tolist())
    where = f"{name} at {list(place)}"
    return f"{where}: {float(a[place]):.4g}", f"{where}: {float(b[place]):.4g}"


def show_scores(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, *differing(read_scores(expected, case), read_scores(got, case))


def times(a: Tensors, b: Tensors) -> Tensors:
    """Entry by entry, for the names of b."""
    return {name: a[name] * b[name] for name in b}


def total(scores: Mapping[str, Tensor]) -> float:
    return float(sum(score.sum() for score in scores.values()))


def sizes(scores: Tensors) -> Tensors:
    return {name: score.abs() for name, score in scores.items()}


def shares(scores: Tensors) -> Tensors:
    """Divided by the sum of them all."""
    whole = total(scores)
    return {name: score / whole for name, score in scores.items()}


def written(tensor: Tensor) -> str:
    """A small vector or matrix, written out."""
    if tensor.dim() > 1:
        return "[" + ", ".join(written(row) for row in tensor) + "]"
    return "[" + ", ".join(f"{value:z.4g}" for value in tensor.tolist()) + "]"
