"""Are the scores of `supermask_scores(initial, final, criterion)` those of Zhou et al. (2019)?"""

import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.lab04.tensors import SMALL, numbers, unchanged
from utils.checks.report import fail, kind_of, must_raise, passed, run

CHECK = "check_supermask_scores"
HINTS = {
    "Boolean value of Tensor": "Python's `max` and `if` ask a whole tensor for one answer. Entry by entry: `.clamp(min=0)`, `torch.where`.",
    "must be Tensor, not": "The maximum of a tensor and a number is `.clamp(min=0)`.",
}
FORMULAS = {
    "large_final": "|w_f|",
    "magnitude_increase": "|w_f| - |w_i|",
    "movement": "|w_f - w_i|",
    "large_final_same_sign": "max(0, w_i w_f / |w_i|)",
}


def check_supermask_scores(answer) -> None:
    """`answer(initial, final, criterion)` returns one score for each weight, high = keep."""
    generator = fresh_generator()
    pairs = [
        (torch.tensor([2.0, -1.0, 0.5, -3.0]), torch.tensor([-3.0, -2.0, 0.25, -1.0])),
        (torch.tensor([0.0, 0.0, 1.0, -2.0]), torch.tensor([5.0, 0.0, 0.0, -4.0])),
        (
            torch.randn(5, 4, 3, 3, generator=generator),
            torch.randn(5, 4, 3, 3, generator=generator),
        ),
    ]
    for criterion in FORMULAS:
        for initial, final in pairs:
            _agrees(answer, initial, final, criterion)
    for unknown in ("large_initial", "Movement"):
        must_raise(
            CHECK,
            f"the criterion {unknown!r}",
            ValueError,
            answer,
            *pairs[0],
            unknown,
            why="A name that is none of the four is a slip of the pen: raise a ValueError.",
        )
    passed(CHECK, "four criteria, initial weights of zero, four dimensions, an unknown criterion")


def scores_of(initial: Tensor, final: Tensor) -> dict[str, Tensor]:
    """The four right answers."""
    same_sign = (initial.sign() == final.sign()) & (initial != 0)
    return {
        "large_final": final.abs(),
        "magnitude_increase": final.abs() - initial.abs(),
        "movement": (final - initial).abs(),
        "large_final_same_sign": torch.where(same_sign, final.abs(), torch.zeros_like(final)),
    }


def _agrees(answer, initial: Tensor, final: Tensor, criterion: str) -> None:
    small = initial.numel() <= SMALL
    tried = f"{criterion!r} of " + (
        f"w_i = {numbers(initial)}, w_f = {numbers(final)}"
        if small
        else f"random weights of shape {tuple(initial.shape)}"
    )
    given = {"w_i": initial.clone(), "w_f": final.clone()}
    got = run(CHECK, tried, answer, *given.values(), criterion, hints=HINTS)
    unchanged(CHECK, tried, "the weights", given, {"w_i": initial, "w_f": final})
    expected = scores_of(initial, final)[criterion]
    if not isinstance(got, Tensor) or got.shape != expected.shape:
        fail(
            CHECK,
            tried,
            f"a tensor of shape {tuple(expected.shape)}",
            f"one of shape {tuple(got.shape)}" if isinstance(got, Tensor) else kind_of(got),
            "One score for each weight." if isinstance(got, Tensor) else "",
        )
    got = got.detach().float()
    if torch.allclose(got, expected, rtol=1e-5, atol=1e-6):
        return
    wrong = ~torch.isclose(got, expected, rtol=1e-5, atol=1e-6)
    shown = (
        (numbers(expected), numbers(got))
        if small
        else [
            f"at {wrong.nonzero()[0].tolist()}: {float(each[wrong][0]):.4g}"
            for each in (expected, got)
        ]
    )
    fail(
        CHECK, f"{tried}\n  {FORMULAS[criterion]}", *shown, _mistake(got, initial, final, criterion)
    )


def _mistake(got: Tensor, initial: Tensor, final: Tensor, criterion: str) -> str:
    if got.isnan().any():
        return "0 / 0: where w_i is 0 the score is 0. w_i / |w_i| is the sign of w_i."
    signed = initial.sign() * final
    for words, value in {
        "Sizes: the abs() is missing. A large negative weight is as large as a positive one.": {
            "large_final": final,
            "movement": final - initial,
            "magnitude_increase": final - initial,
        }.get(criterion),
        "The initial weights in place of the final ones.": {"large_final": initial.abs()}.get(
            criterion
        ),
        "That is the increase the wrong way round: |w_f| minus |w_i|.": {
            "magnitude_increase": initial.abs() - final.abs()
        }.get(criterion),
        "That is magnitude_increase: the difference of the sizes. A weight that changed its sign has moved far.": {
            "movement": final.abs() - initial.abs()
        }.get(criterion),
        "That is the size of the difference of the sizes. A weight that changed its sign has moved far.": {
            "movement": (final.abs() - initial.abs()).abs()
        }.get(criterion),
        "That is movement: the size of the difference.": {
            "magnitude_increase": (final - initial).abs()
        }.get(criterion),
        "It is an increase: a weight that shrank has a negative score. No abs() around the difference.": {
            "magnitude_increase": (final.abs() - initial.abs()).abs()
        }.get(criterion),
        "The max with 0 is missing: a weight whose sign has changed scores 0, not less.": {
            "large_final_same_sign": signed
        }.get(criterion),
        "The other way round: the sign of the initial weight, the size of the final one.": {
            "large_final_same_sign": (final.sign() * initial).clamp(min=0)
        }.get(criterion),
        "A weight whose sign has changed scores 0.": {"large_final_same_sign": final.abs()}.get(
            criterion
        ),
        "Divide by |w_i|: only its sign counts, not its size.": {
            "large_final_same_sign": (initial * final).clamp(min=0)
        }.get(criterion),
        "max(0, w_f) keeps positive weights only. A weight that was negative and still is has kept its sign too.": {
            "large_final_same_sign": final.clamp(min=0)
        }.get(criterion),
    }.items():
        if value is not None and torch.allclose(got, value, rtol=1e-5, atol=1e-6):
            return words
    return ""
