"""Is `deep_r_step(theta, signs, gradient, lr, l1, temperature, noise)` one step of DEEP R?

What is drawn differs from call to call: of it, only what is certain is compared.

| the statement says | the case that asks it |
|---|---|
| the formula; the gradient by theta is s times it | a small layer: each term by itself, and all |
| only connections move, theta < 0 dies, 0 lives | a small layer; two have just begun |
| as many begin as have died | two die; a full layer: also where one has just died |
| free places, each with the same chance | large layers: halves, rows, columns, two calls |
| each draws its sign | large layers: where there was none, and where one has died |
| theta is 0 at new connections and free places | two die |
| nothing is changed | every case |
"""

from collections.abc import Iterator
from functools import partial
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from utils.checks.compare import NO_RETURN, Unfit, alike, as_tensor
from utils.checks.exercise import Case, Exercise, Outcome, case, steps
from utils.checks.lab06.layers import HINTS, drawn
from utils.checks.report import kind_of

LOST = "(The notes have lost their minus signs.)"
ROOT = "The noise is multiplied by sqrt(2 * lr * temperature)."
GONE = "A place without a connection, and a connection that has just begun, have theta = 0."
NEW_SIGNS = "A sign is drawn as 1 or -1: torch.randint(0, 2, shape) * 2 - 1. A 0 is no connection."
DRAWN = "A new connection draws its sign, also where another one has just died."
ZERO = "A connection at theta = 0 lives: only theta < 0 dies."
POSITIVE = "A connection with theta > 0 has died: only theta < 0 dies."
STAYS = "A sign stays while its connection lives. Draw signs for the new ones only."
FEWER = "Fewer than before: a sign drawn as 0 is no connection, and a place drawn twice is one."
CHANCE = "grow(torch.rand(shape), ...) gives every free place the same chance."
ROWS = "Each place has a chance of its own: here whole rows or columns were taken."
AGAIN = "A place where a connection has just died is free too, with the same chance."
WORDS = {  # of what is drawn: what should be there, and what is there instead
    "places": ("new places, drawn at each call", "the same places each time"),
    "parts": ("new ones in all parts of the layer", "nearly all in one half of it"),
    "lines": ("new ones in all rows and columns", "many times more in some of them"),
    "new": ("new ones where there was none", "none there"),
    "again": ("new ones where one has just died", "none there"),
    "signs of new": ("signs 1 and -1 where there was none", "nearly all the same"),
    "signs of again": ("signs 1 and -1 where one has just died", "nearly all the same"),
    "kinds": ("signs of 1, -1 and 0 alone", "other numbers too"),
    "rest": ("theta of 0 at all other places", "other numbers too"),
}


def random_signs(like: Tensor) -> Tensor:
    return torch.randint(0, 2, like.shape) * 2.0 - 1


@steps
def step_with(
    slope=lambda s, gradient: s * gradient,
    pull=lambda theta, s, lr, l1: lr * l1,
    root=lambda lr, temperature: sqrt(2 * lr * temperature),
    push=lambda s, noise: noise,
    moved=lambda theta: theta,
    there=lambda s: s != 0,
    alive=torch.ge,
    free=lambda lives, s: ~lives,
    scores=lambda s: torch.rand(s.shape),
    number=lambda died: died,
    new_signs=random_signs,
    signs=lambda s, lives, drawn: torch.where(lives, s, drawn),
    elsewhere=lambda new, theta: 0.0 * theta,
    result=lambda theta, s: (theta, s),
):
    def answer(
        theta: Tensor,
        s: Tensor,
        gradient: Tensor,
        lr: float,
        l1: float,
        temperature: float,
        noise: Tensor,
    ) -> tuple[Tensor, Tensor]:
        step = lr * slope(s, gradient) + pull(theta, s, lr, l1)
        theta = moved(theta - step + root(lr, temperature) * push(s, noise))
        lives = there(s) & alive(theta, torch.zeros(()))
        places = free(lives, s).flatten().nonzero().flatten()
        ranks = scores(s).flatten()[places].argsort(descending=True)
        new = torch.zeros_like(s)
        new.view(-1)[places[ranks[: number(int(there(s).sum() - lives.sum()))]]] = 1
        after = signs(s, lives, new_signs(s) * new)
        return result(torch.where(lives, theta, elsewhere(new, theta)), after)

    return answer


