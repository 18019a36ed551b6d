"""Does `classify_critical_point(hessian)` read minimum, maximum and saddle from the eigenvalues, or that they do not decide?"""

import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.lab02.vectors import normal, shortened, show, tensor

CHECK = "check_classify_critical_point"
WORDS = ("minimum", "maximum", "saddle", "inconclusive")
UNDECIDED = (
    "An eigenvalue is 0 and the others have one sign: H does not decide. x^2 + y^4 and x^2 - y^4 have the same "
    "Hessian at 0; one has a minimum there, the other a saddle."
)
TWO_ONLY = "The rule of the determinant and f_xx is for two variables. In more, look at the signs of all eigenvalues."
ROUNDED = "An eigenvalue that is 0 comes out as 1e-17 or -1e-17. Count it as 0 when |value| <= 1e-9 * the largest |value|."
BOTH_SIGNS = "One direction rises and another falls: a saddle, whatever the direction with eigenvalue 0 does."
ABSOLUTE = "A loss in other units has another H. Compare with the largest |eigenvalue|, not with a fixed number."


def check_classify_critical_point(answer) -> None:
    """`answer(hessian)` returns one of four words."""
    for values, expected, mistakes in (
        ((2, 3), "minimum", {}),
        (
            (-2, -3),
            "maximum",
            {"minimum": "The determinant is positive for a maximum too. What tells them apart?"},
        ),
        ((2, -3), "saddle", {}),
        ((2, 0), "inconclusive", {"saddle": UNDECIDED, "minimum": UNDECIDED}),
        ((0, -2), "inconclusive", {"saddle": UNDECIDED, "maximum": UNDECIDED}),
        (
            (0, 0),
            "inconclusive",
            dict.fromkeys(
                WORDS, "All eigenvalues are 0: nothing is positive, nothing is negative."
            ),
        ),
        ((5,), "minimum", {"saddle": TWO_ONLY}),
        ((-5,), "maximum", {"saddle": TWO_ONLY}),
        ((-1, -1, 3), "saddle", {"maximum": TWO_ONLY}),
        ((-1, -2, -3), "maximum", {"saddle": TWO_ONLY}),
        ((1, -1, 0), "saddle", {"inconclusive": BOTH_SIGNS}),
        ((1, 2, 0), "inconclusive", {"saddle": UNDECIDED, "minimum": UNDECIDED}),
    ):
        _is(answer, torch.diag(tensor(values)), expected, mistakes)
    diagonal = "The diagonal is positive, and yet the loss falls along [1, -1]. The eigenvalues are 4 and -2."
    _is(answer, tensor([[1.0, 3.0], [3.0, 1.0]]), "saddle", {"minimum": diagonal})
    _rotated(answer, fresh_generator())
    passed(CHECK, "one to six variables, rotated axes, zeros, rounding, units")


def _rotated(answer, generator: torch.Generator) -> None:
    """The same in axes that are turned: no entry of H is zero, and no eigenvalue exactly."""
    for p in (2, 3, 6):
        values = 1 + torch.rand(p, generator=generator).double()
        _is(answer, turned(values, generator), "minimum", {})
        _is(answer, turned(-values, generator), "maximum", {})
        _is(answer, turned(torch.cat([values[1:], -values[:1]]), generator), "saddle", {})
        for semidefinite in (
            turned(_one_zero(values), generator),
            turned(-_one_zero(values), generator),
        ):
            _is(answer, semidefinite, "inconclusive", dict.fromkeys(WORDS, ROUNDED))
    for scale in (1e-12, 1e12):
        _is(answer, scale * turned(values, generator), "minimum", {"inconclusive": ABSOLUTE})
        _is(
            answer,
            scale * turned(_one_zero(values), generator),
            "inconclusive",
            dict.fromkeys(WORDS, ABSOLUTE),
        )
    _is(
        answer,
        turned(tensor([1.0, -2.0, 0.0, 3.0]), generator),
        "saddle",
        {"inconclusive": BOTH_SIGNS},
    )


def _one_zero(values: Tensor) -> Tensor:
    return torch.cat([values[1:], torch.zeros(1).double()])


def turned(values: Tensor, generator: torch.Generator) -> Tensor:
    """A symmetric matrix with these eigenvalues in random axes."""
    axes = torch.linalg.qr(normal(generator, len(values), len(values)))[0]
    matrix = axes @ torch.diag(values) @ axes.T
    return (matrix + matrix.T) / 2


def _is(answer, hessian: Tensor, expected: str, mistakes: dict[str, str]) -> None:
    tried = f"H = {show(hessian)}"
    got = run(CHECK, tried, answer, hessian.clone())
    if not isinstance(got, str) or got not in WORDS:
        fail(
            CHECK,
            tried,
            f"one of {', '.join(map(repr, WORDS))}",
            shortened(got),
            "No case applied: what is left over?" if got is None else "",
        )
    if got != expected:
        fail(
            CHECK,
            tried,
            f"{expected!r} (eigenvalues {show(torch.linalg.eigvalsh(hessian))})",
            repr(got),
            mistakes.get(got, ""),
        )
