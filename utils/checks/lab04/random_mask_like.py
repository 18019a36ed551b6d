"""Does `random_mask_like(masks)` keep as many weights of each tensor, at places that are random?

An answer is called twice. What it draws is read as counts and words, which are compared.

| the statement | the case that asks it |
|---|---|
| the same names and shapes | two and three random masks; hidden: no entry, one entry |
| exactly as many ones in each tensor, none and all too | the same; none and all |
| every place has the same chance | 300 masks in two shapes; hidden: in others |
| each call draws other places | two calls |
| numbers 0 and 1, or False and True; not changed | True and False; hidden: whole numbers |
"""

from functools import partial
from math import comb

import torch
from torch import Tensor

from utils.checks.compare import as_masks
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab04.tensors import flat, split_like, written
from utils.checks.report import short

DRAWS = 300  # of 3 places among 12, of which there are 220
AS_MANY = (
    "It must be exactly as many, in each tensor by itself: `torch.rand(...) < density` gives about "
    "as many, `torch.randint` can draw a place twice."
)
AGAIN = "Other places at each call: is a seed set inside, or nothing drawn at all?"
ROWS = "Shuffling rows (`mask[torch.randperm(len(mask))]`) moves rows: shuffle the flat mask."
TOGETHER = "The places move together, as by a roll. Draw each place."
RESTARTED = "Is the generator started again for each tensor?"
EVEN, UNEVEN, FEW, SAME = (
    "every place is as likely as any other",
    "some places are far more likely",
    "only a few of the 220 masks come",
    "the same mask in all tensors",
)


@steps
def random_with(
    order=lambda n, number: torch.randperm(n),
    shuffle=lambda mask, order: mask.flatten()[order].view(mask.shape),
    result=lambda drawn, mask: drawn,
):
    """order(n, number): the places of the tensor with this number in the dictionary."""

    def answer(masks):
        return {
            name: result(shuffle(mask, order(mask.numel(), number)), mask)
            for number, (name, mask) in enumerate(masks.items())
        }

    return answer


def seeded(n, seed):
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed))


def started_again(masks):
    seed = int(torch.randint(10**9, ()))
    return random_with(order=lambda n, number: seeded(n, seed))(masks)


def with_repetition(mask, order):
    found = torch.zeros(mask.numel())
    found[torch.randint(mask.numel(), (int(mask.sum()),))] = 1
    return found.view(mask.shape)


def over_all_tensors(masks):
    together = flat(masks)
    return split_like(masks, together[torch.randperm(len(together))])


MISTAKES = [
    (
        "That is the number of zeros: a mask is 1 where a weight is kept.",
        random_with(result=lambda drawn, mask: 1 - drawn),
    ),
    (AS_MANY, random_with(shuffle=lambda mask, _: (torch.rand(mask.shape) < mask.mean()).float())),
    (AS_MANY, random_with(shuffle=with_repetition)),
    (AS_MANY, over_all_tensors),
    (AGAIN, random_with(order=seeded)),
    (AGAIN, random_with(order=lambda n, number: torch.arange(n))),
    (AGAIN, random_with(order=lambda n, number: torch.arange(n).flip(0))),
    (RESTARTED, started_again),
    (
        ROWS,
        random_with(shuffle=lambda mask, order: mask[torch.randperm(len(mask))]),
    ),
    (
        TOGETHER,
        random_with(
            shuffle=lambda m, o: m.flatten().roll(int(torch.randint(m.numel(), ()))).view(m.shape)
        ),
    ),
    (
        "Each mask has the shape of its tensor.",
        random_with(result=lambda drawn, mask: drawn.flatten()),
    ),
    (
        "A mask says which weights are there. It does not hold the weights.",
        random_with(result=lambda drawn, mask: drawn * torch.rand(drawn.shape)),
    ),
]


def cases(generator: torch.Generator) -> list[Case]:
    few = {"a": torch.eye(2, 3)[:1].repeat(2, 1), "b": torch.tensor([1.0, 1.0, 1.0, 0.0])}
    asked = {written(few): few, "none and all": {"none": torch.zeros(5), "all": torch.ones(2, 3)}}
    for words, shapes in (
        ("two random masks", {"fc1": (20, 30), "fc2": (10, 20)}),
        ("three random masks", {"conv": (6, 5, 3, 3), "fc1": (20, 30), "fc2": (10, 20)}),
    ):
        asked[words] = {
            name: (torch.rand(shape, generator=generator) < density).float()
            for (name, shape), density in zip(shapes.items(), (0.1, 0.4, 0.6))
        }
    random = asked["two random masks"].items()
    asked["masks of True and False"] = {name: mask.bool() for name, mask in random}
    found = [case(words, masks=masks) for words, masks in asked.items()]
    for rows, columns in ((4, 3), (6, 2)):
        mask = torch.zeros(rows, columns)
        mask[:3, 0] = 1
        found.append(many(mask))
    return found


def many(mask: Tensor) -> Case:
    """DRAWS copies of a mask with three ones at twelve places."""
    words = f"{DRAWS} tensors of shape {tuple(mask.shape)}, three ones next to each other"
    return case(words, masks={f"draw {number}": mask.clone() for number in range(DRAWS)})


def drawn_twice(answer, masks):
    return answer(masks), answer(masks)


def read(outcome: Outcome, case: Case) -> dict:
    """What was looked at -> what was found."""
    given = case.arguments["masks"]
    first, second = (as_masks(masks, given) for masks in outcome.returned)
    again = [
        name
        for name, mask in first.items()
        if comb(mask.numel(), int(mask.sum())) > 10**9 and torch.equal(mask, second[name])
    ]
    ones = [{name: int(mask.sum()) for name, mask in each.items()} for each in (first, second)]
    return {
        "ones in each tensor": ones[0] if ones[0] == ones[1] else ones,
        "the same places at both calls": ", ".join(again) or "nowhere",
        "the places": spread(list(first.values())) if len(given) == DRAWS else EVEN,
    }


def spread(masks: list[Tensor]) -> str:
    draws = torch.stack(masks).flatten(1)
    often, distinct = draws.double().mean(0), len({tuple(draw) for draw in draws.tolist()})
    if distinct == 1:
        return SAME
    if often.min() < 0.1 or often.max() > 0.4:
        return UNEVEN
    return FEW if distinct < 60 else EVEN


def found(places: str, case: Case, expected: Outcome, got: Outcome) -> bool:
    return read(got, case)["the places"] == places


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    right, came = read(expected, case), read(got, case)
    what = next(what for what in right if came[what] != right[what])
    return f"{case.words}: {what}", short(right[what]), short(came[what])


check_random_mask_like = Exercise(
    name="random_mask_like",
    right=random_with(),
    cases=cases,
    mistakes=MISTAKES,
    facts="as many ones in each tensor, every place reached, other places each time",
    ask=drawn_twice,
    read=read,
    show=show,
    symptoms=[
        *(
            (sentence, partial(found, words))
            for words, sentence in ((UNEVEN, ROWS), (FEW, TOGETHER), (SAME, RESTARTED))
        ),
        (
            AS_MANY,
            lambda case, expected, got: (
                read(got, case)["ones in each tensor"]
                != read(expected, case)["ones in each tensor"]
            ),
        ),
    ],
)
