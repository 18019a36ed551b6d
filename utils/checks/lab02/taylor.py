"""Is `taylor(loss, theta, direction, order)` the Taylor polynomial of the loss, a function of h?

| the statement | asked by |
|---|---|
| the polynomial of L, g and H along d | four losses, two of them with third derivatives |
| as a function of h | numbers and tuples are other things; asked three times, h of both signs |
| cut after order 0, 1 or 2 | each of them |
| any length of the direction | 3.2 and others; 1e-4, 1e4, 0 (hidden) |
| a float or a tensor of one number | vectors are rejected |
| exactly | float32 and difference quotients are rejected |
"""

from functools import cache
from math import isfinite

import torch
from torch import Tensor
from torch.func import grad, hessian

from utils.checks.compare import Unfit, as_number
from utils.checks.exercise import Case, Outcome, steps
from utils.checks.in_student import in_student
from utils.checks.lab02.losses import Loss, small, some
from utils.checks.lab02.vectors import INEXACT, normal, of_vectors, shown, tensor
from utils.checks.report import short

STEPS = (0.0, 0.5, -2.0)


def values(answer, loss: Loss, theta: Tensor, direction: Tensor, order: int, at=STEPS):
    """The answer's polynomial at each step; or, if it is not a function, how it is written."""
    found = values_there(answer, loss, theta, direction, order, at)
    return found if isinstance(found, list) else short(*found)


@in_student
def values_there(answer, loss, theta, direction, order, at):
    """A list of the polynomial's values, or a tuple with what is there in its place."""
    make, *parts = loss
    polynomial = answer(make(*parts), theta, direction, order)
    return [polynomial(h) for h in at] if callable(polynomial) else (polynomial,)


@steps
def taylor_with(
    direct=lambda direction: direction,
    value=lambda value: value,
    slope=lambda slope: slope,
    curvature=hessian,
    half=0.5,
    powers=(0, 1, 2),
    last=lambda order: order,
    first=lambda order: 0,
    number=lambda value: value,
    step=lambda h: h,
):
    """From the gradient and the whole Hessian, by torch."""

    def answer(loss, theta, direction, order):
        d = direct(direction)
        all_terms = [
            lambda: value(loss(theta)),
            lambda: slope(grad(loss)(theta) @ d),
            lambda: half * (d @ curvature(loss)(theta) @ d),
        ]
        terms = [number(term()) for term in all_terms[: last(order) + 1]]
        chosen = list(zip(powers, terms))[first(order) :]
        return lambda h: sum(term * step(h) ** power for power, term in chosen)

    return answer


right = taylor_with()


def by_autograd(create_graph=True, number=torch.dot, once=True):
    def answer(loss, theta, direction, order):
        theta = theta.detach().requires_grad_()
        value = loss(theta)
        (g,) = torch.autograd.grad(value, theta, create_graph=create_graph)

        def bend():
            hv = torch.autograd.grad(number(g, direction), theta)[0] if order == 2 else 0 * g
            return hv @ direction / 2

        bend = cache(bend) if once else bend
        return lambda h: value + (order > 0) * h * (g @ direction) + h**2 * bend()

    return answer


def growing(loss, theta, direction, order):
    value, slope = loss(theta), grad(loss)(theta) @ direction
    bend = direction @ hessian(loss)(theta) @ direction

    def polynomial(h):
        result = value
        result += (order > 0) * h * slope
        result += (order > 1) * h**2 / 2 * bend
        return result

    return polynomial


def moving(loss, theta, direction, order):
    """The derivatives at the end of the step."""
    return lambda h: sum(
        term
        for term in (
            loss(theta),
            h * grad(loss)(theta + h * direction) @ direction,
            h**2 / 2 * direction @ hessian(loss)(theta + h * direction) @ direction,
        )[: order + 1]
    )


def piling_up(loss, theta, direction, order):
    """The next call begins with what the last one returned."""
    polynomial, sums = right(loss, theta, direction, order), [loss(theta)]

    def piled(h):
        sums.append(sums[-1] + polynomial(h) - polynomial(0))
        return sums[-1]

    return piled


def vectors(loss, theta, direction, order):
    g = grad(loss)(theta)
    return lambda h: loss(theta) + (order >= 1) * h * g * direction


def itself(from_order):
    def answer(loss, theta, direction, order):
        polynomial = right(loss, theta, direction, order)
        return polynomial if order < from_order else lambda h: loss(theta + h * direction)

    return answer


