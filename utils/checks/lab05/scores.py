"""What the checks of this lab share: are these the scores, is the network as it was, and which mistake gives what came?"""

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from utils.checks.report import fail, kind_of
from utils.model import Tensors, prunable

ROUNDING = 1e-5  # relative to the largest score of a tensor
SMALL = 12  # as many scores are written out
HINTS = {
    "does not require grad": "prunable(model) returns detached tensors, which know no gradient. "
    "model.get_parameter(name) is the parameter itself.",
    "leaf Variable that requires grad": "A parameter is changed in place only under torch.no_grad().",
    "not have been used in the graph": "The loss does not come from these tensors: ask for its gradient by the parameters of the "
    "network that computed it, model.get_parameter(name).",
    "and 'NoneType'": "A .grad is None. prunable(model) returns detached tensors, which never get one: take that of "
    "model.get_parameter(name), after backward() and before zero_grad().",
}
NEIGHBOURS = "Weights are paired with the gradients of other parameters: where biases take part too, go by name."


def state(model: nn.Module) -> Tensors:
    """An independent copy of all that the model holds."""
    return copy.deepcopy(dict(model.state_dict()))


def as_it_was(check: str, tried: str, model: nn.Module, before: Tensors) -> None:
    """Fails when an answer has changed the network."""
    for name, now in model.state_dict().items():
        was = before[name]
        if now.dtype != was.dtype:
            fail(
                check,
                tried,
                f"the model left as it was, in {_kind(was)}",
                f"{name} in {_kind(now)}",
                "model.double() converts the model itself: work on a copy.deepcopy of it.",
            )
        if not torch.equal(now, was):
            fail(
                check,
                tried,
                "the model left as it was",
                f"{name} = {written(now)}, which was {written(was)}"
                if was.numel() <= SMALL
                else f"{name}: {int((now != was).sum())} of its {was.numel()} entries are others",
                "The signs of the weights are gone: put them back, or work on a copy.deepcopy of the model."
                if torch.equal(now, was.abs())
                else "Work on a copy.deepcopy of the model.",
            )


def compare(
    check: str,
    tried: str,
    returned,
    right: Tensors,
    mistakes: Iterable[tuple[str, Tensors]],
    invalid: str = "",
) -> None:
    """Fail unless `returned` holds these scores. `mistakes`: what each, in words, would give.
    `invalid`: what nan, inf or a zero
    in place of every score means.
    """
    got = _dictionary(check, tried, returned, right)
    if same(got, right):
        return
    if invalid and not all(score.isfinite().all() and score.any() for score in got.values()):
        fail(check, tried, *differing(right, got), invalid)
    words = next((words for words, value in mistakes if same(got, value)), "")
    fail(check, tried, *differing(right, got), words or _by_a_factor(got, right))


def _by_a_factor(got: Tensors, right: Tensors) -> str:
    factor = total(times(got, right)) / (total(times(right, right)) or 1.0)
    return (
        f"Every score is {factor:.4g} times the right one."
        if factor and same(got, scaled(right, factor))
        else ""
    )


def same(got: Tensors, expected: Tensors) -> bool:
    """Equal up to rounding. NaN is equal to nothing."""
    return all(
        bool(((got[name] - value).abs() <= ROUNDING * value.abs().max()).all())
        for name, value in expected.items()
    )


def differing(right: Tensors, got: Tensors) -> tuple[str, str]:
    """The first tensor that differs: written out when it is small, otherwise its first entry that differs."""
    name = next(name for name in right if not same({name: got[name]}, {name: right[name]}))
    if right[name].numel() <= SMALL:
        return f"{name}: {written(right[name])}", f"{name}: {written(got[name])}"
    close = (got[name] - right[name]).abs() <= ROUNDING * right[name].abs().max()
    place = tuple((~close).nonzero()[0].tolist())
    return tuple(
        f"{name} at {list(place)}: {float(each[name][place]):.4g}" for each in (right, got)
    )


def sizes(scores: Tensors) -> Tensors:
    """The absolute values."""
    return {name: score.abs() for name, score in scores.items()}


def times(a: Tensors, b: Tensors) -> Tensors:
    """Entry by entry, for the names of b."""
    return {name: a[name] * b[name] for name in b}


def scaled(scores: Tensors, factor) -> Tensors:
    return {name: score * factor for name, score in scores.items()}


def shares(scores: Tensors) -> Tensors:
    """Divided by the sum of them all."""
    return scaled(scores, 1 / total(scores))


def shares_by_tensor(scores: Tensors) -> Tensors:
    return {name: score / score.sum() for name, score in scores.items()}


def side_by_side(weights: Tensors, slopes: Tensors) -> Tensors:
    """Each weight times the tensor at its place in `slopes`, which hold those of biases too; NaN where torch would refuse."""
    return {
        name: w * (slope if slope.shape in (w.shape, w.shape[-1:]) else torch.nan)
        for (name, w), slope in zip(weights.items(), slopes.values())
    }


def total(scores: Tensors) -> float:
    return float(sum(score.sum() for score in scores.values()))


def weights_of(model: nn.Module) -> Tensors:
    """A copy of the prunable weights."""
    return {name: w.clone() for name, w in prunable(model).items()}


def written(tensor: Tensor) -> str:
    """A small vector or matrix, written out; of a larger one only its shape."""
    if tensor.numel() > SMALL:
        return f"numbers of shape {tuple(tensor.shape)}"
    if tensor.dim() > 1:
        return "[" + ", ".join(written(row) for row in tensor) + "]"
    return "[" + ", ".join(f"{value:z.4g}" for value in tensor.tolist()) + "]"


def _dictionary(check: str, tried: str, returned, right: Tensors) -> Tensors:
    """`returned` as tensors in the dtype of `right`; fails when names or shapes are others."""
    if not isinstance(returned, dict):
        fail(
            check,
            tried,
            "a dictionary: name of a weight -> its scores",
            kind_of(returned),
            "The function ends without a `return`." if returned is None else "",
        )
    if set(returned) != set(right):
        fail(
            check,
            tried,
            f"scores of {', '.join(right)}",
            f"of {', '.join(map(str, returned))}",
            "Weights are pruned, biases are not: prunable(model) has the names."
            if set(returned) > set(right)
            else "",
        )
    for name, value in right.items():
        score = returned[name]
        if not isinstance(score, Tensor) or score.shape != value.shape:
            fail(
                check,
                tried,
                f"{name}: a tensor of shape {tuple(value.shape)}",
                f"one of shape {tuple(score.shape)}"
                if isinstance(score, Tensor)
                else f"a {type(score).__name__}",
                "One score for each weight.",
            )
    return {name: returned[name].detach().to(value.dtype) for name, value in right.items()}


def _kind(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
