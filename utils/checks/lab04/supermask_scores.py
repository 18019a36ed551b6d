"""Are the scores of `supermask_scores(initial, final, criterion)` those of Zhou et al. (2019)?

| the statement | the case that asks it |
|---|---|
| the four formulas | four weights, five dimensions; hidden: float64, a transposed matrix |
| 0 where w_i is 0 | w_i = 0, and 1e-9, which is not 0 |
| one score for each weight, of the same shape | all; hidden: no weight, one number |
| any other criterion is a ValueError | unknown, capital letters; hidden: a part of a name |
"""

from typing import Any

import torch
from torch import Tensor

from utils.checks.compare import as_tensor
from utils.checks.exercise import Case, Exercise, Outcome, refused, steps
from utils.checks.lab04.tensors import FEW, numbers

ZERO: Any = 0  # a number, where torch.maximum asks for a tensor
FORMULAS = {
    "large_final": "|w_f|",
    "magnitude_increase": "|w_f| - |w_i|",
    "movement": "|w_f - w_i|",
    "large_final_same_sign": "max(0, w_i w_f / |w_i|)",
}
NO_ABS = "Sizes: the abs() is missing. A large negative weight is as large as a positive one."
FAR = "That is a difference of sizes. A weight that changed its sign has moved far."
ENTRY = "Python's `max` asks a whole tensor for one answer. Entry by entry: `.clamp(min=0)`."
NUMBER = "The maximum of a tensor and a number is `.clamp(min=0)`."
NULL = "Where w_i is 0 the score is 0, whatever w_f is."
SMALL = "A weight of 1e-9 is small, but not 0: only its sign counts. No epsilon, no tolerance."
UNKNOWN = "A name that is none of the four is a slip of the pen: raise a ValueError."


@steps
def scores_with(known=lambda name: name, unknown=ValueError, **changed):
    """The four formulas, some of them changed."""
    formulas = {
        "large_final": lambda i, f: f.abs(),
        "magnitude_increase": lambda i, f: f.abs() - i.abs(),
        "movement": lambda i, f: (f - i).abs(),
        "large_final_same_sign": lambda i, f: torch.where(i * f > 0, f.abs(), 0.0),
    } | changed

    def answer(initial: Tensor, final: Tensor, criterion: str) -> Tensor:
        if known(criterion) not in formulas:
            raise unknown(criterion)
        return formulas[known(criterion)](initial, final)

    return answer


def with_epsilon(i, f):
    return (i * f / (i.abs() + 1e-8)).clamp(min=0)


MISTAKES = [
    (NO_ABS, scores_with(large_final=lambda i, f: f)),
    (NO_ABS, scores_with(movement=lambda i, f: f - i)),
    (NO_ABS, scores_with(magnitude_increase=lambda i, f: f - i)),
    (
        "The initial weights were taken, not the final ones.",
        scores_with(large_final=lambda i, f: i.abs()),
    ),
    (
        "One score for each weight, not their sum.",
        scores_with(large_final=lambda i, f: f.abs().sum()),
    ),
    (FAR, scores_with(movement=lambda i, f: f.abs() - i.abs())),
    (FAR, scores_with(movement=lambda i, f: (f.abs() - i.abs()).abs())),
    (
        "That is the increase the wrong way round: |w_f| minus |w_i|.",
        scores_with(magnitude_increase=lambda i, f: i.abs() - f.abs()),
    ),
    (
        "That is movement: the size of the difference.",
        scores_with(magnitude_increase=lambda i, f: (f - i).abs()),
    ),
    (
        "A weight that shrank has a negative score. No abs() around the difference.",
        scores_with(magnitude_increase=lambda i, f: (f.abs() - i.abs()).abs()),
    ),
    (
        "The max with 0 is missing: a weight whose sign has changed scores 0, not less.",
        scores_with(large_final_same_sign=lambda i, f: i.sign() * f),
    ),
    (
        "A weight whose sign has changed scores 0.",
        scores_with(large_final_same_sign=lambda i, f: f.abs()),
    ),
    (
        "Divide by |w_i|: only its sign counts, not its size.",
        scores_with(large_final_same_sign=lambda i, f: (i * f).clamp(min=0)),
    ),
    (
        "The other way round: the sign of the initial weight, the size of the final one.",
        scores_with(large_final_same_sign=lambda i, f: (f.sign() * i).clamp(min=0)),
    ),
    (
        "max(0, w_f) keeps positive weights only. One that was and is negative kept its sign too.",
        scores_with(large_final_same_sign=lambda i, f: f.clamp(min=0)),
    ),
    (
        "0 / 0: where w_i is 0 the score is 0. w_i / |w_i| is the sign of w_i.",
        scores_with(large_final_same_sign=lambda i, f: (i * f / i.abs()).clamp(min=0)),
    ),
    (SMALL, scores_with(large_final_same_sign=with_epsilon)),
    (
        SMALL,
        scores_with(large_final_same_sign=lambda i, f: (i * f > 1e-8) * f.abs()),
    ),
    (ENTRY, scores_with(large_final_same_sign=lambda i, f: max(0, i.sign() * f))),
    (NUMBER, scores_with(large_final_same_sign=lambda i, f: torch.maximum(ZERO, i.sign() * f))),
    (UNKNOWN, scores_with(known=lambda name: name if name in FORMULAS else "movement")),
    (UNKNOWN, scores_with(unknown=KeyError)),
    (UNKNOWN, scores_with(known=str.lower)),
]


def cases(generator: torch.Generator) -> list[Case]:
    pairs = [
        (torch.tensor([2.0, -1.0, 0.5, -3.0]), torch.tensor([-3.0, -2.0, 0.25, -1.0])),
        (torch.tensor([0.0, 0.0, 1.0, -2.0]), torch.tensor([5.0, 0.0, 0.0, -4.0])),
        (torch.tensor([1e-9, -1e-9, -0.0, 2.0]), torch.tensor([3.0, -2.0, 5.0, 1e-9])),
        (torch.tensor([-4e-9, 2e-8]), torch.tensor([-1.0, 0.5])),
        tuple(torch.randn(2, 5, 4, 3, 3, generator=generator)),
    ]
    pairs[-1][0][0] = 0
    return [
        *(
            Case(
                f"{c!r}, {formula}: w_i = {numbers(i)}, w_f = {numbers(f)}",
                {"initial": i, "final": f, "criterion": c},
                why=why if "sign" in c else "",
            )
            for c, formula in FORMULAS.items()
            for (i, f), why in zip(pairs, ("", NULL, SMALL, SMALL, ""))
        ),
        *(
            refused(f"the criterion {c!r}", ValueError, UNKNOWN, initial=i, final=f, criterion=c)
            for c in ("large_initial", "Movement")
            for i, f in pairs[:1]
        ),
    ]


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    right, came = expected.returned, got.returned
    if right.numel() <= FEW:
        return case.words, numbers(right), numbers(came)
    place = (~torch.isclose(came.double(), right.double())).nonzero()[0].tolist()
    wanted, given = (f"{float(each[tuple(place)]):.4g}" for each in (right, came))
    return f"{case.words}, at {place}", wanted, given


check_supermask_scores = Exercise(
    name="supermask_scores",
    right=scores_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="four criteria, initial weights of zero, four dimensions, an unknown criterion",
    read=lambda outcome, case: as_tensor(
        outcome.returned, case.arguments["final"].shape, "One score for each weight."
    ),
    show=show,
    hints={"Boolean value of Tensor": ENTRY, "must be Tensor, not": NUMBER},
)
