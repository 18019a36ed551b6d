"""The mask that keeps the two largest |w| of every four neighbours along a row, exactly two.

| the statement | asked by |
|---|---|
| none is smaller than one that goes | negative, tiny, float64 and float16 (hidden) weights |
| of every four neighbors of a row | rows of 4 and 8; a transposed weight (hidden) |
| weight is not changed | the engine |
| the shape of the weight, 1 or True where it stays | other shapes, the weight, 1 - mask |
| exactly two, also of equal sizes or zeros; any of equal ones | five cases; sizes are compared |
| ValueError for a row that does not fit | rows of 6 and 7; others (hidden) |
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from utils.checks.compare import Unfit
from utils.checks.drawn import side_by_side
from utils.checks.exercise import Case, Exercise, Outcome, case, refused, steps
from utils.checks.inputs import halves
from utils.checks.lab01.arrays import array

FLOAT64 = "float32 cannot tell these sizes apart: rank them in the type of the weight."
POSITIONS = "Equal sizes: a threshold cannot tell them apart. Choose positions (topk)."
NOISE = "What breaks ties decides between tiny weights as well: choose positions (topk)."
ZEROS = "Zeros can stay too: each group must keep exactly two."
THREE = "Exactly two of every four stay, not three."
HALF = "Half of the weights stay, but not two of every four."
WRONG_WAY = "The mask is the wrong way round: 1 keeps, 0 prunes. (Or the smallest were kept.)"
FIT = "The rows are no multiple of four long: say so."


@steps
def prune_with(
    view=lambda weight: weight,
    size=torch.abs,
    count=lambda groups: 2,
    groups=lambda weight: weight.reshape(-1, 4),
    keep=None,
    result=lambda mask, weight: mask,
    refuse=lambda weight: weight.shape[1] % 4,
):
    """The largest of each group by position, unless `keep` chooses a mask of the groups' sizes."""

    def answer(weight):
        if refuse(weight):
            raise ValueError(weight.shape)
        turned = view(weight)
        sizes = size(groups(turned))
        places = sizes.topk(min(count(sizes), sizes.shape[1])).indices
        mask = keep(sizes) if keep else torch.zeros_like(sizes).scatter(1, places, 1)
        return result(view(mask.to(weight.dtype).reshape(turned.shape)), weight)

    return answer