right = step_with()
MISTAKES = [
    (
        f"The gradient and l1 are both subtracted. {LOST}",
        step_with(slope=lambda s, g: -s * g, pull=lambda theta, s, lr, l1: -lr * l1),
    ),
    (
        f"The gradient is subtracted: theta goes downhill. {LOST}",
        step_with(slope=lambda s, g: -s * g),
    ),
    ("`gradient` is by the weight. By theta it is s times that.", step_with(slope=lambda s, g: g)),
    (f"l1 pulls theta towards 0. {LOST}", step_with(pull=lambda theta, s, lr, l1: -lr * l1)),
    ("l1 is multiplied by the learning rate.", step_with(pull=lambda theta, s, lr, l1: l1)),
    ("The pull to 0 is missing: - lr * l1.", step_with(pull=lambda theta, s, lr, l1: 0.0)),
    ("l1 is not multiplied by theta.", step_with(pull=lambda theta, s, lr, l1: lr * l1 * theta)),
    (
        "The sign has no part in the pull: theta is a size, and l1 makes it smaller.",
        step_with(pull=lambda theta, s, lr, l1: lr * l1 * s),
    ),
    ("The noise is missing.", step_with(root=lambda lr, t: 0.0)),
    (ROOT + " The root is missing.", step_with(root=lambda lr, t: 2 * lr * t)),
    (ROOT + " The learning rate is missing.", step_with(root=lambda lr, t: sqrt(2 * t))),
    (ROOT + " The 2 is missing.", step_with(root=lambda lr, t: sqrt(lr * t))),
    (ROOT + " Here it stands as it came.", step_with(root=lambda lr, t: 1.0)),
    (ROOT + " Not by lr once more.", step_with(root=lambda lr, t: lr * sqrt(2 * lr * t))),
    (ROOT + " lr stands under the root.", step_with(root=lambda lr, t: lr * sqrt(2 * t))),
    ("Noise is added to theta, whatever the sign.", step_with(push=lambda s, noise: s * noise)),
    ("theta < 0 dies. Do not clamp it at 0.", step_with(moved=lambda theta: theta.clamp(min=0))),
    (ZERO, step_with(alive=torch.gt)),
    (POSITIVE, step_with(alive=torch.le)),
    (
        "Only connections move and die, not places with the sign 0.",
        step_with(there=lambda s: s > -9),
    ),
    (GONE, step_with(elsewhere=lambda new, theta: theta)),
    (GONE, step_with(elsewhere=lambda new, theta: 0.01 * new)),
    ("Nothing has begun: as many grow as have died.", step_with(number=lambda died: 0)),
    ("As many connections begin as have died.", step_with(number=lambda died: died + 1)),
    (
        "The dead are still there: they keep their sign, and as many have begun.",
        step_with(
            free=lambda lives, s: s == 0,
            signs=lambda s, lives, drawn: torch.where(s != 0, s, drawn),
        ),
    ),
    (
        "Places without a connection have the sign 0. Draw signs for the new ones only.",
        step_with(signs=lambda s, lives, drawn: torch.where(lives, s, random_signs(s))),
    ),
    (STAYS, step_with(signs=lambda s, lives, drawn: random_signs(s) * (lives | (drawn != 0)))),
    (FEWER, step_with(new_signs=lambda s: torch.randint(-1, 2, s.shape))),
    (NEW_SIGNS, step_with(new_signs=lambda s: torch.randn(s.shape))),
    ("A new sign is 1 or -1 with the same chance.", step_with(new_signs=torch.ones_like)),
    (DRAWN, step_with(new_signs=lambda s: torch.where(s != 0, s, random_signs(s)))),
    (
        "The new places are the same at each call. Is a seed set inside?",
        step_with(scores=lambda s: torch.rand(s.shape, generator=torch.Generator().manual_seed(0))),
    ),
    (CHANCE, step_with(scores=lambda s: -torch.arange(s.numel()))),
    (CHANCE, step_with(scores=lambda s: torch.rand(s.numel()) + torch.arange(s.numel()) / 500)),
    (ROWS, step_with(scores=lambda s: torch.rand(len(s), 1).expand_as(s))),
    (ROWS, step_with(scores=lambda s: torch.rand(s.shape[1]).expand_as(s))),
    (AGAIN, step_with(free=lambda lives, s: s == 0)),
    (AGAIN, step_with(scores=lambda s: torch.rand(s.shape) + (s == 0))),
    ("Return theta first, then the signs.", step_with(result=lambda theta, s: (s, theta))),
    (
        "That is the weight, s theta. Return the size theta; its sign is in `signs`.",
        step_with(result=lambda theta, s: (theta * s, s)),
    ),
]


