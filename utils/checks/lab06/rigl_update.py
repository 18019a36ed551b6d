"""Does `rigl_update(weight, mask, gradient, count, state)` move `count` connections?

| the statement says | the case that asks it |
|---|---|
| drop those of least |w| | a small layer; connections of weight 0; hidden: float64 |
| grow where |gradient| is largest | signs of both kinds |
| where nothing was kept, and nowhere else | the largest gradient is that of a weight that goes |
| `weight` is 0 wherever nothing was kept, in place | old numbers at free places |
| `state` of its shape becomes 0 at new ones | SGD, momentum, Adam, amsgrad; hidden: others |
| what has another shape stays | Adam's step; hidden: rows and columns of Adafactor |
| what was kept, `mask`, `gradient` stay | every case; weights of 0 keep their state: a count of 0 |
| numbers, or True and False | a mask of True and False |
"""

import torch
from torch import Tensor

from utils.checks.compare import Unfit, alike, copied
from utils.checks.drawn import FEW, with_input
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab06.drop import drop_with
from utils.checks.lab06.drop import right as smallest_dropped
from utils.checks.lab06.grow import everywhere, grow_with
from utils.checks.lab06.grow import right as highest_grown
from utils.checks.lab06.layers import HINTS, SHAPES, as_layer_mask, drawn, random_layer

SHAPE = "Adam's step count is one number, not one for each weight: ask for the shape."
ORDER = "Other connections were dropped than those of least |weight|. Is `drop` right?"
SIGNED = "It grew by the signed gradient. A large one is good, positive or negative: |gradient|."
AS_MANY = "As many grow as are dropped."
LIVE = "A connection can have the weight 0: ask the mask that was kept, not the weight."
ALL = "Reset everything in `state` that has the shape of the weight: this was left as it was."
NO_PLACE = "Where there is no connection the weight is 0: those that were dropped too."
SET = "Set entries of `state` to 0, and take none away: what stays keeps its own."
PLACE = (
    "The weights are as they were. `weight = weight * kept` and `weight.data = ...` make a new "
    "tensor: weight.mul_(kept) changes the one that the network has."
)


@steps
def rigl_with(
    there=lambda weight, mask: mask != 0,
    drop=smallest_dropped,
    score=lambda gradient, mask: gradient.abs(),
    grow=highest_grown,
    free_of=lambda kept, mask: kept,
    zero=lambda weight, kept, after: weight.mul_(kept),
    reset=lambda name, value, kept: value.shape == kept.shape,
    by=lambda kept, after, weight: kept,
    state_after=lambda state, kept: None,
    result=lambda after, kept, mask: after,
):
    def answer(weight: Tensor, mask: Tensor, gradient: Tensor, count: int, state: dict) -> Tensor:
        mask = there(weight, mask).to(weight.dtype)
        kept = drop(weight, mask, count)
        among = free_of(kept, mask)
        after = grow(score(gradient, mask), among, count) - among + kept
        zero(weight, kept, after)
        for name, value in state.items():
            if reset(name, value, kept):
                value.mul_(by(kept, after, weight))
        state_after(state, kept)
        return result(after, kept, mask)

    return answer


def only(*names):
    return rigl_with(reset=lambda name, value, kept: name in names)


def each(change):
    """`change(value, kept)` of all of the state, whatever its shape."""

    def all_of(state, kept):
        for value in state.values():
            change(value, kept)

    return rigl_with(state_after=all_of)


