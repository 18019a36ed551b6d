"""Are `obd(theta, hessian_diagonal)` and `obs(theta, inverse)` the rises of the loss that the two papers predict?"""

import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.report import passed, run
from utils.checks.lab02.vectors import compare, normal, positive, show, tensor, unchanged

OBD, OBS = "check_obd", "check_obs"
GIVEN = "the entry [H^-1]_qq of the inverse, which you are given: do not invert it again."


def check_obd(answer) -> None:
    """`answer(theta, hessian_diagonal)` returns 1/2 H_qq theta_q^2 (p,)."""
    generator = fresh_generator()
    for theta, diagonal in (
        (tensor([3.0, -2.0]), tensor([4.0, 10.0])),
        (tensor([3.0, -2.0]), tensor([4.0, -10.0])),
        (normal(generator, 9), normal(generator, 9)),
        (normal(generator, 5), 0.5 + torch.rand(5, generator=generator).double()),
    ):
        before, tried = (
            (theta.clone(), diagonal.clone()),
            f"theta = {show(theta)}, diagonal of H = {show(diagonal)}",
        )
        got = run(OBD, tried, answer, theta, diagonal)
        unchanged(OBD, tried, theta=(theta, before[0]), hessian_diagonal=(diagonal, before[1]))
        right = _by_the_loss(theta, diagonal)
        compare(
            OBD,
            tried,
            got,
            right,
            {
                "The 1/2 is missing.": 2 * right,
                "theta must be squared: deleting a weight means a step of length |theta_q|.": diagonal
                * theta
                / 2,
                "theta must be squared: deleting a weight means a step of length |theta_q|. The 1/2 is missing too.": diagonal
                * theta,
                "It is H that multiplies. It looks as if theta^2 were divided by it.": theta**2
                / (2 * diagonal),
                "H_qq is not squared.": diagonal**2 * theta**2 / 2,
                "A negative H_qq predicts a loss that falls: leave the sign.": right.abs(),
                "A negative H_qq predicts a loss that falls: leave it, and do not cut it at 0.": right.clamp(
                    min=0
                ),
            },
            "One saliency for each weight.",
        )
    passed(OBD, "small and random numbers, negative curvature, arguments left alone")


def _by_the_loss(theta: Tensor, diagonal: Tensor) -> Tensor:
    """How much the loss 1/2 d^T diag(H) d rises when each weight alone is deleted."""
    steps = -torch.diag(theta)
    return torch.stack([d @ torch.diag(diagonal) @ d / 2 for d in steps])


def check_obs(answer) -> None:
    """`answer(theta, inverse)` returns theta_q^2 / (2 [H^-1]_qq) (p,)."""
    generator = fresh_generator()
    cases = [(tensor([3.0, -2.0]), tensor([[2.0, 1.0], [1.0, 2.0]]))]
    cases += [(normal(generator, p), positive(generator, p)) for p in (3, 8)]
    for theta, h in cases:
        inverse = torch.linalg.inv(h)
        before, tried = (
            (theta.clone(), inverse.clone()),
            f"theta = {show(theta)}, inverse of H = {show(inverse)}",
        )
        got = run(OBS, tried, answer, theta, inverse)
        unchanged(OBS, tried, theta=(theta, before[0]), inverse=(inverse, before[1]))
        right = torch.stack([least_rise(h, theta, q)[1] for q in range(len(theta))])
        compare(
            OBS,
            tried,
            got,
            right,
            {
                "The 2 is missing.": 2 * right,
                f"That is OBD: it has H_qq. OBS divides by {GIVEN}": h.diagonal() * theta**2 / 2,
                f"It divides by H_qq. The formula has {GIVEN}": theta**2 / (2 * h.diagonal()),
                "[H^-1]_qq stands below: theta^2 / 2 * d multiplies by d, theta^2 / (2 * d) divides.": inverse.diagonal()
                * theta**2
                / 2,
                "theta must be squared.": theta / (2 * inverse.diagonal()),
                "[H^-1]_qq is not squared.": theta**2 / (2 * inverse.diagonal() ** 2),
            },
            "One saliency for each weight: of the inverse, take the diagonal.",
        )
    passed(OBS, "small and random numbers, against the constrained minimum, arguments left alone")


def least_rise(h: Tensor, theta: Tensor, q: int) -> tuple[Tensor, Tensor]:
    """The d with d_q = -theta_q of least 1/2 d^T H d, from the linear equations of Lagrange; and that least value."""
    e = torch.eye(len(theta)).double()[q]
    system = torch.cat(
        [torch.cat([h, e[:, None]], 1), torch.cat([e, torch.zeros(1).double()])[None]]
    )
    d = torch.linalg.solve(system, torch.cat([torch.zeros(len(theta)).double(), -theta[q, None]]))[
        :-1
    ]
    return d, d @ h @ d / 2
