"""Is `obd(theta, hessian_diagonal)` the rise of the loss that Optimal Brain Damage predicts?

| the statement | asked by |
|---|---|
| 1/2 H_qq theta_q^2 of all weights | small and random numbers; one weight, tiny ones (hidden) |
| negative where H_qq is | negative curvature |
| the arguments are not changed | the engine |
"""

import torch
from torch import Tensor

from utils.checks.exercise import Case, steps
from utils.checks.lab02.vectors import INEXACT, NO_EPSILON, given, normal, of_vectors, tensor


def right(theta: Tensor, hessian_diagonal: Tensor) -> Tensor:
    """How much the loss 1/2 d^T diag(H) d rises when each weight alone is deleted."""
    h = torch.diag(hessian_diagonal)
    return torch.stack([d @ h @ d / 2 for d in -torch.diag(theta)])


@steps
def obd_with(
    half=0.5, square=torch.square, curvature=lambda h: h, result=lambda saliency: saliency
):
    def answer(theta, hessian_diagonal):
        return result(half * curvature(hessian_diagonal) * square(theta))

    return answer


SIGN = "A negative H_qq predicts a loss that falls: leave the sign, and do not cut it at 0."
MISTAKES = [
    ("The 1/2 is missing.", obd_with(half=1.0)),
    ("theta must be squared: the step has length |theta_q|.", obd_with(square=lambda theta: theta)),
    ("H multiplies: do not divide theta^2 by it.", obd_with(curvature=torch.reciprocal)),
    ("H_qq is not squared.", obd_with(curvature=torch.square)),
    (SIGN, obd_with(result=torch.abs)),
    (SIGN, obd_with(result=torch.relu)),
    ("One saliency for each weight: they are not added up.", obd_with(result=torch.sum)),
    ("The sign is wrong.", obd_with(half=-0.5)),
    ("They are not divided by their sum.", obd_with(result=lambda s: s / s.sum())),
    ("They stay in the order of the weights.", obd_with(result=lambda s: s.sort().values)),
    (NO_EPSILON, obd_with(curvature=lambda h: h + 1e-8)),
    ("Return the saliencies alone.", obd_with(result=lambda saliency: (saliency, saliency.sum()))),
    ("A list is not a tensor: `*` works without a loop.", obd_with(result=Tensor.tolist)),
    (INEXACT, obd_with(result=lambda saliency: saliency.float() * (1 + 1e-6))),
]


def cases(generator: torch.Generator) -> list[Case]:
    return [
        given(theta=tensor([3.0, -2.0]), hessian_diagonal=tensor([4.0, 10.0])),
        given(theta=tensor([3.0, -2.0]), hessian_diagonal=tensor([4.0, -10.0])),
        given(theta=tensor([3.0, 0.0, -1.0]), hessian_diagonal=tensor([-2.0, 5.0, 0.5])),
        given(theta=tensor([3.0, -4.0]), hessian_diagonal=tensor([1e-7, 2e-9])),
        given(theta=normal(generator, 9), hessian_diagonal=normal(generator, 9)),
        given(theta=normal(generator, 5), hessian_diagonal=normal(generator, 5).abs()),
    ]


check_obd = of_vectors(
    name="obd",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="small and random numbers, negative curvature, arguments left alone",
)