right = rigl_with()
MISTAKES = [
    (
        "Nothing moved: gradient * mask is 0 at every free place. RigL asks the dense gradient.",
        rigl_with(score=lambda gradient, mask: (gradient * mask).abs()),
    ),
    (SIGNED, rigl_with(score=lambda gradient, mask: gradient)),
    (SIGNED, rigl_with(score=lambda gradient, mask: -gradient)),
    ("The smallest gradients grew: the wrong way round.", rigl_with(score=lambda g, _: -g.abs())),
    (ORDER, rigl_with(drop=drop_with(size=lambda weight: weight))),
    (ORDER, rigl_with(drop=drop_with(largest=True))),
    (
        "Free places were dropped: their weight is 0. Is `drop` right?",
        rigl_with(drop=drop_with(there=lambda weight, mask: torch.ones_like(mask))),
    ),
    (
        "There are more connections than before. Grow from what was kept, not from the old mask.",
        rigl_with(free_of=lambda kept, mask: mask, result=lambda after, kept, m: m + after - kept),
    ),
    (
        "A connection that was just dropped may grow again: grow from what was kept.",
        rigl_with(free_of=lambda kept, mask: mask),
    ),
    (f"{AS_MANY} Rank free places alone.", rigl_with(grow=grow_with(free=everywhere))),
    (AS_MANY, rigl_with(grow=grow_with(number=lambda count, free: 0))),
    (AS_MANY, rigl_with(grow=grow_with(number=lambda count, free: max(0, count - 1)))),
    (PLACE, rigl_with(zero=lambda weight, kept, after: None)),
    (PLACE, rigl_with(zero=lambda weight, kept, after: setattr(weight, "data", weight * kept))),
    (
        "A new connection begins at 0, also where one was just dropped: multiply by what was kept.",
        rigl_with(zero=lambda weight, kept, after: weight.mul_(after)),
    ),
    (
        "A new connection begins at 0.",
        rigl_with(zero=lambda w, kept, after: w.mul_(kept).add_(0.1 * (after - kept))),
    ),
    (NO_PLACE, rigl_with(zero=lambda weight, kept, after: weight.mul_(1 - (after - kept).abs()))),
    (NO_PLACE, rigl_with(zero=lambda weight, kept, after: weight.mul_((1 + kept) / 2))),
    (
        "The weights of the connections that stay do not change.",
        rigl_with(zero=lambda weight, kept, after: weight.mul_(2 * kept)),
    ),
    (
        "The optimizer would move new weights by gradients from before they were there.",
        rigl_with(reset=lambda name, value, kept: False),
    ),
    (ALL, only("momentum_buffer", "exp_avg")),
    (ALL, only("momentum_buffer")),
    (ALL, only("exp_avg", "exp_avg_sq")),
    (ALL, only("momentum_buffer", "exp_avg", "exp_avg_sq")),
    (
        "The connections that were dropped and grew again are new too: reset by what was kept.",
        rigl_with(by=lambda kept, after, weight: after),
    ),
    (
        "The wrong way round: what stays was reset, and what is new was not.",
        rigl_with(by=lambda kept, after, weight: 1 - kept),
    ),
    (
        "Only what is new begins with nothing. The others keep what the optimizer knows of them.",
        rigl_with(by=lambda kept, after, weight: 0.0),
    ),
    (LIVE, rigl_with(by=lambda kept, after, weight: weight != 0)),
    (LIVE, rigl_with(there=lambda weight, mask: weight != 0)),
    (
        "That counts the steps of the whole layer. It has no entry for each weight, and stays.",
        each(lambda value, kept: value.dim() or value.zero_()),
    ),
    (SHAPE, rigl_with(reset=lambda name, value, kept: True)),
    (SHAPE, each(lambda value, kept: value.__setitem__(kept == 0, 0))),
    (SHAPE, each(lambda value, kept: value.view(-1).__setitem__(kept.flatten() == 0, 0))),
    (
        SHAPE,
        rigl_with(
            state_after=lambda state, kept: state.update({n: v * kept for n, v in state.items()})
        ),
    ),
    (SET, rigl_with(state_after=lambda state, kept: state.update(dict.fromkeys(state, 0)))),
    (SET, rigl_with(state_after=lambda state, kept: state.clear())),
]
OPTIMIZERS = {
    "SGD": lambda p: torch.optim.SGD(p, lr=0.1),
    "SGD with momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.1),
    "Adam with amsgrad": lambda p: torch.optim.Adam(p, lr=0.1, amsgrad=True),
}


def state_of(name: str, shape: tuple[int, ...], generator: torch.Generator) -> dict[str, Tensor]:
    """What an optimizer remembers of a parameter after two steps."""
    parameter = torch.nn.Parameter(torch.randn(shape, generator=generator))
    optimizer = OPTIMIZERS[name]([parameter])
    for _ in range(2):
        parameter.grad = torch.randn(shape, generator=generator)
        optimizer.step()
    remembered = optimizer.state[parameter].items()
    return {part: value for part, value in remembered if isinstance(value, Tensor)}


def aged(weight: Tensor, mask: Tensor, generator: torch.Generator) -> Tensor:
    """Old numbers at the free places, and 0 at two connections: with a count of 2 and more they go,
    with a count of 0 they stay; in between either could go."""
    old = torch.randn(weight.shape, generator=generator).to(weight.dtype)
    zeros = tuple((mask != 0).nonzero()[:2].T)
    return torch.where(mask != 0, weight, old).index_put(zeros, weight.new_zeros(()))


