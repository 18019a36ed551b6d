"""The checks of lab 06 accept right answers in any form, and know what torch and the library know."""

import math

import pytest
import torch
from torch.nn.utils import prune

from tests.checks.lab06 import wrong_answers as wrong
from utils.checks import lab06 as checks
from utils.checks.lab06.cosine_drop import half_wave
from utils.checks.lab06.deep_r_step import moved
from utils.checks.lab06.drop import right as smallest_dropped
from utils.checks.lab06.dsr_share import quotas
from utils.checks.lab06.grow import highest_grown
from utils.checks.lab06.layers import random_layer
from utils.sparse_training import apportion, deep_r_rewire, rigl_rewire
from utils.sparse_training.deep_r import walk


def boolean(answer):
    return lambda *arguments: answer(*arguments) != 0


def drop_by_list(weight, mask, count):
    """Ties in another order: of equal sizes the last goes first."""
    places = [i for i in range(mask.numel()) if mask.flatten()[i]]
    places.sort(key=lambda i: (abs(float(weight.flatten()[i])), -i))
    kept = mask.flatten().clone()
    kept[places[:count]] = 0
    return kept.view(mask.shape)


def grow_by_argsort(scores, mask, count):
    order = scores.flatten().masked_fill(mask.flatten() != 0, -math.inf).argsort(descending=True)
    new = torch.zeros(mask.numel(), dtype=torch.bool)
    new[order[:count]] = True
    return (mask != 0) | new.view(mask.shape)


def set_drop_by_thresholds(weight, mask, fraction):
    """The zeros first, in their order, then by a threshold on each side."""
    kept = mask.clone().flatten()
    for sign in (1, -1):
        places = [
            i
            for i, w in enumerate((weight * sign).flatten().tolist())
            if kept[i] and (w > 0 or w == 0 and sign == 1)
        ]
        places.sort(key=lambda i: float((weight * sign).flatten()[i]))
        kept[places[: round(fraction * len(places))]] = 0
    return kept.view(mask.shape)


def deep_r_by_weights(theta, signs, gradient, lr, l1, temperature, noise):
    """The step of the weights themselves; who crosses 0 dies. Whole numbers as signs."""
    weight = (
        signs * theta
        - lr * gradient
        - lr * l1 * signs
        + math.sqrt(2 * lr * temperature) * signs * noise
    )
    lives = (signs != 0) & (weight * signs >= 0)
    free = (~lives).flatten().nonzero().flatten()
    new = free[torch.randperm(len(free))[: int((signs != 0).sum() - lives.sum())]]
    after = (signs * lives).flatten().long()
    after[new] = torch.tensor([1, -1])[torch.randint(2, (len(new),))]
    return [weight.abs() * lives, after.view(signs.shape)]


def shares_one_at_a_time(count, survivors, room):
    """As hint 3 says: the next one to whoever is farthest below its share; again with the rest when a layer is full."""
    given, open_layers = dict.fromkeys(survivors, 0), set(survivors)
    while sum(given.values()) < count:
        full = {name for name in open_layers if given[name] == room[name]}
        open_layers -= full
        total, left = (
            sum(survivors[name] for name in open_layers),
            count - sum(given[n] for n in given if n not in open_layers),
        )
        name = max(open_layers, key=lambda name: survivors[name] * left - total * given[name])
        given[name] += 1
    return given


def shares_the_overflow_again(count, survivors, room):
    """Shares and rounds as if there were room, cuts, and shares what was cut among the others, until nothing is left."""
    given = dict.fromkeys(survivors, 0)
    while left := count - sum(given.values()):
        open_layers = {name: n for name, n in survivors.items() if given[name] < room[name]}
        for name, n in wrong.fair(left, open_layers, dict.fromkeys(open_layers, count)).items():
            given[name] = min(room[name], given[name] + n)
    return given


def rigl_with_new_tensors_in_the_state(weight, mask, gradient, count, state):
    kept = wrong.drop(weight, mask, count)
    weight[kept == 0] = 0
    for name in state:
        if state[name].dim():
            state[name] = torch.where(kept != 0, state[name], 0.0)
    return wrong.grow(gradient.abs(), kept, count) != 0


def rigl_that_resets_only_what_is_born(weight, mask, gradient, count, state):
    kept = wrong.drop(weight, mask, count)
    after = wrong.grow(gradient.abs(), kept, count)
    born = (after != 0) & (kept == 0)
    weight.copy_(weight * kept)
    for value in state.values():
        if value.shape == weight.shape:
            value[born] = 0
    return after


