"""What the checks of this lab share: are these masks, which weights do they keep, and how a few numbers are written."""

import torch
from torch import Tensor

from utils.checks.report import fail, kind_of, run

SMALL = 24  # as many numbers are written out


BOOLEAN = {
    "bitwise": "`&` and `|` are for True and False, and these masks are numbers. Compare first: (mask != 0)."
}


def call(check: str, tried: str, answer, *arguments, hints: dict[str, str]):
    """`run`, with what is usually meant by `&` between masks of floats."""
    return run(check, tried, answer, *arguments, hints=hints | BOOLEAN)


def masks_like(check: str, tried: str, returned, like: dict[str, Tensor]) -> dict[str, Tensor]:
    """`returned` as boolean masks with the names and shapes of `like`; fails when it is something else."""
    if not isinstance(returned, dict):
        fail(
            check,
            tried,
            "a dictionary: name -> mask",
            kind_of(returned),
            "The function ends without a `return`." if returned is None else "",
        )
    if set(returned) != set(like):
        fail(
            check,
            tried,
            f"masks for {sorted(like)}",
            f"for {sorted(map(str, returned))}",
            "One mask for each tensor, under its name.",
        )
    for name, mask in returned.items():
        if not isinstance(mask, Tensor) or mask.shape != like[name].shape:
            fail(
                check,
                f"{tried}: the mask {name!r}",
                f"a tensor of shape {tuple(like[name].shape)}",
                f"one of shape {tuple(mask.shape)}"
                if isinstance(mask, Tensor)
                else f"a {type(mask).__name__}",
            )
        if not ((mask == 0) | (mask == 1)).all():
            fail(
                check,
                f"{tried}: the mask {name!r}",
                "only 0 and 1",
                "other numbers too",
                "A mask says which weights are kept, 1, and which are gone, 0. It does not hold the weights.",
            )
    return {name: returned[name].detach().bool() for name in like}


def unchanged(
    check: str, tried: str, what: str, now: dict[str, Tensor], before: dict[str, Tensor]
) -> None:
    """Fails when a dictionary that was given to an answer is not as it was."""
    changed = sorted(map(str, now.keys() ^ before.keys())) or [
        name for name in before if not torch.equal(now[name], before[name])
    ]
    if changed:
        fail(
            check,
            tried,
            f"{what} left as they were",
            f"changed: {', '.join(changed)}",
            "Make new tensors (`.clone()`) in place of changing those that are given.",
        )


def copied(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """An independent copy."""
    return {name: tensor.clone() for name, tensor in tensors.items()}


def flat(tensors: dict[str, Tensor]) -> Tensor:
    """All entries in one vector, in the order of the dictionary."""
    return torch.cat([tensor.flatten() for tensor in tensors.values()])


def written(tensors: dict[str, Tensor]) -> str:
    """Every entry when there are few, otherwise how many there are."""
    if sum(tensor.numel() for tensor in tensors.values()) > SMALL:
        return f"{len(tensors)} random tensors, {sum(tensor.numel() for tensor in tensors.values())} entries"
    return "  ".join(f"{name} = {numbers(tensor.flatten())}" for name, tensor in tensors.items())


def numbers(vector: Tensor) -> str:
    """[1, -0.5, 2]"""
    return "[" + ", ".join(f"{float(value):z.3g}" for value in vector) + "]"
