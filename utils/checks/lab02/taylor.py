"""Is `taylor(loss, theta, direction, order)` the Taylor polynomial of the loss along a direction?"""

import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.in_student import in_student
from utils.checks.report import fail, passed, run
from utils.checks.lab02.losses import Case, small, some
from utils.checks.lab02.vectors import named, normal, plain, same, shortened, show, tensor

CHECK = "check_taylor"
STEPS = (0.0, 0.5, -2.0)
HINTS = {
    "does not require grad": "A gradient that is differentiated again must be made with create_graph=True, and theta must "
    "require grad (theta.detach().requires_grad_()). torch.func.grad needs neither.",
    "backward through the graph a second time": "The graph was freed. Compute the numbers once, before you return the function of h.",
    "scalar outputs": "Only a number has a gradient: first make a number, g @ direction.",
}


def check_taylor(answer) -> None:
    """`answer(loss, theta, direction, order)` returns a function of h."""
    cases = [(small(), tensor([3.0, 1.0]))]
    generator = fresh_generator()
    cases += [(case, normal(generator, len(case.theta))) for case in some(generator)]
    for case, direction in cases:
        for order in (0, 1, 2):
            _agrees(answer, case, direction, order)
    passed(CHECK, "orders 0, 1 and 2 of three losses, steps of both signs")


@in_student
def values(answer, make, numbers, theta: Tensor, direction: Tensor, order: int, steps):
    """The answer's polynomial at each step; or, if it is no function, how it is written."""
    polynomial = answer(make(*numbers), theta.clone(), direction.clone(), order)
    return [plain(polynomial(h)) for h in steps] if callable(polynomial) else shortened(polynomial)


def _agrees(answer, case: Case, direction: Tensor, order: int) -> None:
    tried = f"order {order}, direction {show(direction)}, {case.words}"
    got = run(
        CHECK,
        tried,
        values,
        answer,
        case.make,
        case.numbers,
        case.theta,
        direction,
        order,
        STEPS,
        hints=HINTS,
    )
    if isinstance(got, str):
        fail(
            CHECK,
            tried,
            "a function of h",
            got,
            "Return a function: `return lambda h: ...`, or define one inside and return it.",
        )
    value, g, h = case.derivatives()
    expected = _polynomials(value, g @ direction, direction @ h @ direction / 2)[order]
    for step, number, wanted in zip(STEPS, got, expected.tolist()):
        if not (
            isinstance(number, (int, float)) or isinstance(number, Tensor) and number.numel() == 1
        ):
            fail(
                CHECK,
                f"h = {step:g}, {tried}",
                f"the number {wanted:.6g}",
                show(number) if isinstance(number, Tensor) else str(number),
                "Every term is a number: g @ direction, and direction @ (H direction).",
            )
    got = tensor([float(number) for number in got])
    if same(got, expected):
        return
    worst = int((got - expected).abs().nan_to_num(torch.inf).argmax())
    fail(
        CHECK,
        f"h = {STEPS[worst]:g}, {tried}",
        f"{expected[worst]:.6g}",
        f"{got[worst]:.6g}",
        named(got, expected, _mistakes(case, direction, order, value, g, h)),
    )


def _polynomials(value: Tensor, slope: Tensor, bend: Tensor) -> list[Tensor]:
    """The three polynomials at all steps; `bend` is what stands before h^2."""
    steps = tensor(STEPS)
    return [value + 0 * steps, value + slope * steps, value + slope * steps + bend * steps**2]


def _mistakes(
    case: Case, direction: Tensor, order: int, value: Tensor, g: Tensor, h: Tensor
) -> dict[str, Tensor]:
    steps, length = tensor(STEPS), direction.norm()
    loss, slope, bend = case.make(*case.numbers), g @ direction, direction @ h @ direction / 2
    right = _polynomials(value, slope, bend)
    others = {
        f"That is the polynomial of order {other}{', or the loss itself' * (other == 2)}.": right[
            other
        ]
        for other in (0, 1, 2)
        if other != order
    }
    return others | {
        "The second-order term has a factor 1/2.": _polynomials(value, slope, 2 * bend)[order],
        "The second-order term has h squared.": value + slope * steps + bend * steps,
        "The direction is taken as it is given. It looks as if it were made a unit vector.": _polynomials(
            value, slope / length, bend / length**2
        )[order],
        "Only the diagonal of H was used. direction^T H direction has the mixed terms too.": _polynomials(
            value, slope, direction**2 @ h.diagonal() / 2
        )[order],
        "The term of order 0, the loss at theta itself, is missing.": right[order] - value,
        "The term of order 1 is missing. (It vanishes only at a critical point.)": _polynomials(
            value, 0 * slope, bend
        )[order],
        "That is the loss itself at theta + h direction, not its polynomial.": torch.stack(
            [loss(case.theta + step * direction) for step in steps]
        ),
        "The step goes backwards: the sign of h.": _polynomials(value, -slope, bend)[order],
    }
