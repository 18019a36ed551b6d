"""Is `jaccard(a, b)` the number of weights that both masks keep, over that of weights that at least one keeps?"""

import math
from numbers import Real

import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.lab04.tensors import call, copied, flat, unchanged, written
from utils.checks.report import fail, kind_of, passed

CHECK = "check_jaccard"
HINTS = {
    "division by zero": "When neither mask keeps any weight they agree entirely: return 1.",
}


def check_jaccard(answer) -> None:
    """`answer(a, b)` returns a number from 0 to 1."""
    a = {"w": torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0, 0.0] + 4 * [0.0])}
    b = {"w": torch.tensor([0.0, 0.0, 1.0, 1.0, 1.0, 1.0] + 4 * [0.0])}
    _agrees(answer, a, b)
    _agrees(answer, {"v": torch.ones(3), **a}, {"v": torch.ones(3), **b})
    _agrees(answer, a, a)
    _agrees(answer, a, {"w": 1 - a["w"]})
    _agrees(answer, a, {"w": torch.zeros(10)})
    _agrees(answer, {"w": torch.zeros(3)}, {"w": torch.zeros(3)})
    generator = fresh_generator()
    for density in (0.1, 0.5, 0.9):
        _agrees(
            answer,
            *[
                {
                    name: (torch.rand(shape, generator=generator) < density).float()
                    for name, shape in (("conv", (4, 3, 3, 3)), ("fc", (9, 7)))
                }
                for _ in range(2)
            ],
        )
    passed(CHECK, "small cases, several tensors, equal, disjoint and empty masks, random ones")


def _agrees(answer, a: dict[str, Tensor], b: dict[str, Tensor]) -> None:
    tried = f"a: {written(a)}, b: {written(b)}"
    given = copied(a), copied(b)
    got = call(CHECK, tried, answer, *given, hints=HINTS)
    unchanged(CHECK, tried, "the masks", given[0], a)
    unchanged(CHECK, tried, "the masks", given[1], b)
    expected = similarity(flat(a), flat(b))
    if not isinstance(got, (Real, Tensor)) or isinstance(got, Tensor) and got.numel() != 1:
        fail(
            CHECK,
            tried,
            f"the number {expected:.4g}",
            kind_of(got),
            "The function ends without a `return`."
            if got is None
            else "One number for all tensors together.",
        )
    got = float(got)
    if math.isclose(got, expected, abs_tol=1e-6):
        return
    if math.isnan(got):
        fail(
            CHECK,
            tried,
            f"{expected:.4g}",
            "nan, from 0 / 0",
            "When neither mask keeps any weight they agree entirely: return 1.",
        )
    fail(CHECK, tried, f"{expected:.4g}", f"{got:.4g}", _mistake(got, a, b, expected))


def similarity(a: Tensor, b: Tensor) -> float:
    """The right number for two vectors of 0 and 1."""
    either = float(torch.maximum(a, b).sum())
    return float((a * b).sum()) / either if either else 1.0


def _mistake(got: float, a: dict[str, Tensor], b: dict[str, Tensor], expected: float) -> str:
    x, y = flat(a), flat(b)
    both, sizes = float((x * y).sum()), float(x.sum() + y.sum())
    each = [similarity(a[name].flatten(), b[name].flatten()) for name in a]
    for words, value in {
        "Weights that neither keeps say nothing here: divide by those that at least one keeps, not by all.": both
        / len(x),
        "Weights that neither keeps say nothing here: they are not counted as agreement.": float(
            (x == y).double().mean()
        ),
        "Divide by the weights that at least one keeps (a or b), not by those that a keeps.": both
        / max(1.0, float(x.sum())),
        "Divide by the weights that at least one keeps (a or b), not by those that b keeps.": both
        / max(1.0, float(y.sum())),
        "Weights that both keep count twice in the sum of the two sizes. Divide by |a or b|.": both
        / max(1.0, sizes),
        "`^` counts the weights that only one of them keeps. At least one is `|`.": both
        / max(1.0, sizes - 2 * both),
        "That is 2 |both| / (|a| + |b|), the Dice coefficient.": 2 * both / max(1.0, sizes),
        "That is 1 minus it: the distance, not the similarity.": 1 - expected,
        "That is the mean over the tensors. Count over all tensors together, then divide once.": sum(
            each
        )
        / len(each),
        "That is the last tensor alone. Add up both counts over the names.": each[-1],
        "That is the number of weights that both keep. Divide by those that at least one keeps.": both,
    }.items():
        if math.isclose(got, value, abs_tol=1e-6):
            return (
                "When neither mask keeps any weight they agree entirely: return 1."
                if not sizes
                else words
            )
    return ""
