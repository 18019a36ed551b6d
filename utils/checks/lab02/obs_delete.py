"""Does `obs_delete(theta, inverse, q)` move the others to the least loss, and update H^-1?

| the statement | asked by |
|---|---|
| theta moves to the least loss | the minimum of what is left; a regression without a feature |
| the inverse of H without row and column q | against torch's inverse of what is left |
| the same shapes, new tensors, both | cut ones, one, exchanged ones, lists |
| exactly 0 at q | numbers that the formula leaves at 1e-16 |
| rows and columns deleted before are 0 | two in turn; three (hidden) |
| any weight, in any units | a weight that is 0, small weights and inverses; one weight (hidden) |
| the arguments are not changed | the engine |
"""

import torch
from torch import Tensor

from utils.checks.compare import Unfit, as_tensor, described
from utils.checks.exercise import Case, Outcome, steps
from utils.checks.lab02.vectors import (
    NO_EPSILON,
    both,
    close,
    normal,
    of_vectors,
    positive,
    shown,
    tensor,
)

KEEP_SIZE = "Keep the size: entry q of theta, and row and column q of the inverse, become 0."
SINGULAR = "Rows deleted before are 0: the inverse cannot be inverted again. Use the formula."
SET_THETA = "Rounding leaves almost 0, which is not pruned. Set it: theta[q] = 0."
SET_INVERSE = (
    "Rounding leaves almost 0, and weight q would move again. Set the row and column to 0."
)
OUTER = "For all products use torch.outer(column, column)."
WRONG_WAY = "moved the wrong way: delta = -theta_q / [H^-1]_qq times column q."
BOTH = "Return both, as new tensors: `return theta, inverse`."


def in_turn(answer, theta: Tensor, inverse: Tensor, q: list[int]):
    """Deletes one weight after the other; ends where what comes is not a pair."""
    got = None
    for each in q:
        got = answer(theta, inverse, each)
        if not is_pair(got):
            return got
        theta, inverse = got
    return got


def is_pair(value) -> bool:
    return isinstance(value, (tuple, list)) and len(value) == 2


