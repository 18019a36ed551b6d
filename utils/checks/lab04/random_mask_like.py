"""Does `random_mask_like(masks)` keep as many weights of each tensor, at places that are random?"""

import torch
from torch import Tensor

from utils.checks.fresh import fresh_generator
from utils.checks.lab04.tensors import copied, masks_like, unchanged, written
from utils.checks.report import fail, passed, run

CHECK = "check_random_mask_like"
DRAWS = 300  # of 3 places among 12, of which there are 220


def check_random_mask_like(answer) -> None:
    """`answer(masks)` returns other masks of the same names, shapes and numbers of ones."""
    _called(
        answer,
        {
            "a": torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]),
            "b": torch.tensor([1.0, 1.0, 1.0, 0.0]),
        },
    )
    _called(answer, {"none": torch.zeros(5), "all": torch.ones(2, 3)})
    generator = fresh_generator()
    masks = {
        name: (torch.rand(shape, generator=generator) < density).float()
        for name, shape, density in (
            ("conv", (6, 5, 3, 3), 0.4),
            ("fc1", (20, 30), 0.05),
            ("fc2", (10, 20), 0.6),
        )
    }
    first, second = _called(answer, masks), _called(answer, masks)
    same = [name for name in masks if torch.equal(first[name], second[name])]
    if same:
        fail(
            CHECK,
            "the same masks, twice",
            "other places each time",
            f"the same places in {', '.join(same)}",
            "A random control is drawn anew at each call. Is a seed set inside, or nothing drawn at all?",
        )
    _spread(answer)
    passed(
        CHECK,
        "as many ones in each tensor, none and all, every place reached, other places each time, arguments left alone",
    )


def _called(answer, masks: dict[str, Tensor]) -> dict[str, Tensor]:
    tried, given = written(masks), copied(masks)
    drawn = masks_like(CHECK, tried, run(CHECK, tried, answer, given), masks)
    unchanged(CHECK, tried, "the masks", given, masks)
    expected, got = (
        {name: int((mask != 0).sum()) for name, mask in each.items()} for each in (masks, drawn)
    )
    if got != expected:
        fail(
            CHECK,
            f"ones in each tensor, {tried}",
            str(expected),
            str(got),
            _miscounted(masks, expected, got),
        )
    return drawn


def _miscounted(masks, expected: dict[str, int], got: dict[str, int]) -> str:
    if got == {name: mask.numel() - expected[name] for name, mask in masks.items()}:
        return "That is the number of zeros: a mask is 1 where a weight is kept."
    return (
        "It must be exactly as many, in each tensor by itself: `torch.rand(...) < density` gives about as many, "
        "`torch.randint` may draw a place twice, and a shuffle over all tensors shares the ones out in another way."
    )


def _spread(answer) -> None:
    """Many draws at once: every place is reached as often, in every combination, and tensors are independent."""
    mask = torch.zeros(4, 3)
    mask[:3, 0] = 1
    masks = {f"draw {number}": mask.clone() for number in range(DRAWS)}
    drawn = _called(answer, masks)
    draws = torch.stack(list(drawn.values())).flatten(1)
    tried, often = (
        f"{DRAWS} tensors of shape (4, 3) with three ones each, in the first column",
        draws.double().mean(0),
    )
    distinct = len({tuple(draw) for draw in draws.tolist()})
    if distinct == 1:
        fail(
            CHECK,
            tried,
            "other places in each tensor",
            "the same places in all",
            "Is the generator started again for each tensor?",
        )
    if often.min() < 0.1 or often.max() > 0.4:
        fail(
            CHECK,
            tried,
            "each of the 12 places is 1 in about a quarter of them",
            f"one place in {100 * often.max():.0f} %, another in {100 * often.min():.0f} %",
            "Every place must have the same chance. Shuffling rows (`mask[torch.randperm(len(mask))]`) moves rows and not entries: "
            "shuffle the flat mask.",
        )
    if distinct < 60:
        fail(
            CHECK,
            tried,
            "nearly every combination of three places",
            f"only {distinct} different masks",
            "The places move together, as by a roll or a shuffle of rows and columns. Draw each place.",
        )
