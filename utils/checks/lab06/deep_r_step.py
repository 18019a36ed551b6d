"""Is `deep_r_step(theta, signs, gradient, lr, l1, temperature, noise)` one step of DEEP R, and is the number of connections kept?"""

from math import sqrt

import torch
from torch import Tensor

from utils.checks.lab06.layers import call, drawn, is_tensor, unchanged
from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, kind_of, passed

CHECK = "check_deep_r_step"
GONE = "theta < 0: the connection is gone, and a place without a connection has theta = 0. So has one that has just begun."


def check_deep_r_step(answer) -> None:
    """`answer(...)` returns the new theta and the new signs."""
    theta = torch.tensor([[0.5, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 1.5]])
    signs = torch.tensor([[1.0, 0, -1, 0], [0, -1, 0, 1]])
    gradient = torch.tensor([[1.0, 3, 2, -3], [4, -2, -1, 0.5]])
    noise = torch.tensor([[0.5, 1.0, -1.0, 2.0], [-1.5, 1.0, 3.0, -0.5]])
    for what, numbers in {
        "no noise and no pull to 0": (0.1, 0.0, 0.0),
        "no noise": (0.1, 0.5, 0.0),
        "no pull to 0": (0.1, 0.0, 0.2),
        "all three": (0.1, 0.5, 0.2),
    }.items():
        _step(answer, f"a small layer, {what}", theta, signs, gradient, *numbers, noise)
    _step(
        answer,
        "a small layer in which two connections die",
        theta,
        signs,
        gradient * 8,
        0.1,
        0.5,
        0.0,
        noise,
    )
    _step(
        answer,
        "a full layer in which two die",
        torch.tensor([[0.1, 1.0], [2.0, 0.2]]),
        torch.tensor([[1.0, -1], [1, 1]]),
        torch.tensor([[5.0, 1], [-1, 5]]),
        0.1,
        0.0,
        0.0,
        torch.zeros(2, 2),
    )
    _step(
        answer,
        "a connection that has just begun, and no step",
        theta * 0,
        signs,
        gradient * 0,
        0.1,
        0.0,
        0.0,
        noise,
    )
    _drawn_at_random(answer, fresh_generator())
    passed(
        CHECK,
        "the step, its three terms, who dies, the number of connections, signs that live, new places and signs at random",
    )


def moved(theta, signs, gradient, lr, l1, temperature, noise) -> Tensor:
    """The right theta of the connections before the dead ones go; 0 elsewhere."""
    return (signs != 0) * (
        theta - lr * (signs * gradient + l1) + sqrt(2 * lr * temperature) * noise
    )


def short(theta: Tensor) -> Tensor:
    """With three decimals, to be drawn."""
    return (theta * 1e3).round() / 1e3


def _step(answer, what: str, *arguments) -> tuple[Tensor, Tensor]:
    theta, signs, _, lr, l1, temperature, _ = arguments
    tried = f"{what}: lr {lr}, l1 {l1}, temperature {temperature}"
    given = [a.clone() if isinstance(a, Tensor) else a for a in arguments]
    returned = call(CHECK, tried, answer, *given)
    unchanged(
        CHECK,
        tried,
        theta=(given[0], theta),
        signs=(given[1], signs),
        gradient=(given[2], arguments[2]),
        noise=(given[6], arguments[6]),
    )
    if not isinstance(returned, (tuple, list)) or len(returned) != 2:
        fail(
            CHECK,
            tried,
            "two tensors: theta, signs",
            kind_of(returned),
            "The function ends without a `return`." if returned is None else "",
        )
    for value, name in zip(returned, ("theta", "signs")):
        is_tensor(CHECK, f"{tried}, {name}", value, theta.shape)
    new_theta, new_signs = (value.detach().float() for value in returned)
    before, right = signs != 0, moved(*arguments)
    lives = before & (right >= 0)
    _living(tried, arguments, lives, right, new_theta, new_signs)
    if not torch.isin(new_signs, torch.tensor([-1.0, 0.0, 1.0])).all():
        fail(
            CHECK,
            f"{tried}, signs",
            "1, -1, and 0 where there is no connection",
            "other numbers too",
            "A sign is drawn as 1 or -1: torch.randint(0, 2, shape) * 2 - 1.",
        )
    wanted, came = int(before.sum()), int((new_signs != 0).sum())
    if came != wanted:
        fail(
            CHECK,
            f"{tried}, the number of connections",
            str(wanted),
            str(came),
            _miscounted(lives, new_signs, wanted, came),
        )
    others = ~lives & (new_theta != 0)
    if others.any():
        fail(CHECK, drawn(f"{tried}: theta", short(right * lives), short(new_theta)), mistake=GONE)
    return new_theta, new_signs


def _living(
    tried: str, arguments, lives: Tensor, right: Tensor, theta: Tensor, signs: Tensor
) -> None:
    if not torch.allclose(theta[lives], right[lives], rtol=1e-4, atol=1e-6):
        fail(
            CHECK,
            drawn(
                f"{tried}: theta of the connections that live",
                short(right * lives),
                short(theta * lives),
            ),
            mistake=_mistake(arguments, lives, theta),
        )
    if not torch.equal(signs[lives], arguments[1][lives]):
        lost = bool((signs[lives] == 0).any())
        fail(
            CHECK,
            drawn(
                f"{tried}: the signs of the connections that live",
                arguments[1] * lives,
                signs * lives,
            ),
            mistake="A connection at theta = 0 lives: only theta < 0 dies. New ones begin at 0."
            if lost
            else "A sign stays as it is while its connection lives. Draw signs for the new ones only.",
        )