MISTAKES = [
    ("A large negative weight went: rank by size |w|.", prune_with(size=lambda groups: groups)),
    (WRONG_WAY, prune_with(result=lambda mask, weight: 1 - mask)),
    (POSITIONS, prune_with(keep=lambda sizes: sizes >= sizes.sort(1).values[:, 2:3])),
    (POSITIONS, prune_with(keep=lambda sizes: sizes > sizes.sort(1).values[:, 1:2])),
    (THREE, prune_with(count=lambda sizes: 3)),
    (THREE, prune_with(keep=lambda sizes: sizes > sizes.min(1, keepdim=True).values)),
    ("Exactly two of every four stay, not one.", prune_with(count=lambda sizes: 1)),
    ("Tiny weights differ in size too.", prune_with(size=lambda g: (g.abs() * 1e6).round())),
    (NOISE, prune_with(size=lambda groups: groups.abs() - 1e-6 * torch.arange(4))),
    (FLOAT64, prune_with(size=lambda groups: groups.float().abs())),
    ("The groups lie along a row, not down a column.", prune_with(view=lambda weight: weight.T)),
    (HALF, prune_with(groups=lambda weight: weight, count=lambda sizes: sizes.shape[1] // 2)),
    (HALF, prune_with(groups=lambda w: w.reshape(1, -1), count=lambda sizes: sizes.numel() // 2)),
    (
        "The first two stay, not the largest.",
        prune_with(size=lambda g: -torch.arange(4).expand_as(g)),
    ),
    (ZEROS, prune_with(result=lambda mask, weight: mask * (weight != 0))),
    (ZEROS, prune_with(result=lambda mask, weight: (weight != 0).float())),
    ("That is the pruned weight. Return the mask.", prune_with(result=torch.mul)),
    ("Give the mask the shape of the weight.", prune_with(result=lambda m, w: m.reshape(-1, 4))),
    (FIT, lambda weight: prune_with()(weight[:, : weight.shape[1] // 4 * 4])),
    (
        FIT,
        lambda weight: prune_with()(pad(weight, (0, -weight.shape[1] % 4)))[:, : weight.shape[1]],
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    fixed: list[tuple[str, list[list[float]]]] = [
        ("one group", [[3, -1, 2, -4]]),
        ("two rows of two groups", [[7, 8, 9, 6, 1, 2, 3, -4], [5, -6, 1, 2, -9, 8, 7, 6]]),
        ("equal sizes", [[2, -2, 2, 2], [1, 5, -1, 1]]),
        ("more equal sizes", [[-3, 3, 3, 3, 6, -6, 6, 1]]),
        ("a group of zeros, and one with one entry", [[0, 0, 0, 0, 0, 0, -3, 0]]),
        ("groups with one entry", [[0, 5, 0, 0, -2, 0, 0, 0]]),
        ("tiny weights", [[1e-8, -2e-8, 3e-8, -4e-8, 4e-9, 3e-9, 2e-9, 0]]),
        ("tiny weights in other places", [[4e-8, 3e-8, -2e-8, 1e-8], [0, 1e-9, 2e-9, 3e-9]]),
    ]
    asked = [case(words, weight=torch.tensor(rows, dtype=torch.float32)) for words, rows in fixed]
    for _ in range(2):
        close = 1 + 1e-12 * torch.randperm(16, generator=generator).double()
        asked.append(case("float64, almost equal", weight=close.view(2, 8)))
    for m, k in [(1, 8), (4, 4), (5, 8), (8, 4), (3, 0), (0, 8)]:
        asked.append(case(f"a random {m} x {k} matrix", weight=halves((m, k), generator)))
    rows = [refused(f"rows of {k}", ValueError, FIT, weight=torch.ones(2, k)) for k in (6, 7)]
    return asked + rows


def mask_of(outcome: Outcome, case: Case) -> Tensor:
    """What came, as booleans of the shape of the weight."""
    (weight,) = case.arguments.values()
    mask = array("the mask", outcome.returned, 2, like=tuple(weight.shape))
    if mask.shape != weight.shape:
        wanted = f"a mask of the shape of the weight, {tuple(weight.shape)}"
        raise Unfit(wanted, f"shape {tuple(mask.shape)}")
    if not ((mask == 0) | (mask == 1)).all():
        numbers = str(mask.flatten().tolist()[:8])
        raise Unfit("a mask of 0 and 1 (or False and True)", numbers)
    return mask.bool()


def read(outcome: Outcome, case: Case) -> tuple[Tensor, Tensor]:
    """How many each group keeps, and their sizes: of equal sizes any may stay."""
    mask, sizes = mask_of(outcome, case), case.arguments["weight"].abs()
    return mask.reshape(-1, 4).sum(1), (sizes * mask).reshape(-1, 4).sort(1).values


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    """What the masks keep, or the masks themselves where only zeros are kept or not."""
    (weight,) = case.arguments.values()
    right, mask = mask_of(expected, case), mask_of(got, case)
    if not torch.equal(weight * right, weight * mask):
        right, mask = weight * right, weight * mask
    return f"{case.words}: what the mask keeps\n{side_by_side(right, mask)}", "", ""


def same(a: tuple[Tensor, Tensor], b: tuple[Tensor, Tensor]) -> bool:
    return all(map(torch.equal, a, b))


check_prune_2_4 = Exercise(
    name="prune_2_4",
    right=prune_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="two of every four, by size, along the rows; equal sizes, zeros, tiny weights, no entry",
    read=read,
    same=same,
    show=show,
    hints={"reshape": "With no entry -1 cannot be guessed: write the number, or use unflatten."},
    symptoms=[
        (
            "Each group must keep exactly two.",
            lambda case, expected, got: bool((read(got, case)[0] != 2).any()),
        ),
        ("Two of every four stay, but not the two largest.", lambda *_: True),
    ],
)
