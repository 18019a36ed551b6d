"""Does `fine_grained_prune(tensor, sparsity)` zero the smallest in place and return the mask?

| the statement | the case that asks it |
|---|---|
| the smallest weights, by size | [3, -1, 2, -4]; hidden: sizes that float32 cannot tell apart |
| in place | all: the memory is read through another tensor; a transposed matrix |
| exactly round(sparsity * n) entries | sparsity 0.25, 0.26 and 0.37 of ten; hidden: HALVES |
| many weights of the same size; 0, or all of them | equal sizes, zeros, sparsity 0 and 1 |
| any shape, transposed, any type of float | 1 to 4 dimensions; hidden: float16, no entry |
| the mask has the tensor's shape, 1 where a weight stays | all; zeros that stay |
| ValueError, and nothing is changed | below 0, above 1, NaN |
"""

import math
from functools import partial

import torch
from torch import Tensor

from utils.checks.compare import alike, as_mask
from utils.checks.exercise import Case, Exercise, Outcome, case, refused, steps
from utils.checks.in_student import in_student

OUTSIDE = "A sparsity outside [0, 1] is the caller's mistake: raise a ValueError, change nothing."
NAN = (
    "NaN is neither below 0 nor above 1: `not 0 <= sparsity <= 1` catches it, "
    "`sparsity < 0 or sparsity > 1` does not."
)
IN_PLACE = (
    "It must be pruned in place: `tensor.mul_(mask)`. `tensor = ...` and `tensor.data = ...` "
    "leave the old numbers where they are."
)
BY_VALUE = "Weights were ranked by their value, not by their size |w|."
UP = "The number goes up: use round(), not ceil. (torch.quantile interpolates and does it too.)"
TIES = (
    "Equal sizes: a threshold cannot tell them apart. Choose positions instead: "
    "`topk(..., largest=False).indices`."
)
FLOAT32 = "float32 cannot tell these sizes apart: rank the weights in their own type."
HINTS = {
    "selected number k out of range": "torch.kthvalue counts from 1. With nothing to prune there "
    "is no 0-th smallest value: return a mask of ones.",
    "leaf Variable that requires grad": "A weight is changed in place only under torch.no_grad().",
    "has no attribute 'mul_'": "It must work on the tensor itself.",
    "view size is not compatible": "The numbers of a transposed tensor do not lie in its order, "
    "and `view` cannot flatten them: `flatten()` can.",
}


def without_smallest(sizes, count, largest=False):
    """Ones, and 0 at the places of the smallest (or largest)."""
    mask = torch.ones(sizes.numel())
    mask[sizes.flatten().argsort(descending=largest, stable=True)[:count]] = 0
    return mask


def row_by_row(sizes, count, largest):
    if sizes.dim() < 2:
        return without_smallest(sizes, count, largest)
    each = round(count / len(sizes))
    return torch.stack([without_smallest(row, each, largest) for row in sizes])


@steps
def prune_with(
    size=torch.abs,
    fraction=lambda sparsity: sparsity,
    number=round,
    largest=False,
    places=without_smallest,
    change=lambda mask: mask,
    write=Tensor.mul_,
    result=lambda mask, tensor: mask,
    accepted=lambda sparsity: sparsity if 0 <= sparsity <= 1 else None,
):
    """Ranks by size, and takes the positions of the smallest."""

    def answer(tensor: Tensor, sparsity: float) -> Tensor:
        sparsity = accepted(sparsity)
        if sparsity is None:
            raise ValueError("sparsity must be from 0 to 1")
        count = number(fraction(sparsity) * tensor.numel())
        mask = change(places(size(tensor), count, largest).view(tensor.shape))
        write(tensor, mask)
        return result(mask, tensor)

    return answer


right = prune_with()


@steps
def threshold_with(
    compare=torch.gt, level=lambda size, s: size.kthvalue(round(s * len(size))).values
):
    def answer(tensor, sparsity):
        if not 0 <= sparsity <= 1:
            raise ValueError
        size = tensor.abs()
        mask = torch.ones(tensor.shape)
        if round(sparsity * tensor.numel()):
            mask = compare(size, level(size.flatten(), sparsity)).float()
        tensor.mul_(mask)
        return mask

    return answer


