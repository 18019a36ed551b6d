"""Does `classify_critical_point(hessian)` tell the kind of point from H's eigenvalues?

| the statement | asked by |
|---|---|
| all positive, all negative, both, otherwise | all mixtures of signs and zeros |
| look at the eigenvalues | rotated axes; ten variables (hidden) |
| zero: at most 1e-9 times the size of the largest | 1e-10, 1e-7; nearer ones (hidden) |
| the size, not the value, in any unit | a negative one; units 1e-12, 1e12, 1e-25 (hidden) |
| one of four words | capitals, short ones, none |
| any size from 1 by 1 | 1 by 1, of all signs |
"""

import torch
from torch import Tensor

from utils.checks.compare import NO_RETURN, Unfit
from utils.checks.exercise import Case, Exercise, Outcome, steps
from utils.checks.lab02.vectors import given, normal, shown, tensor
from utils.checks.report import short

WORDS = ("minimum", "maximum", "saddle", "inconclusive")
UNDECIDED = "With an eigenvalue 0, H does not decide: x^2 + y^4 and x^2 - y^4 have the same H at 0."
TABLE = "The words are those of the table, in full and in lower case."
UNITS = (1e-12, 1e12)
TWO_ONLY = "The rule of the determinant and f_xx is for two variables: look at all eigenvalues."
SCALE = "In other units H is larger or smaller: compare with the largest |eigenvalue|."


@steps
def classify_with(
    values=torch.linalg.eigvalsh,
    zero=lambda values: 1e-9 * values.abs().max(),
    saddle=lambda plus, minus, flat: plus and minus,
    flat=("inconclusive", "inconclusive"),  # where nothing is negative, where nothing is positive
    no_sign="inconclusive",
    words=lambda word: word,
):
    def answer(hessian: Tensor) -> str:
        found = values(hessian)
        plus, minus = bool((found > zero(found)).any()), bool((found < -zero(found)).any())
        some_zero = bool((found.abs() <= zero(found)).any())
        if saddle(plus, minus, some_zero):
            return words("saddle")
        if not plus and not minus:
            return words(no_sign)
        if some_zero:
            return words(flat[minus])
        return words("minimum" if plus else "maximum")

    return answer


def determinant(hessian):
    d = torch.linalg.det(hessian)
    if d.abs() < 1e-9:
        return "inconclusive"
    return "saddle" if d < 0 and len(hessian) > 1 else "minimum" if hessian[0, 0] > 0 else "maximum"


MISTAKES = [
    (
        "A zero comes out as 1e-17 or -1e-17: it is 0 when at most 1e-9 times the largest |value|.",
        classify_with(zero=lambda values: 0 * values.abs().max()),
    ),
    (SCALE, classify_with(zero=lambda values: tensor(1e-9))),
    (
        "Zero is what is at most 1e-9 times the largest |value|: that limit is too high.",
        classify_with(zero=lambda values: 1e-6 * values.abs().max()),
    ),
    (
        "Zero is what is at most 1e-9 times the largest |value|: that limit is too low.",
        classify_with(zero=lambda values: 1e-12 * values.abs().max()),
    ),
    (
        "The matrix is float64: in float32 zeros come out as 1e-8.",
        classify_with(values=lambda hessian: torch.linalg.eigvalsh(hessian.float())),
    ),
    (
        "Singular values have no signs: eigenvalues have.",
        classify_with(values=torch.linalg.svdvals),
    ),
    ("Two rows are not all of H.", lambda hessian: classify_with()(hessian[:2, :2])),
    (
        "The largest value can be negative, or 0. Compare with the largest |value|.",
        classify_with(zero=lambda values: 1e-9 * values.max()),
    ),
    (
        "One direction rises, another falls: that is a saddle, zeros or not.",
        classify_with(saddle=lambda plus, minus, flat: plus and minus and not flat),
    ),
    (
        "The diagonal does not hold the eigenvalues: those of [[1, 3], [3, 1]] are 4 and -2.",
        classify_with(values=torch.diagonal),
    ),
    (TWO_ONLY, determinant),
    (UNDECIDED, classify_with(flat=("saddle", "saddle"), no_sign="saddle")),
    (UNDECIDED, classify_with(flat=("minimum", "maximum"), no_sign="minimum")),
    (
        "The determinant is positive for a maximum too. What tells them apart?",
        lambda hessian: "minimum" if torch.linalg.det(hessian) > 0 else "saddle",
    ),
    ("All eigenvalues are 0: none is positive or negative.", classify_with(no_sign="minimum")),
    (
        "One entry of H does not decide: look at the signs of all eigenvalues.",
        lambda hessian: "minimum" if hessian[0, 0] > 0 else "maximum",
    ),
    (
        "It is the other way round: the loss rises in all directions from a minimum.",
        classify_with(values=lambda hessian: torch.linalg.eigvalsh(-hessian)),
    ),
    (TABLE, classify_with(words=lambda word: word.replace("imum", ""))),
    (TABLE, classify_with(words=str.capitalize)),
    (
        "No case applied, and nothing was returned: what is left over?",
        classify_with(words=lambda word: None if word == "inconclusive" else word),
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    diagonals = [[2, 3], [-2, -3], [2, -3], [2, 0], [0, -2], [0, 0], [5], [-5], [0], [-1, -1, 3]]
    diagonals += [[-1, -2, -3], [1, -1, 0], [1, 2, 0]]
    matrices = [torch.diag(tensor(values)) for values in diagonals]
    matrices += [tensor([[1.0, 3.0], [3.0, 1.0]]), tensor([[-1.0, 3.0], [3.0, -1.0]])]
    for p in (2, 3, 6):
        values = 1 + torch.rand(p, generator=generator).double()
        flat = torch.cat([values[1:], tensor([0.0])])
        saddle = torch.cat([values[1:], -values[:1]])
        matrices += [turned(each, generator) for each in (values, -values, saddle, flat, -flat)]
        scaled = [scale * turned(each, generator) for each in (values, flat) for scale in UNITS]
        matrices += scaled
    matrices.append(turned(tensor([1.0, -2.0, 0.0, 3.0]), generator))
    limits = [[-1, -1e-10], [1, 1e-10], [2, 1e-11, 1], [1, 1e-7], [1, -1e-7], [-1, -1e-7]]
    matrices += [torch.diag(tensor(values)) for values in limits]
    return [given(hessian=matrix) for matrix in matrices]


def turned(values: Tensor, generator: torch.Generator) -> Tensor:
    """A symmetric matrix with these eigenvalues in random axes: no entry of it is zero."""
    axes = torch.linalg.qr(normal(generator, len(values), len(values)))[0]
    matrix = axes @ torch.diag(values) @ axes.T
    return (matrix + matrix.T) / 2


def read(outcome: Outcome, case: Case) -> str:
    word = outcome.returned
    if not isinstance(word, str) or word not in WORDS:
        expected = f"one of {', '.join(map(repr, WORDS))}"
        raise Unfit(expected, short(word), NO_RETURN if word is None else TABLE)
    return str(word)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    values = torch.linalg.eigvalsh(case.arguments["hessian"])
    return case.words, f"{expected.returned!r} (eigenvalues {shown(values)})", repr(got.returned)


check_classify_critical_point = Exercise(
    name="classify_critical_point",
    right=classify_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="one to six variables, rotated axes, zeros, rounding, units",
    read=read,
    show=show,
)