@pytest.mark.parametrize(
    "check, answer",
    [
        (checks.check_drop, boolean(wrong.drop)),
        (checks.check_drop, drop_by_list),
        (checks.check_grow, boolean(wrong.grow)),
        (checks.check_grow, grow_by_argsort),
        (checks.check_set_drop, boolean(wrong.set_drop)),
        (checks.check_set_drop, set_drop_by_thresholds),
        (checks.check_deep_r_step, deep_r_by_weights),
        (
            checks.check_dsr_threshold,
            lambda *arguments: torch.tensor(wrong.threshold(*arguments), dtype=torch.float64),
        ),
        (checks.check_dsr_share, wrong.fair),
        (checks.check_dsr_share, shares_one_at_a_time),
        (checks.check_dsr_share, shares_the_overflow_again),
        (
            checks.check_dsr_share,
            lambda *arguments: {
                name: torch.tensor(n) for name, n in wrong.fair(*arguments).items()
            },
        ),
        (
            checks.check_cosine_drop,
            lambda step, end, fraction: (
                fraction * math.cos(math.pi * min(step, end) / end / 2) ** 2
            ),
        ),
        (checks.check_rigl_update, rigl_with_new_tensors_in_the_state),
        (checks.check_rigl_update, rigl_that_resets_only_what_is_born),
        (
            checks.check_training_memory,
            lambda weights, density, method: round(wrong.training_memory(weights, density, method)),
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_another_form_of_the_right_answer_is_accepted(check, answer):
    for _ in range(5):
        check(answer)


def test_the_right_drop_is_torchs_pruning_by_size():
    weight, mask = random_layer(torch.Generator().manual_seed(0), (9, 7))
    layer = torch.nn.ParameterDict({"weight": weight})
    prune.custom_from_mask(layer, "weight", mask)
    prune.l1_unstructured(layer, "weight", amount=5)
    assert torch.equal(layer.weight_mask, smallest_dropped(weight, mask, 5))


def test_the_right_update_is_the_librarys():
    generator = torch.Generator().manual_seed(0)
    weight, mask = random_layer(generator, (9, 7))
    gradient = torch.randn(9, 7, generator=generator)
    kept, new = rigl_rewire({"w": weight}, {"w": mask}, {"w": gradient}, 0.25)
    count = int(mask.sum() - kept["w"].sum())
    assert torch.equal(kept["w"], smallest_dropped(weight, mask, count))
    assert torch.equal(new["w"], highest_grown(gradient.abs(), kept["w"], count))


def test_the_right_step_of_deep_r_is_the_librarys():
    signs = torch.randint(-1, 2, (6, 8), generator=torch.Generator().manual_seed(0)).float()
    theta = torch.rand(6, 8, generator=torch.Generator().manual_seed(1)) * signs.abs()
    gradient = torch.randn(6, 8, generator=torch.Generator().manual_seed(2))
    noise = torch.randn(6, 8, generator=torch.Generator().manual_seed(3))
    weight = walk(
        signs * theta - 0.2 * gradient,
        signs,
        signs.abs(),
        0.2,
        0.3,
        0.05,
        torch.Generator().manual_seed(3),
    )
    right = moved(
        theta, signs, gradient, 0.2, 0.3, 0.05, noise * signs
    )  # its noise is that of the weight
    assert torch.allclose(right, signs * weight, atol=1e-6)
    kept, _, _ = deep_r_rewire({"w": weight}, {"w": signs.abs()}, {"w": signs})
    assert torch.equal(kept["w"] != 0, (signs != 0) & (right >= 0))


def test_the_exact_shares_are_those_that_the_librarys_are_rounded_from():
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        survivors, room = (
            {
                name: int(n)
                for name, n in zip("abcd", torch.randint(1, 60, (4,), generator=generator))
            }
            for _ in range(2)
        )
        count = int(torch.randint(0, sum(room.values()) + 1, (), generator=generator))
        share = quotas(count, survivors, room)
        assert sum(share.values()) == pytest.approx(count)
        assert all(
            abs(n - share[name]) < 1 for name, n in apportion(count, survivors, room).items()
        )


def test_the_right_wave_is_that_of_torchs_scheduler():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for step in range(20):
        assert half_wave(step, 20, 0.3) == pytest.approx(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
