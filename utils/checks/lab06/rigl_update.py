"""Does `rigl_update(weight, mask, gradient, count, state)` move `count` connections, and do the new ones begin with nothing?"""

import torch
from torch import Tensor

from utils.checks.drawn import FEW, with_input
from utils.checks.lab06.drop import right as smallest_dropped
from utils.checks.lab06.grow import highest_grown
from utils.checks.lab06.layers import (
    SHAPES,
    call,
    drawn,
    mask_like,
    random_layer,
    unchanged,
)
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, passed

CHECK = "check_rigl_update"
ONE_NUMBER = "Not everything in `state` has one number for each weight: Adam's step count is a single one. Ask for the shape."
HINTS = dict.fromkeys(
    ("output with shape []", "too many indices", "The shape of the mask"), ONE_NUMBER
) | {
    "KeyError": "Each optimizer remembers something else, and plain SGD nothing at all: go through what there is, `for value in state.values()`."
}
OPTIMIZERS = {
    "SGD": lambda p: torch.optim.SGD(p, lr=0.1),
    "SGD with momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.1),
    "Adam with amsgrad": lambda p: torch.optim.Adam(p, lr=0.1, amsgrad=True),
}


def check_rigl_update(answer) -> None:
    """`answer(weight, mask, gradient, count, state)` returns the new mask; weight and state are changed in place."""
    weight = torch.tensor([[0.9, -0.2, 0.0, 0.5], [0.0, -0.8, 0.3, 0.0]])
    gradient = torch.tensor([[4.0, 1.0, -3.0, 0.5], [2.0, -5.0, 0.2, 0.1]])
    again = torch.tensor([[4.0, 9.0, -3.0, 0.5], [2.0, -5.0, 0.2, 0.1]])
    _updates(answer, "a small layer", weight, (weight != 0).float(), gradient, 2, {})
    _updates(answer, "a small layer", weight, (weight != 0).float(), gradient, 0, {})
    _updates(
        answer,
        "a small layer where the largest gradient is that of a weight that goes",
        weight,
        (weight != 0).float(),
        again,
        2,
        {},
    )
    generator = fresh_generator()
    for shape in SHAPES:
        for name in OPTIMIZERS:
            weight, mask = random_layer(generator, shape)
            gradient = torch.randn(shape, generator=generator)
            smallest = (weight.abs() + 9 * (1 - mask)).argmin()  # it goes, and comes again
            gradient.view(-1)[smallest] = 9
            _updates(
                answer,
                f"a random layer of shape {shape}, {name}",
                weight,
                mask,
                gradient,
                6,
                state_of(name, shape, generator),
            )
    passed(
        CHECK,
        "dropped, grown by the dense gradient, their number, new weights 0, the state of four optimizers, what stays is untouched",
    )


def state_of(name: str, shape: tuple[int, ...], generator: torch.Generator) -> dict[str, Tensor]:
    """What an optimizer remembers of a parameter after two steps."""
    parameter = torch.nn.Parameter(torch.randn(shape, generator=generator))
    optimizer = OPTIMIZERS[name]([parameter])
    for _ in range(2):
        parameter.grad = torch.randn(shape, generator=generator)
        optimizer.step()
    return {
        part: value
        for part, value in optimizer.state[parameter].items()
        if isinstance(value, Tensor)
    }


def _updates(
    answer,
    what: str,
    weight: Tensor,
    mask: Tensor,
    gradient: Tensor,
    count: int,
    state: dict[str, Tensor],
) -> None:
    tried = f"count {count}, {what}"
    held = weight.clone()  # as a parameter of which the answer gets .detach()
    given = (
        held.detach(),
        mask.clone(),
        gradient.clone(),
        count,
        {name: value.clone() for name, value in state.items()},
    )
    after = mask_like(CHECK, tried, call(CHECK, tried, answer, *given, hints=HINTS), weight)
    now, used = held, given[4]
    unchanged(CHECK, tried, mask=(given[1], mask), gradient=(given[2], gradient))
    kept = smallest_dropped(weight, mask, count)
    right = highest_grown(gradient.abs(), kept, count) != 0
    if not torch.equal(after, right):
        by = "\n" + with_input("The gradient:", gradient) if gradient.numel() <= FEW else ""
        fail(
            CHECK,
            drawn(f"{tried}{by}\nThe new mask:", right.float(), after.float()),
            f"{int(mask.sum())} connections, {count} of them moved",
            f"{int(after.sum())}",
            _moved_wrongly(weight, mask, gradient, count, kept, after),
        )
    stays, born = kept != 0, right & (kept == 0)
    if not torch.equal(now[stays], weight[stays]):
        fail(
            CHECK,
            drawn(f"{tried}: the weights that stay", weight * kept, now * kept),
            mistake="The weights of the connections that stay do not change.",
        )
    if not torch.equal(now, weight * kept):
        _left_over(tried, now, weight, kept, born)
    _state(tried, used, state, stays, born)


