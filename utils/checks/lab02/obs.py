"""Is `obs(theta, inverse)` the rise of the loss that Optimal Brain Surgeon predicts?

| the statement | asked by |
|---|---|
| theta_q^2 / (2 [H^-1]_qq), the least rise | against the constrained minimum; one weight (hidden) |
| the diagonal of the inverse that is given | 1 / H_qq, rows and H itself differ from it |
| in any units | an inverse near 1e-9, weights near 1e-7; others (hidden) |
| the arguments are not changed | the engine |
"""

import torch
from torch import Tensor

from utils.checks.exercise import Case, steps
from utils.checks.lab02.vectors import (
    INEXACT,
    NO_EPSILON,
    given,
    normal,
    of_vectors,
    positive,
    tensor,
)

GIVEN = "the entry [H^-1]_qq of the inverse that is given."


def right(theta: Tensor, inverse: Tensor) -> Tensor:
    """The least 1/2 d^T H d with d_q = -theta_q for each q, by the equations of Lagrange."""
    p, h = len(theta), torch.linalg.inv(inverse)
    rises = []
    for e, weight in zip(torch.eye(p).double(), theta):
        system = torch.cat([torch.cat([h, e[:, None]], 1), torch.cat([e, e.new_zeros(1)])[None]])
        d = torch.linalg.solve(system, torch.cat([e.new_zeros(p), -weight[None]]))[:p]
        rises.append(d @ h @ d / 2)
    return torch.stack(rises)


@steps
def obs_with(
    two=2.0,
    square=torch.square,
    below=lambda inverse: inverse.diagonal(),
    result=lambda saliency: saliency,
):
    def answer(theta, inverse):
        return result(square(theta) / (two * below(inverse)))

    return answer


MISTAKES = [
    ("The 2 is missing.", obs_with(two=1.0)),
    (
        f"That is OBD: it has H_qq. OBS divides by {GIVEN}",
        obs_with(below=lambda inverse: 1 / torch.linalg.inv(inverse).diagonal()),
    ),
    (
        f"It divides by H_qq. The formula has {GIVEN}",
        obs_with(below=lambda inverse: torch.linalg.inv(inverse).diagonal()),
    ),
    (
        "[H^-1]_qq stands below: a / 2 * d multiplies by d, a / (2 * d) divides.",
        obs_with(below=lambda inverse: 1 / inverse.diagonal()),
    ),
    ("theta must be squared.", obs_with(square=lambda theta: theta)),
    (
        "theta must be squared, and so its sign goes.",
        obs_with(square=torch.abs),
    ),
    ("It is not a square root.", obs_with(result=torch.sqrt)),
    (NO_EPSILON, obs_with(below=lambda inverse: inverse.diagonal() + 1e-8)),
    ("A small weight is not 0.", obs_with(square=lambda t: t.square() * (t.abs() > 1e-6))),
    (
        "It is upside down: theta_q^2 stands above.",
        obs_with(result=torch.reciprocal),
    ),
    ("[H^-1]_qq is not squared.", obs_with(below=lambda inverse: inverse.diagonal().square())),
    (
        "One saliency for each weight: of the inverse, take the diagonal.",
        obs_with(below=lambda inverse: inverse),
    ),
    (
        "It is the diagonal of the inverse that stands below, not the sum of its rows.",
        obs_with(below=lambda inverse: inverse.sum(1)),
    ),
    ("A list is not a tensor: `/` works without a loop.", obs_with(result=Tensor.tolist)),
    (INEXACT, obs_with(result=lambda saliency: saliency.float() * (1 + 1e-6))),
]


def cases(generator: torch.Generator) -> list[Case]:
    problems = [
        (tensor([3.0, -2.0]), tensor([[2.0, 1.0], [1.0, 2.0]])),
        (tensor([3.0, 0.0]), tensor([[4.0, -1.0], [-1.0, 0.5]])),
    ]
    problems += [(1e-7 * normal(generator, 3), 1e9 * positive(generator, 3)) for _ in range(2)]
    problems += [(normal(generator, p), positive(generator, p)) for p in (3, 8)]
    return [given(theta=theta, inverse=torch.linalg.inv(h)) for theta, h in problems]


check_obs = of_vectors(
    name="obs",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    one="One saliency for each weight: of the inverse, take the diagonal.",
    facts="small and random numbers, against the constrained minimum, arguments left alone",
)