def cases(generator: torch.Generator) -> list[Case]:
    weight = torch.tensor([[0.9, -0.2, 0.0, 0.5], [0.0, -0.8, 0.3, 0.0]])
    gradient = torch.tensor([[4.0, 1.0, -3.0, 0.5], [2.0, -5.0, 0.2, 0.1]])
    again = torch.tensor([[4.0, 9.0, -3.0, 0.5], [2.0, -5.0, 0.2, 0.1]])
    mask = (weight != 0).float()
    layers = [
        ("a small layer", weight, mask, gradient, 2, {}),
        ("a small layer", weight, mask, gradient, 0, {}),
        ("the largest gradient is that of a weight that goes", weight, mask, again, 2, {}),
    ]
    for shape in SHAPES:
        for name in OPTIMIZERS:
            weight, mask = random_layer(generator, shape)
            weight = aged(weight, mask, generator)
            gradient = torch.randn(shape, generator=generator)
            smallest = (weight.abs() + 9 * (1 - mask)).argmin()  # it goes, and comes again
            gradient.view(-1)[smallest] = 9
            mask = mask.bool() if name == "SGD with momentum" else mask
            state = state_of(name, shape, generator)
            for count in (6, 0) if name == "Adam" else (6,):
                layers.append((f"shape {shape}, {name}", weight, mask, gradient, count, state))
    return [
        case(
            f"count {count}, {words}",
            weight=weight,
            mask=mask,
            gradient=gradient,
            count=count,
            state=state,
        )
        for words, weight, mask, gradient, count, state in layers
    ]


def ask(answer, weight, mask, gradient, count, state):
    """The new mask, and what became of the network's weight and of the optimizer's state."""
    held = weight.clone()
    returned = answer(held.detach(), mask, gradient, count, state)
    return returned, held, state


def read(outcome: Outcome, case: Case) -> dict[str, Tensor]:
    """Masks, weights and the state of what is there; the state of free places is free."""
    weight, mask, gradient, count, state = case.arguments.values()
    after, held, used = outcome.returned
    there = right(weight.clone(), mask, gradient, count, {})
    kept = smallest_dropped(weight, mask, count)
    found = {"The new mask": as_layer_mask(after, weight).float(), "The weights afterwards": held}
    if set(used) != set(state):
        raise Unfit(f"`state` with {sorted(state)}", f"{sorted(used)}", SET)
    for name, before in state.items():
        now, shape = used[name], tuple(before.shape)
        if not isinstance(now, Tensor) or now.shape != before.shape:
            came = f"shape {tuple(now.shape)}" if isinstance(now, Tensor) else "no tensor"
            raise Unfit(f"state[{name!r}], a tensor of shape {shape}", came, SET + " " + SHAPE)
        wanted = before * kept if before.shape == mask.shape else before
        fits = before.shape == mask.shape and torch.equal(now * there, wanted)
        found[f"state[{name!r}]"] = wanted if fits else now
    return found


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    wanted, came = read(expected, case), read(got, case)
    what = next(name for name in wanted if not alike(came[name], wanted[name], rtol=0, atol=0))
    a, b = wanted[what], came[what]
    if a.dim() and a.shape != case.arguments["mask"].shape:
        return f"{case.words}, {what} has another shape than the weight", "as it was", "changed"
    if not a.dim():
        return f"{case.words}, {what}", f"{a.item():g}", f"{b.item():g}"
    if what.startswith("state"):
        after = right(*(copied(each) for each in [*case.arguments.values()][:4]), {}) != 0
        places = (a != b) & after
        new = int((places & (a == 0)).sum())
        words = f"{case.words}, {what} of the connections"
        if new == int(places.sum()):
            return f"{words} that are new", "0", f"not 0 at {new} of them"
        return f"{words} that stay", "as it was", "changed"
    gradient = case.arguments["gradient"]
    by = "\n" + with_input("The gradient:", gradient) if gradient.numel() <= FEW else ""
    count, there = case.arguments["count"], int(case.arguments["mask"].sum())
    layers = drawn(f"{case.words}{by}\n{what}:", a, b)
    if "mask" not in what:
        return layers, "", ""
    return layers, f"{there} connections, {count} of them moved", f"{int(b.sum())}"


check_rigl_update = Exercise(
    name="rigl_update",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="dropped, grown by the dense gradient, their number, new weights 0, the state of four "
    "optimizers, what stays is untouched",
    ask=ask,
    read=read,
    same=lambda got, expected: alike(got, expected, rtol=0, atol=0),
    show=show,
    hints=HINTS
    | dict.fromkeys(("output with shape []", "too many indices", "The shape of the mask"), SHAPE)
    | {
        "KeyError": "Each optimizer remembers something else, and plain SGD nothing at all: go "
        "through what there is, `for value in state.values()`.",
    },
    changes=("weight", "state"),
)