def cases(generator: torch.Generator) -> Iterator[Case]:
    theta = torch.tensor([[0.5, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 1.5]])
    signs = torch.tensor([[1.0, 0, -1, 0], [0, -1, 0, 1]])
    gradient = torch.tensor([[1.0, 3, 2, -3], [4, -2, -1, 0.5]])
    noise = torch.tensor([[0.5, 1.0, -1.0, 2.0], [-1.5, 1.0, 3.0, -0.5]])

    def asked(words, theta, signs, gradient, l1=0.0, temperature=0.0, noise=noise):
        return case(
            f"{words}: lr 0.1, l1 {l1}, temperature {temperature}",
            theta=theta,
            signs=signs,
            gradient=gradient,
            lr=0.1,
            l1=l1,
            temperature=temperature,
            noise=noise,
        )

    for l1, temperature in ((0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.3, 0.2)):
        yield asked("a small layer", theta, signs, gradient, l1, temperature)
    begun = theta * (signs < 0)
    yield asked("two have just begun, and no step", begun, signs, 0 * gradient)
    yield asked("all have just begun, and no step", 0 * begun, signs, 0 * gradient)
    yield asked("a small layer where two die", theta, signs, 8 * gradient, 0.5)
    full = torch.tensor([[[0.1, 1.0], [2.0, 0.2]], [[1, -1], [1, 1]], [[5, 1], [-1, 5]]])
    yield asked("a full layer where two die", full[0], full[1], full[2], noise=torch.zeros(2, 2))
    for shape in ((40, 50), (50, 40)):  # large enough for what is drawn; all signs are 1
        alive = torch.rand(shape, generator=generator) < 0.4
        doomed = alive & (torch.rand(shape, generator=generator) < 0.5)
        layer = alive.float(), alive.float(), 30.0 * doomed
        yield asked(f"shape {shape}, half die", *layer, 0.01, noise=torch.zeros(shape))


def twice(answer, *arguments):
    return answer(*arguments), answer(*arguments)


def living(case: Case) -> tuple[Tensor, Tensor]:
    """The connections that live, and their right theta."""
    theta, signs, gradient, lr, l1, temperature, noise = case.arguments.values()
    moved = theta - lr * (signs * gradient + l1) + sqrt(2 * lr * temperature) * noise
    lives = (signs != 0) & (moved >= 0)
    return lives, moved * lives


def pair(returned, like: Tensor) -> list[Tensor]:
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        mistake = NO_RETURN if returned is None else ""
        raise Unfit("two tensors: theta, signs", kind_of(returned), mistake)
    return [as_tensor(value, like.shape, "One entry for each place.").float() for value in returned]


def read(outcome: Outcome, case: Case) -> dict[str, Any]:
    """What does not depend on the draws, and whether these are as they should be."""
    before = case.arguments["signs"]
    (theta, signs), (_, again) = (pair(each, before) for each in outcome.returned)
    lives, _ = living(case)
    new = (signs != 0) & ~lives
    found: dict[str, Any] = {
        "theta of the connections that live": theta * lives,
        "the signs of the connections that live": signs * lives,
        "kinds": bool(torch.isin(signs, torch.tensor([-1.0, 0, 1])).all()),
        "the number of connections": int((signs != 0).sum()),
        "rest": not (theta * ~lives).any(),
    }
    if before.numel() > 1000:
        halves = [new[: len(new) // 2], new[:, : new.shape[1] // 2], new[::2], new[:, ::2]]
        found["places"] = not torch.equal(new, (again != 0) & ~lives)
        found["parts"] = all(0.3 < float(half.sum() / new.sum()) < 0.7 for half in halves)
        lines = [new.sum(dim) / new.sum() * new.shape[1 - dim] for dim in (0, 1)]
        found["lines"] = all(bool(line.max() < 2.9) for line in lines)  # the mean is 1
        for name, places in ("new", before == 0), ("again", before != 0):
            drawn_here = signs[new & places]
            found[name] = bool(len(drawn_here))
            found[f"signs of {name}"] = 0.25 < float((drawn_here > 0).float().mean()) < 0.75
    return found


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    right, came = read(expected, case), read(got, case)
    what = next(name for name in right if not close(came[name], right[name]))
    if what in WORDS:
        return case.words, *WORDS[what]
    if isinstance(right[what], int):
        return f"{case.words}, {what}", str(right[what]), str(came[what])
    exact = living(case)[1] if what.startswith("theta") else right[what]
    layers = [(each * 1e3).round() / 1e3 for each in (exact, came[what])]
    return drawn(f"{case.words}\n{what}", *layers), "", ""


def symptom(seen):
    """`seen`: (signs before and after, the connections that live, their right theta) -> bool."""

    def shows(case: Case, expected: Outcome, got: Outcome) -> bool:
        signs = case.arguments["signs"]
        return bool(seen(signs, pair(got.returned[0], signs)[1], *living(case)).any())

    return shows


close = partial(alike, rtol=1e-4, atol=1e-6)
check_deep_r_step = Exercise(
    name="deep_r_step",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="the step, its three terms, who dies, the number of connections, signs that live, "
    "new places and signs at random",
    ask=twice,
    read=read,
    same=close,
    show=show,
    hints=HINTS,
    symptoms=[
        (POSITIVE, symptom(lambda before, after, lives, theta: (after == 0) & (theta > 0))),
        (ZERO, symptom(lambda before, after, lives, theta: (after == 0) & lives)),
        (STAYS, symptom(lambda before, after, lives, theta: (after != before) & lives)),
        (ROWS, lambda case, expected, got: not read(got, case).get("lines", True)),
        (FEWER, symptom(lambda before, after, *_: (after != 0).sum() < (before != 0).sum())),
    ],
)