MISTAKES = [
    (BY_VALUE, prune_with(size=lambda w: w)),
    (
        "The smallest stayed and the largest went: in the mask, 1 is kept and 0 is pruned.",
        prune_with(largest=True),
    ),
    (
        "The mask is the wrong way round: 1 is kept, 0 is pruned.",
        prune_with(change=lambda m: 1 - m),
    ),
    ("The number is cut down: use round(), not int() or floor.", prune_with(number=math.floor)),
    (UP, prune_with(number=math.ceil)),
    (
        "int(x + 0.5) takes 2.5 to 3. round() takes it to 2, the even one.",
        prune_with(number=lambda x: int(x + 0.5)),
    ),
    (
        "Sparsity is the fraction of zeros. It was taken for the fraction that is kept.",
        prune_with(fraction=lambda sparsity: 1 - sparsity),
    ),
    (
        "The result does not depend on `sparsity`: is the argument used?",
        prune_with(fraction=lambda sparsity: 0.5),
    ),
    ("Nothing was pruned.", prune_with(number=lambda x: 0)),
    (
        "One too many went: sorted_values[k] is the (k+1)-th smallest.",
        prune_with(number=lambda x: round(x) + 1),
    ),
    (TIES, threshold_with()),
    (
        "The weight at the threshold was kept: is there a `>=` for a `>`?",
        threshold_with(compare=torch.ge),
    ),
    (UP, threshold_with(level=torch.quantile)),
    (IN_PLACE, prune_with(write=lambda tensor, mask: None)),
    (
        IN_PLACE,
        prune_with(write=lambda tensor, mask: setattr(tensor, "data", tensor * mask)),
    ),
    (
        "`flatten()` of a transposed tensor is a copy: what is written there does not arrive.",
        prune_with(write=lambda tensor, mask: tensor.flatten().mul_(mask.flatten())),
    ),
    (
        "Each row was ranked by itself: rank all weights of the tensor together.",
        prune_with(places=row_by_row),
    ),
    (FLOAT32, prune_with(size=lambda w: w.abs().float())),
    (
        "Kept weights stay exactly as they were, pruned ones become 0.",
        prune_with(write=lambda tensor, mask: tensor.mul_(2 * mask)),
    ),
    (
        "That is the pruned tensor. Return the mask.",
        prune_with(result=lambda mask, tensor: tensor.clone()),
    ),
    (
        "A kept weight that is 0 was taken for a pruned one: the mask is not `tensor != 0`.",
        prune_with(result=lambda mask, tensor: tensor != 0),
    ),
    (
        "`flatten()` is for the ranking only: the mask has the shape of the tensor.",
        prune_with(result=lambda mask, tensor: mask.flatten()),
    ),
    ("The weights that stay must be the largest in size |w|.", prune_with(size=torch.ones_like)),
    (OUTSIDE, prune_with(accepted=lambda sparsity: min(1.0, max(0.0, sparsity)))),
    (NAN, prune_with(accepted=lambda s: None if s < 0 or s > 1 else 0.5 if math.isnan(s) else s)),
]