def right(theta: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    """Where the gradient of 1/2 d^T H d is 0 for all that are free, and the inverse of their H."""
    there = inverse.diagonal().nonzero().flatten()
    h = torch.zeros_like(inverse)
    h[there[:, None], there] = torch.linalg.inv(inverse[there[:, None], there])
    free = there[there != q]
    rest = h[free[:, None], free]
    moved, downdated = torch.zeros_like(theta), torch.zeros_like(inverse)
    moved[free] = theta[free] + torch.linalg.solve(rest, h[free, q] * theta[q])
    downdated[free[:, None], free] = torch.linalg.inv(rest)
    return moved, downdated


@steps
def delete_with(
    sign=-1,
    step=lambda theta, column, q: theta[q] / column[q] * column,
    product=lambda column, q: torch.outer(column, column) / column[q],
    downdate=torch.sub,
    zero_theta=True,
    zero_inverse=True,
    result=lambda moved, downdated, q: (moved, downdated),
):
    def answer(theta, inverse, q):
        column = inverse[:, q]
        moved = theta + sign * step(theta, column, q)
        downdated = downdate(inverse, product(column, q))
        if zero_theta:
            moved[q] = 0
        if zero_inverse:
            downdated[q], downdated[:, q] = 0, 0
        return result(moved, downdated, q)

    return answer


def unless_zero(theta, inverse, q):
    return delete_with()(theta, inverse, q) if theta[q] else (theta.clone(), inverse.clone())


def rounded(moved, downdated, q):
    return tuple(torch.where(each.abs() > 1e-6, each, 0.0) for each in (moved, downdated))


def cut_out(moved, downdated, q):
    left = torch.arange(len(moved)) != q
    return moved[left], downdated[left][:, left]


def the_step(theta, inverse, q):
    moved, downdated = right(theta, inverse, q)
    return moved - theta, downdated


def by_inversion(theta, inverse, q):
    h, left = torch.linalg.inv(inverse), torch.arange(len(theta)) != q
    moved, downdated = right(theta, inverse, q)
    downdated[torch.outer(left, left)] = torch.linalg.inv(h[left][:, left]).flatten()
    return moved, downdated


def without_q(theta, inverse, q):
    gone, h = torch.tensor(q), torch.linalg.pinv(inverse)
    return right(theta, inverse, q)[0], h.index_fill(0, gone, 0).index_fill(1, gone, 0)


MISTAKES = [
    ("The others have not moved: the update is missing.", delete_with(sign=0)),
    ("theta was not changed.", delete_with(sign=0, zero_theta=False)),
    (f"The others {WRONG_WAY}", delete_with(sign=1)),
    (f"All weights {WRONG_WAY}", delete_with(sign=1, zero_theta=False)),
    ("Divide column q by [H^-1]_qq.", delete_with(step=lambda theta, column, q: theta[q] * column)),
    (
        "delta is theta_q / [H^-1]_qq times column q: theta_q is missing.",
        delete_with(step=lambda theta, column, q: column / column[q]),
    ),
    (SET_THETA, delete_with(zero_theta=False)),
    (SET_INVERSE, delete_with(zero_inverse=False)),
    (
        "The inverse is the old one: the downdate is missing.",
        delete_with(downdate=lambda inverse, product: inverse.clone(), zero_inverse=False),
    ),
    (
        "Row and column q are 0, but the rest changes too, by outer(column, column) / [H^-1]_qq.",
        delete_with(downdate=lambda inverse, product: inverse.clone()),
    ),
    ("The product of the columns is subtracted, not added.", delete_with(downdate=torch.add)),
    (
        "The product of the columns must be divided by [H^-1]_qq.",
        delete_with(product=lambda column, q: torch.outer(column, column)),
    ),
    (
        f"column * column is a vector, entry by entry. {OUTER}",
        delete_with(product=lambda column, q: column * column / column[q]),
    ),
    (
        f"column @ column is one number. {OUTER}",
        delete_with(product=lambda column, q: column @ column / column[q]),
    ),
    ("A weight of 0 is deleted like any other: the inverse changes too.", unless_zero),
    (
        "A weight of 0 moves like the others, if it was not deleted.",
        lambda theta, inverse, q: (
            right(theta, inverse, q)[0] * (theta != 0),
            right(theta, inverse, q)[1],
        ),
    ),
    (
        "Small numbers stay: only entry q, and row and column q, become 0.",
        delete_with(result=rounded),
    ),
    (
        NO_EPSILON,
        delete_with(
            step=lambda theta, column, q: theta[q] / (column[q] + 1e-8) * column,
            product=lambda column, q: torch.outer(column, column) / (column[q] + 1e-8),
        ),
    ),
    ("Return the new theta, not the step to it.", the_step),
    (
        "That is H, without q. The inverse is wanted.",
        lambda theta, inverse, q: (right(theta, inverse, q)[0], torch.linalg.pinv(inverse)),
    ),
    (
        "The second product is of column q with row q, not entry by entry with row q.",
        lambda theta, inverse, q: (
            right(theta, inverse, q)[0],
            inverse - inverse[q] * inverse[q] / inverse[q, q],
        ),
    ),
    (SINGULAR, by_inversion),
    ("That is H without q. The inverse is wanted.", without_q),
    (KEEP_SIZE, delete_with(result=cut_out)),
    (BOTH, delete_with(result=lambda moved, downdated, q: moved)),
    (
        "theta comes first: `return theta, inverse`.",
        delete_with(result=lambda moved, downdated, q: (downdated, moved)),
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    three = torch.linalg.inv(tensor([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]]))
    inverse, theta = torch.linalg.inv(positive(generator, 5)), normal(generator, 5)
    x, y = normal(generator, 30, 4), normal(generator, 30)
    problems = [
        (tensor([1.0, 3.0]), tensor([[1.0, -0.5], [-0.5, 1.0]]), [0]),
        (tensor([1.0, 3.0, 2.0]), three, [0]),
        (tensor([1.0, 1.0]), tensor([[49.0, 7.3], [7.3, 2.1]]), [0]),  # 1 - 1 / 49 * 49 is not 0
        *((theta, inverse, [q]) for q in range(5)),
        *((theta * tensor([0.0, 1, 1, 0, 1]), inverse, [q]) for q in (0, 3, 1, 4)),
        *((1e-8 * theta, 1e-9 * inverse, [q]) for q in (1, 2)),
        (tensor([1.0, 3.0, 2.0]), three, [1, 2]),
        (normal(generator, 6), torch.linalg.inv(positive(generator, 6)), [4, 1]),
        (torch.linalg.lstsq(x, y).solution, torch.linalg.inv(x.T @ x), [2]),  # linear regression
    ]
    return [
        Case(
            f"{', then '.join(f'q = {each}' for each in q)}, theta = {shown(theta)}, "
            f"inverse of H = {shown(inverse)}",
            {"theta": theta, "inverse": inverse, "q": q},
        )
        for theta, inverse, q in problems
    ]


def read(outcome: Outcome, case: Case) -> tuple[Tensor, Tensor]:
    theta, inverse, gone = case.arguments.values()
    if not is_pair(outcome.returned):
        raise Unfit("two tensors: theta and the inverse", described(outcome.returned), BOTH)
    moved = as_tensor(outcome.returned[0], theta.shape, KEEP_SIZE)
    downdated = as_tensor(outcome.returned[1], inverse.shape, KEEP_SIZE)
    rest = torch.cat([downdated[gone], downdated[:, gone].T])
    for where, numbers, mistake in (
        (f"theta at {gone}", moved[gone], SET_THETA),
        (f"rows and columns {gone} of the inverse", rest, SET_INVERSE),
    ):
        if 0 < (largest := numbers.abs().max()) < 1e-6:
            raise Unfit(f"{where}: 0, exactly", f"up to {largest:.2g}", mistake)
    return moved, downdated


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    pairs = zip(("theta", "inverse"), expected.returned, got.returned)
    name, *values = next(pair for pair in pairs if not close(pair[2], pair[1]))
    return f"the new {name}, {case.words}", *both(*values)


check_obs_delete = of_vectors(
    name="obs_delete",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="the minimum, the inverse of what is left, exact zeros, two in turn, a regression",
    ask=in_turn,
    read=read,
    same=lambda got, expected: all(map(close, got, expected)),
    show=show,
    hints={"singular": SINGULAR},
)