def _mistake(arguments, lives: Tensor, theta: Tensor) -> str:
    old, signs, gradient, lr, l1, temperature, noise = arguments
    g, walk = signs * gradient, sqrt(2 * lr * temperature) * noise
    if torch.equal(theta[lives], signs[lives]):
        return "Those are the signs. Return theta first, then the signs."
    if torch.allclose(theta[lives], (signs * moved(*arguments))[lives], rtol=1e-4, atol=1e-6):
        return "That is the weight, s theta. Return the size theta, which is never negative; its sign is in `signs`."
    for words, value in {
        "The gradient is subtracted: theta goes downhill. (The notes have lost their minus signs.)": old
        + lr * g
        - lr * l1
        + walk,
        "l1 is subtracted: it pulls theta towards 0. (The notes have lost their minus signs.)": old
        - lr * g
        + lr * l1
        + walk,
        "Both terms are subtracted: the notes have lost their minus signs.": old
        + lr * g
        + lr * l1
        + walk,
        "`gradient` is by the weight w = s theta. By theta it is s times that.": old
        - lr * gradient
        - lr * l1
        + walk,
        "l1 is multiplied by the learning rate.": old - lr * g - l1 + walk,
        "The pull to 0 is missing: - lr * l1.": old - lr * g + walk,
        "l1 pulls each theta with the same strength: it is not multiplied by theta.": old
        - lr * g
        - lr * l1 * old
        + walk,
        "The sign has no part in the pull: theta is a size, and l1 makes it smaller.": old
        - lr * g
        - lr * l1 * signs
        + walk,
        "The noise is missing.": old - lr * g - lr * l1,
        "The noise is multiplied by the root of 2 lr T, not by 2 lr T.": old
        - lr * g
        - lr * l1
        + 2 * lr * temperature * noise,
        "The learning rate is missing under the root: sqrt(2 * lr * temperature).": old
        - lr * g
        - lr * l1
        + sqrt(2 * temperature) * noise,
        "The 2 is missing under the root: sqrt(2 * lr * temperature).": old
        - lr * g
        - lr * l1
        + sqrt(lr * temperature) * noise,
        "The noise stands as it came: multiply it by sqrt(2 * lr * temperature).": old
        - lr * g
        - lr * l1
        + noise,
        "The learning rate multiplies the noise too. It stands under the root alone.": old
        - lr * (g + l1)
        + lr * sqrt(2 * lr * temperature) * noise,
        "The learning rate stands under the root: sqrt(2 * lr * temperature).": old
        - lr * g
        - lr * l1
        + lr * sqrt(2 * temperature) * noise,
        "The noise is added to theta, whatever the sign of the connection.": old
        - lr * g
        - lr * l1
        + signs * walk,
    }.items():
        if torch.allclose(
            theta[lives], value[lives].clamp(min=0), rtol=1e-4, atol=1e-6
        ):  # with those that die by it
            return words
    return ""


def _miscounted(lives: Tensor, signs: Tensor, wanted: int, came: int) -> str:
    if came == int(lives.sum()):
        return "Those that died are gone, and nothing has begun: as many grow at free places, also where one has just died."
    if came > wanted and bool((signs != 0).all()):
        return "Places without a connection have the sign 0. Signs are drawn for the new connections only."
    if came < wanted:
        return "As many connections begin as have died. Was a sign 0 drawn? A new one is 1 or -1: torch.randint(0, 2, shape) * 2 - 1."
    return (
        "As many connections begin as have died. Did places without a connection count as dead? (They are the ones with the sign 0.) Or did "
        "the dead ones stay in the mask that grows?"
    )


def _drawn_at_random(answer, generator: torch.Generator) -> None:
    """A large layer in which half of the connections die, all of them with the sign 1."""
    shape = (40, 50)
    alive = torch.rand(shape, generator=generator) < 0.4
    doomed = alive & (torch.rand(shape, generator=generator) < 0.5)
    arguments = (alive.float(), alive.float(), 30.0 * doomed, 0.1, 0.01, 0.0, torch.zeros(shape))
    tried = "a layer of shape (40, 50), half of whose connections die"
    (_, first), (_, second) = (_step(answer, tried, *arguments) for _ in range(2))
    lives = alive & ~doomed
    new, again = (first != 0) & ~lives, (second != 0) & ~lives
    if torch.equal(new, again):
        fail(
            CHECK,
            f"{tried}, twice",
            "other new places each time",
            "the same places",
            "The new places are drawn at random at each call: grow(torch.rand(shape), ...). Is a seed set inside?",
        )
    groups = {"where one has just died": new & doomed, "where none was": new & ~alive}
    upper = float(new[:20].sum() / new.sum())
    if not 0.3 < upper < 0.7 or not all(group.any() for group in groups.values()):
        came = ", ".join(f"{int(group.sum())} {where}" for where, group in groups.items())
        fail(
            CHECK,
            f"{tried}: the new ones",
            "every free place has the same chance, also one that has just become free",
            f"{came}; {100 * upper:.0f} % in the upper half",
            "grow(torch.rand(shape), ...) gives every free place the same chance."
            if groups["where one has just died"].any()
            else "Those that have just died are free places too.",
        )
    for where, group in groups.items():
        positive = float((first[group] > 0).float().mean())
        if not 0.25 < positive < 0.75:
            fail(
                CHECK,
                f"{tried}: the signs of the new ones {where}",
                "1 and -1 with the same chance",
                f"{100 * positive:.0f} % are 1",
                "A new connection draws its sign, also where another one has just died.",
            )