FUNCTION = "Return a function: `return lambda h: ...`."
ITSELF = "That is the loss itself at theta + h direction, not its polynomial."
EACH_CALL = (
    "Each call begins anew: `+=` changes the term itself. Write `result = result + ...`, inside."
)
MISTAKES = [
    ("The second-order term has a factor 1/2.", taylor_with(half=1.0)),
    ("The second-order term has h squared.", taylor_with(powers=(0, 1, 1))),
    (
        "The direction is taken as it is given. It looks as if it were made a unit vector.",
        taylor_with(direct=lambda direction: direction / direction.norm()),
    ),
    ("`order` is the highest power of h: one is too many.", taylor_with(last=lambda n: n + 1)),
    (
        "`order` is the highest power of h: one is missing.",
        taylor_with(last=lambda n: max(n - 1, 0)),
    ),
    ("That is the polynomial of order 2, whatever the order.", taylor_with(last=lambda n: 2)),
    (ITSELF, itself(from_order=0)),
    (ITSELF, itself(from_order=2)),
    ("The term of order 0, the loss at theta, is missing.", taylor_with(value=torch.zeros_like)),
    ("The term of order 1, the slope, is missing.", taylor_with(slope=torch.zeros_like)),
    ("The step goes backwards: the sign of h.", taylor_with(slope=torch.neg)),
    (
        "Only the diagonal of H was used. direction^T H direction has the mixed terms too.",
        taylor_with(curvature=lambda loss: lambda theta: hessian(loss)(theta).diag().diag()),
    ),
    (EACH_CALL, growing),
    (EACH_CALL, piling_up),
    ("The derivatives are those at theta, not at the end of the step.", moving),
    (
        "That is the term of this order alone: those below belong to the polynomial.",
        taylor_with(first=lambda order: order),
    ),
    ("Of order 0 there is the loss at theta alone.", taylor_with(last=lambda n: max(n, 1))),
    ("Order 2 has a term with h squared.", taylor_with(last=lambda n: min(n, 1))),
    (
        "That is the slope squared. The curvature is direction^T H direction.",
        taylor_with(
            curvature=lambda loss: lambda theta: grad(loss)(theta).outer(grad(loss)(theta))
        ),
    ),
    ("The second-order term has a factor 1/2, not 1/6.", taylor_with(half=1 / 6)),
    ("h has a sign: a step goes both ways.", taylor_with(step=abs)),
    ("h is any number, not only a whole one.", taylor_with(step=int)),
    (FUNCTION, lambda loss, theta, d, order: loss(theta)),
    ("Every term is a number: g @ direction, and direction @ (H direction).", vectors),
    (INEXACT, taylor_with(number=Tensor.float)),
    (
        "A gradient that is differentiated again needs create_graph=True in its own call.",
        by_autograd(create_graph=False),
    ),
    (
        "Only a number has a gradient: first make a number, g @ direction.",
        by_autograd(number=lambda g, direction: g),
    ),
    (
        "The graph was freed. Compute the numbers once, before you return the function of h.",
        by_autograd(once=False),
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    problems = [(*small(), tensor([3.0, 1.0]))]
    problems += [(*each, normal(generator, len(each[-1]))) for each in some(generator)]
    return [
        Case(
            f"order {order}, direction {shown(direction)}, {words}",
            {"loss": loss, "theta": theta, "direction": direction, "order": order},
        )
        for words, loss, theta, direction in problems
        for order in (0, 1, 2)
    ]


def read(outcome: Outcome, case: Case) -> list[float]:
    if not isinstance(outcome.returned, list):
        raise Unfit(
            "a function of h", outcome.returned, "Return a function: `return lambda h: ...`."
        )
    return [as_number(value, "a number for each h") for value in outcome.returned]


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    pairs = list(zip(read(expected, case), read(got, case)))
    off = [abs(came - wanted) if isfinite(came) else torch.inf for wanted, came in pairs]
    worst = off.index(max(off))
    wanted, came = (f"{value:.6g}" for value in pairs[worst])
    return f"h = {STEPS[worst]:g}, {case.words}", wanted, came


check_taylor = of_vectors(
    name="taylor",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="orders 0, 1 and 2 of four losses, steps of both signs",
    ask=values,
    read=read,
    show=show,
)
