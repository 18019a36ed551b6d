"""Does `obs_delete(theta, inverse, q)` delete a weight, move the others where the loss is least, and keep the inverse right?"""

import numpy
import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed, run
from utils.checks.lab02.saliencies import least_rise
from utils.checks.lab02.vectors import (
    compare,
    described,
    normal,
    positive,
    show,
    tensor,
    unchanged,
)

CHECK = "check_obs_delete"
HINTS = {
    "singular": "Rows deleted before are 0: the inverse cannot be inverted again. Update it, by the formula."
}
KEEP_SIZE = "Keep the size: entry q of theta, and row and column q of the inverse, become 0."


def check_obs_delete(answer) -> None:
    """`answer(theta, inverse, q)` returns the new (theta, inverse)."""
    _delete(answer, tensor([[2.0, 1.0], [1.0, 2.0]]), tensor([1.0, 3.0]), 0)
    _delete(
        answer,
        tensor([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]]),
        tensor([1.0, 3.0, 2.0]),
        0,
    )
    _exactly_zero(answer)
    generator = fresh_generator()
    h, theta = positive(generator, 5), normal(generator, 5)
    for q in range(5):
        _delete(answer, h, theta, q)
    _in_turn(answer, positive(generator, 6), normal(generator, 6))
    _regression(answer, generator)
    passed(
        CHECK, "the minimum, the inverse of what is left, exact zeros, two in turn, a regression"
    )


def _delete(answer, h: Tensor, theta: Tensor, q: int) -> tuple[Tensor, Tensor]:
    inverse = torch.linalg.inv(h)
    tried = f"q = {q}, theta = {show(theta)}, inverse of H = {show(inverse)}"
    moved, downdated = _call(answer, theta, inverse, q, tried)
    d = least_rise(h, theta, q)[0]
    expected = theta + d
    expected[q] = 0
    alone = theta.clone()
    alone[q] = 0
    compare(
        CHECK,
        f"the new theta, {tried}",
        moved,
        expected,
        {
            "Weight q is 0, and the others have not moved: the update that makes up for it is missing. "
            "delta is a multiple of column q.": alone,
            "The others moved the wrong way: delta = -theta_q / [H^-1]_qq times column q.": alone
            - (expected - alone),
            "The sign of the whole update is wrong: delta = -theta_q / [H^-1]_qq times column q.": theta
            - d,
            "Column q must be divided by [H^-1]_qq.": torch.where(
                torch.arange(len(theta)) == q, 0, theta - theta[q] * inverse[:, q]
            ),
            "theta was not changed.": theta,
        },
        KEEP_SIZE,
    )
    left = torch.arange(len(theta)) != q
    rest, column = torch.outer(left, left), inverse[:, q]
    expected = torch.zeros_like(h)
    expected[rest] = torch.linalg.inv(h[left][:, left]).flatten()
    compare(
        CHECK,
        f"the new inverse, {tried}",
        downdated,
        expected,
        {
            "The inverse is the old one: the downdate is missing. With weight q fixed, H has one row and column less.": inverse,
            "Row and column q are 0, and the rest is as before: the rest changes too, by column q times itself over [H^-1]_qq.": inverse
            * rest,
            "The product of the columns is subtracted, not added.": (2 * inverse - expected) * rest,
            "The product of the columns must be divided by [H^-1]_qq.": (
                inverse - torch.outer(column, column)
            )
            * rest,
            "column * column is a vector, entry by entry. For the matrix of all products use torch.outer(column, column).": (
                inverse - column * column / column[q]
            )
            * rest,
            "column @ column is one number. For the matrix of all products use torch.outer(column, column).": (
                inverse - column @ column / column[q]
            )
            * rest,
            "That is H without q. The inverse is wanted.": h * rest,
        },
        KEEP_SIZE,
    )
    return moved, downdated


def _call(answer, theta: Tensor, inverse: Tensor, q: int, tried: str) -> tuple[Tensor, Tensor]:
    given = theta.clone(), inverse.clone()
    got = run(CHECK, tried, answer, *given, q, hints=HINTS)
    unchanged(CHECK, tried, theta=(given[0], theta), inverse=(given[1], inverse))
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        fail(
            CHECK,
            tried,
            "two tensors: the new theta and the new inverse",
            described(got),
            "" if got is None else "`return theta, inverse`, both of them new.",
        )
    moved, downdated = got
    if isinstance(moved, Tensor) and moved.shape == theta.shape and 0 < abs(float(moved[q])) < 1e-6:
        fail(
            CHECK,
            tried,
            f"theta[{q}] = 0, exactly",
            f"theta[{q}] = {float(moved[q]):.2g}",
            "Rounding leaves almost 0, and a weight that is almost 0 is not pruned. Set it: theta[q] = 0.",
        )
    if isinstance(downdated, Tensor) and downdated.shape == inverse.shape:
        rest = float(torch.cat([downdated[q], downdated[:, q]]).abs().max())
        if 0 < rest < 1e-6:
            fail(
                CHECK,
                tried,
                f"row and column {q} of the inverse 0, exactly",
                f"up to {rest:.2g}",
                "Rounding leaves almost 0, and the next deletion would move the weight that is gone. "
                "Set the row and the column to 0.",
            )
    return moved, downdated


def _exactly_zero(answer) -> None:
    """Numbers for which 1 - 1 / 49 * 49 is not 0."""
    h = torch.linalg.inv(tensor([[49.0, 7.3], [7.3, 2.1]]))
    tried = "q = 0, theta = [1, 1], inverse of H = [[49, 7.3], [7.3, 2.1]]"
    _call(answer, torch.ones(2).double(), tensor([[49.0, 7.3], [7.3, 2.1]]), 0, tried)
    _delete(answer, h, torch.ones(2).double(), 0)


def _in_turn(answer, h: Tensor, theta: Tensor) -> None:
    """Two deletions one after the other are the minimum with both weights at 0, in either order."""
    tried = f"first q = 4, then q = 1, of {len(theta)} weights"
    first = _call(answer, theta, torch.linalg.inv(h), 4, tried)
    got = _call(answer, *first, 1, tried)[0]
    gone, left = torch.tensor([1, 4]), torch.tensor([0, 2, 3, 5])
    expected = torch.zeros_like(theta)
    expected[left] = theta[left] + torch.linalg.solve(
        h[left][:, left], h[left][:, gone] @ theta[gone]
    )
    compare(CHECK, tried, got, expected, {})


def _regression(answer, generator: torch.Generator) -> None:
    """For least squares the loss is quadratic: OBS is the fit without the feature."""
    x, y = normal(generator, 30, 4), normal(generator, 30)
    theta = torch.from_numpy(numpy.linalg.lstsq(x.numpy(), y.numpy(), rcond=None)[0])
    got = _call(
        answer, theta, torch.linalg.inv(x.T @ x), 2, "linear regression, 4 features, q = 2"
    )[0]
    expected = torch.zeros(4).double()
    expected[[0, 1, 3]] = torch.from_numpy(
        numpy.linalg.lstsq(x[:, [0, 1, 3]].numpy(), y.numpy(), rcond=None)[0]
    )
    compare(
        CHECK,
        "linear regression, 4 features, q = 2, against the fit without feature 2",
        got,
        expected,
        {},
    )
