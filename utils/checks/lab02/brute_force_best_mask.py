"""Does `brute_force_best_mask(loss, theta, kept)` find the mask with `kept` ones of least loss?

| the statement | asked by |
|---|---|
| the mask of least loss(m * theta) | coupled weights that two kinds of greedy search get wrong |
| all masks | six problems of twelve weights (hidden): 924 masks each, one is the best |
| exactly `kept` ones | a loss that is least with fewer, and one that is least with more |
| theta is not changed | the engine |
| of equally good masks any | the loss is compared, not the mask; all equally good (hidden) |
| kept can be 0 or all | 0 of 4, 3 of 3 |
| the loss can be negative | -1000 to 1e6; 1e12, differences of 1e-5 (hidden) |
"""

import operator
from itertools import combinations

import torch
from torch import Tensor

from utils.checks.compare import Unfit, alike, as_mask
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab02.losses import bowl, made, with_loss
from utils.checks.lab02.vectors import normal, positive, shown, tensor


@steps
def search_with(
    counts=lambda kept, p: [kept],
    new=torch.zeros_like,
    asked=lambda mask, theta: mask * theta,
    value=float,
    start=lambda loss, theta: float("inf"),
    better=operator.lt,
    returned=lambda mask, theta: mask,
):
    def answer(loss, theta: Tensor, kept: int) -> Tensor:
        best, least, mask = None, start(loss, theta), torch.zeros_like(theta)
        for count in counts(kept, len(theta)):
            for positions in combinations(range(len(theta)), count):
                mask = new(mask)
                mask[list(positions)] = 1
                rise = value(loss(asked(mask, theta)))
                if better(rise, least):
                    best, least = mask, rise
        return returned(best, theta)

    return answer


def ones_at(theta: Tensor, positions) -> Tensor:
    return torch.zeros_like(theta).index_fill(0, torch.as_tensor(positions), 1)


def growing(loss, theta, kept):
    mask = torch.zeros_like(theta)
    while mask.sum() < kept:
        tried = [mask.index_fill(0, q, 1) for q in (mask == 0).nonzero()]
        mask = min(tried, key=lambda mask: float(loss(mask * theta)))
    return mask


def single_rises(loss, theta, kept):
    without = [theta.index_fill(0, torch.tensor(q), 0) for q in range(len(theta))]
    return ones_at(theta, torch.stack(list(map(loss, without))).topk(kept).indices)


def greedy(loss, theta, kept):
    mask = torch.ones_like(theta)
    while mask.sum() > kept:
        tried = [mask.index_fill(0, q, 0) for q in mask.nonzero()]
        mask = min(tried, key=lambda mask: float(loss(mask * theta)))
    return mask