def cases(generator: torch.Generator) -> list[Case]:
    ten = torch.tensor([0.5, -2.0, 1.5, -0.1, 3.0, -1.0, 0.2, 2.5, -0.7, 4.0])
    ties = torch.tensor([1.0, -1.0, 1.0, 1.0, 5.0, -1.0])
    zeros = torch.tensor([0.0, 0.0, 0.0, 2.0, -3.0, 1.0])
    asked = [(torch.tensor([3.0, -1.0, 2.0, -4.0]), s) for s in (0.5, 0.25)]
    asked += [(ten, s) for s in (0.26, 0.37, 0.24, 0.25, 0.45, 0.0, 1.0)]
    asked += [(ties, 0.5), (ties, 0.3), (zeros, 0.33), (zeros, 0.2)]
    asked += [(torch.arange(1.0, 21.0), 0.01), (ten.double() * 1e-8, 0.4)]
    close = 1 + 1e-12 * torch.randperm(12, generator=generator).double()
    turned = torch.randn(5, 3, generator=generator).T
    asked += [(close, 0.5), (close, 0.25), (turned, 0.4), (turned, 0.7)]
    asked += [
        (torch.randn(shape, generator=generator), sparsity)
        for shape in [(5, 5), (1, 7), (4, 3, 3, 3)]
        for sparsity in (0.3, 0.72)
    ]
    return [
        *(case(f"sparsity {s} of {few(w)}", tensor=w, sparsity=s) for w, s in asked),
        *(
            refused(f"sparsity {s} of {few(ten)}", ValueError, why, tensor=ten, sparsity=s)
            for s, why in ((-0.1, OUTSIDE), (1.5, OUTSIDE), (math.nan, NAN))
        ),
    ]


@in_student
def through_a_view(answer, tensor, sparsity):
    """What is returned, and what the memory of the tensor holds then."""
    memory = tensor.detach()
    return answer(tensor, sparsity), memory


def read(outcome: Outcome, case: Case) -> tuple[Tensor, Tensor]:
    """The sizes that the mask keeps, and the tensor minus its product with the mask."""
    before = case.arguments["tensor"]
    mask = as_mask(outcome.returned[0], before, "The mask has the shape of the tensor.")
    return before[mask].abs().sort().values, outcome.returned[1] - before * mask


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    tensor, sparsity = case.arguments.values()
    right, mask = (outcome.returned[0].bool() for outcome in (expected, got))
    zeros, n = int((~right).sum()), tensor.numel()
    if mask.sum() != right.sum():
        right_number = f"zeros in the mask: round({sparsity} * {n}) = {zeros}"
        return case.words, right_number, f"zeros in the mask: {int((~mask).sum())}"
    if not alike(*(tensor[each].abs().sort().values for each in (right, mask)), rtol=0, atol=0):
        return (
            case.words,
            f"{n - zeros} weights kept: {few(tensor[right])}",
            f"{n - zeros} weights kept: {few(tensor[mask])}",
        )
    return case.words, f"the tensor times the mask: {few(tensor * mask)}", few(got.returned[1])


def ranked_by_value(case: Case, expected: Outcome, got: Outcome) -> bool:
    """Whether all that stay are above all that go, though the sizes say otherwise."""
    tensor, mask = case.arguments["tensor"], got.returned[0].bool()
    stay, go = tensor[mask], tensor[~mask]
    if not len(stay) or not len(go) or go.abs().max() <= stay.abs().min():
        return False
    return bool(go.max() <= stay.min())


def equal_in_float32(case: Case, expected: Outcome, got: Outcome) -> bool:
    """Whether the weights that stay are those that should, as far as float32 can tell."""
    kept, right = (read(outcome, case)[0].float() for outcome in (got, expected))
    return torch.equal(kept, right) and case.arguments["tensor"].dtype == torch.float64


def few(tensor: Tensor) -> str:
    if tensor.dim() == 1 and tensor.numel() <= 10:
        return "[" + ", ".join(f"{value:zg}" for value in tensor.tolist()) + "]"
    return f"{tensor.numel()} weights" if tensor.dim() == 1 else f"shape {tuple(tensor.shape)}"


check_fine_grained_prune = Exercise(
    name="fine_grained_prune",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="rounding, sparsity 0 and 1, ties, zeros, shapes, layouts, types, in place, bad input",
    ask=through_a_view,
    read=read,
    same=partial(alike, rtol=0, atol=0),
    show=show,
    hints=HINTS,
    changes=("tensor",),
    # also with two more mistakes in the same answer, and whichever of what looks equal goes
    symptoms=[(BY_VALUE, ranked_by_value), (FLOAT32, equal_in_float32)],
)