def _moved_wrongly(weight, mask, gradient, count: int, kept: Tensor, after: Tensor) -> str:
    def grown(scores, kept):
        return highest_grown(scores, kept, count) != 0

    if count and torch.equal(after, mask != 0):
        return (
            "Nothing moved: those that were dropped grew again. gradient * mask, or * weight, is 0 at every free place; RigL asks the dense "
            "gradient, what the weights that are not there would do."
        )
    for order in (weight - weight.min() + 1, 1 / (1 + weight.abs())):  # by value; the largest first
        if torch.equal(after, grown(gradient.abs(), smallest_dropped(order, mask, count))):
            return "Others were dropped than should be: the connections of least |weight| go. Is `drop` right?"
    if torch.equal(after, grown(gradient, kept)) or torch.equal(after, grown(-gradient, kept)):
        return "It grew by the signed gradient. Whether it is positive or negative, a large one is good: |gradient|."
    if torch.equal(after, grown(-gradient.abs(), kept)):
        return "It grew where the gradient is smallest: that is the wrong way round."
    if int(after.sum()) > int(mask.sum()):
        return "There are more connections than before. Grow from what was kept, not from the old mask. Or were free places dropped? Is `drop` right?"
    if int(after.sum()) < int(mask.sum()):
        return "As many grow as are dropped. Were new ones sought where connections are?"
    if torch.equal(after, grown(torch.where(mask != 0, -torch.inf, gradient.abs()), kept)):
        return "A connection that has just been dropped may grow again: its place is free. Grow from what was kept, not from the old mask."
    return ""


def _left_over(tried: str, now: Tensor, weight: Tensor, kept: Tensor, born: Tensor) -> None:
    if torch.equal(now, weight):
        mistake = (
            "The weights are as they were; those that were dropped must be 0. `weight = weight * kept` makes a new tensor, and so does "
            "`weight.data = ...`: weight.mul_(kept) changes the one that the network has."
        )
    elif bool((now[born] != 0).any()):
        mistake = "A new connection begins at 0, also where one has just been dropped: multiply by what was kept, not by the new mask."
    else:
        mistake = "Where there is no connection the weight is 0: those that were dropped too."
    fail(CHECK, drawn(f"{tried}: the weights afterwards", weight * kept, now), mistake=mistake)


def _state(tried: str, used: dict, state: dict[str, Tensor], stays: Tensor, born: Tensor) -> None:
    if set(used) != set(state):
        fail(
            CHECK,
            tried,
            f"`state` with {sorted(state)}",
            f"{sorted(used)}",
            "The connections that stay keep what the optimizer knows of them: set entries to 0, and take none away.",
        )
    for name, before in state.items():
        now = used[name]
        if not isinstance(now, Tensor) or now.shape != before.shape:
            fail(
                CHECK,
                f"{tried}, state[{name!r}]",
                f"a tensor of shape {tuple(before.shape)}",
                f"one of shape {tuple(now.shape)}" if isinstance(now, Tensor) else "no tensor",
                "Set entries of it to 0. " + ONE_NUMBER,
            )
        if before.shape != stays.shape:
            if not torch.equal(now, before):
                fail(
                    CHECK,
                    f"{tried}, state[{name!r}]",
                    f"{before.item():g}",
                    f"{now.item():g}",
                    "That counts the steps of the whole layer. It has no entry for each weight, and stays.",
                )
            continue
        if not torch.equal(now[stays], before[stays]):
            fail(
                CHECK,
                f"{tried}, state[{name!r}]",
                "as it was for the connections that stay",
                "changed",
                "Only what is new begins with nothing. The others keep what the optimizer knows of them.",
            )
        if bool((now[born] != 0).any()):
            left = int((now[born] != 0).sum())
            mistake = (
                "The optimizer would move the new weights by gradients of the time before they were there."
                if torch.equal(now, before)
                else "The connections that have been dropped and grew again are new too."
            )
            others = [
                part
                for part, value in state.items()
                if value.shape == stays.shape and not torch.equal(used[part], value)
            ]
            if others and torch.equal(now, before):
                mistake = (
                    f"{' and '.join(others)} {'was' if len(others) == 1 else 'were'} reset, and this was not. "
                    "Go through everything in `state` that has the shape of the weight."
                )
            fail(
                CHECK,
                f"{tried}, state[{name!r}] of the {int(born.sum())} new connections",
                "0",
                f"not 0 at {left} of them",
                mistake,
            )