START = "No loss was below the start value, so no mask was chosen: start from float('inf')."
GREEDY = "One weight after the other is a greedy search: it never takes a step back."
NOTHING = "No `return`, or no loss below the start value: start from float('inf')."
MISTAKES = [
    (
        "The loss was asked about the mask. Ask about the pruned weights: loss(mask * theta).",
        search_with(asked=lambda mask, theta: mask),
    ),
    (
        "That is the mask with the largest loss. The least is wanted.",
        search_with(start=lambda loss, theta: -float("inf"), better=operator.gt),
    ),
    (START, search_with(start=lambda loss, theta: 0.0)),
    (START, search_with(start=lambda loss, theta: 1000.0)),
    (START, search_with(start=lambda loss, theta: float(loss(theta)))),
    ("A loss can be negative: compare the losses, not their size.", search_with(value=abs)),
    (
        "That is the pruned theta, not its mask.",
        search_with(returned=lambda mask, theta: mask * theta),
    ),
    (
        "A weight that is kept can be 0: do not read the mask off the pruned weights.",
        search_with(returned=lambda mask, theta: mask * theta != 0),
    ),
    ("It is the other way round: 1 = kept.", search_with(returned=lambda mask, theta: 1 - mask)),
    (
        "`kept` is the number of ones. It looks as if it were the number to delete.",
        search_with(counts=lambda kept, p: [p - kept]),
    ),
    (
        "Masks with fewer ones were tried too: exactly `kept` weights stay.",
        search_with(counts=lambda kept, p: range(kept + 1)),
    ),
    (
        "Masks with more ones were tried too: exactly `kept` weights stay.",
        search_with(counts=lambda kept, p: range(kept, p + 1)),
    ),
    (
        "That is the last mask that was tried: make a new one each time.",
        search_with(new=Tensor.zero_),
    ),
    ("The mask fills up: make a new one each time.", search_with(new=lambda mask: mask)),
    (
        "It keeps the largest weights. Let the loss decide, not the size.",
        lambda loss, theta, kept: ones_at(theta, theta.abs().topk(kept).indices),
    ),
    (GREEDY, greedy),
    (GREEDY, growing),
    ("Weights cheap to delete alone can be dear together: try masks, not weights.", single_rises),
    (
        "That is the first mask. Is every mask tried that keeps so many?",
        lambda loss, theta, kept: ones_at(theta, range(kept)),
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    theta, live_zero = tensor([3.0, -2.0, 1.0, -4.0]), tensor([0.0, 2.0, -1.0])
    dear = tensor([[0.25, 0.45, 0.0], [0.45, 1.0, 0.0], [0.0, 0.0, 1.0]])
    cheap = torch.block_diag(tensor([[1.0, -0.9], [-0.9, 1.0]]), tensor([0.05]), tensor([20.0]))
    friends = tensor([[5.0, 1.0, 0.0], [1.0, 6.0, -5.0], [0.0, -5.0, 6.0]])
    eye, pair = torch.eye(4).double(), tensor([1.0, 1.1, 3.0, 1.0])
    problems = [  # H, theta, centre, least loss, kept
        (torch.diag(tensor([2.0, 0.1, 20.0, 0.5])), theta, theta, 0.0, 2),
        (dear, tensor([2.0, 1.1, 1.2]), tensor([2.0, 1.1, 1.2]), 0.0, 1),
        (cheap[:3, :3], pair[:3], pair[:3], 0.0, 1),
        (cheap, pair, pair, 0.0, 2),
        (friends, tensor([2.0, 3.0, 3.0]), tensor([2.0, 3.0, 3.0]), 0.0, 2),
        (friends.flip(0, 1), tensor([3.0, 3.0, 2.0]), tensor([3.0, 3.0, 2.0]), 0.0, 2),
        *((eye, theta, theta, least, 2) for least in (-1000.0, -50.0, 1e6)),
        (eye, theta, theta, 0.0, 0),
        (eye[:3, :3], live_zero, live_zero, 0.0, 3),
        (eye[:3, :3], live_zero, 0 * live_zero, 0.0, 2),
        (eye, theta, 0 * theta, 0.0, 3),
    ]
    for p, kept, least in ((4, 1, -5.0), (5, 2, 0.0), (6, 3, 1e4), (6, 5, 0.0)):
        problems.append((positive(generator, p), *normal(generator, 2, p), least, kept))
    return [
        case(
            f"the loss 1/2 d^T H d{f' {least:+g}' if least else ''}, d = theta_new - c, "
            f"H = {shown(h)}, c = {shown(centre)}, theta = {shown(weights)}, kept = {kept}",
            loss=(bowl, h, centre, least),
            theta=weights,
            kept=kept,
        )
        for h, weights, centre, least, kept in problems
    ]


def read(outcome: Outcome, case: Case) -> tuple[int, float]:
    """How many weights are kept, and the loss: of equally good masks any is right."""
    loss, theta, _ = case.arguments.values()
    if outcome.returned is None:
        raise Unfit("a mask", "None", NOTHING)
    mask = as_mask(outcome.returned, theta, "One entry for each weight: the mask alone.")
    return int(mask.sum()), float(made(loss)(mask * theta))


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    def told(outcome: Outcome) -> str:
        kept, loss = read(outcome, case)
        return f"{shown(outcome.returned.double())}, {kept} kept, loss {loss:.6g}"

    return case.words, told(expected), told(got)


check_brute_force_best_mask = Exercise(
    name="brute_force_best_mask",
    right=search_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="small cases, coupled weights, negative and large losses, a weight of 0, none, all kept",
    ask=with_loss,
    read=read,
    same=lambda a, b: alike(a, b, rtol=0, atol=1e-9),
    show=show,
)
