"""The checks of lab 06 accept right answers in any form; their oracles agree with torch."""

import math
from fractions import Fraction

import pytest
import torch
from torch.nn.utils import prune

from tests.checks.test_exercises import verdict
from utils.checks import lab06 as checks
from utils.checks.lab06 import (
    cosine_drop,
    deep_r_step,
    drop,
    dsr_share,
    grow,
    rigl_update,
    set_drop,
)
from utils.checks.lab06.layers import random_layer
from utils.checks.lab06.training_memory import BYTES
from utils.sparse_training import (
    apportion,
    deep_r_rewire,
    drop_smallest,
    dsr,
    memory,
    rigl_rewire,
)
from utils.sparse_training import cosine_drop as librarys_cosine
from utils.sparse_training import grow as librarys_grow
from utils.sparse_training.deep_r import walk


def boolean(answer):
    return lambda *arguments: answer(*arguments) != 0


def drop_by_list(weight, mask, count):
    """Ties in another order: of equal sizes the last goes first."""
    places = [i for i in range(mask.numel()) if mask.flatten()[i]]
    places.sort(key=lambda i: (abs(float(weight.flatten()[i])), -i))
    kept = mask.clone().flatten()
    kept[places[:count]] = 0
    return kept.view(mask.shape)


def drop_by_coordinates(weight, mask, count):
    places = mask.nonzero()
    gone = places[weight[tuple(places.T)].abs().argsort()[:count]]
    kept = mask != 0
    kept[tuple(gone.T)] = False
    return kept.int()


def grow_by_argsort(scores, mask, count):
    order = scores.flatten().masked_fill(mask.flatten() != 0, -math.inf).argsort(descending=True)
    new = torch.zeros(mask.numel(), dtype=torch.bool)
    new[order[:count]] = True
    return (mask != 0) | new.view(mask.shape)


def set_drop_by_thresholds(weight, mask, fraction):
    """The zeros first, in their order, then by a threshold on each side."""
    kept = mask.clone().flatten()
    for sign in (1, -1):
        sizes = (weight * sign).flatten().tolist()
        places = [i for i, w in enumerate(sizes) if kept[i] and (w > 0 or (w == 0 and sign == 1))]
        places.sort(key=lambda i, sizes=sizes: sizes[i])
        kept[places[: round(fraction * len(places))]] = 0
    return kept.view(mask.shape)


def deep_r_by_weights(theta, signs, gradient, lr, l1, temperature, noise):
    """The step of the weights themselves; who crosses 0 dies. Whole numbers as signs."""
    root = math.sqrt(2 * lr * temperature)
    weight = signs * theta - lr * gradient - lr * l1 * signs + root * signs * noise
    lives = (signs != 0) & (weight * signs >= 0)
    free = (~lives).flatten().nonzero().flatten()
    new = free[torch.randperm(len(free))[: int((signs != 0).sum() - lives.sum())]]
    after = (signs * lives).flatten().long()
    after[new] = torch.tensor([1, -1])[torch.randint(2, (len(new),))]
    return [weight.abs() * lives, after.view(signs.shape)]


def deep_r_in_float64(theta, signs, *others):
    return deep_r_step.right(theta.double(), signs.double(), *others)


def shares_one_at_a_time(count, survivors, room):
    """The next one to whoever is farthest below its share; again when a layer is full."""
    given, open_layers = dict.fromkeys(survivors, 0), set(survivors)
    while sum(given.values()) < count:
        open_layers -= {name for name in open_layers if given[name] == room[name]}
        total = sum(survivors[name] for name in open_layers)
        left = count - sum(given[name] for name in given if name not in open_layers)
        below = {name: survivors[name] * left - total * given[name] for name in open_layers}
        given[max(below, key=lambda name: below[name])] += 1
    return given


def shares_the_overflow_again(count, survivors, room):
    """Shares as if there were room, cuts, and shares what was cut among the others."""
    given = dict.fromkeys(survivors, 0)
    while left := count - sum(given.values()):
        open_layers = {name: n for name, n in survivors.items() if given[name] < room[name]}
        for name, n in apportion(left, open_layers, dict.fromkeys(open_layers, count)).items():
            given[name] = min(room[name], given[name] + n)
    return given


def shares_as_tensors(*arguments):
    return {name: torch.tensor(n) for name, n in apportion(*arguments).items()}


def rigl_with_new_tensors_in_the_state(weight, mask, gradient, count, state):
    kept = drop_smallest(weight, mask, count)
    weight[kept == 0] = 0
    for name in state:
        if state[name].dim():
            state[name] = torch.where(kept != 0, state[name], 0.0)
    return librarys_grow(gradient.abs(), kept, count) != 0


def rigl_that_resets_only_what_is_born(weight, mask, gradient, count, state):
    kept = drop_smallest(weight, mask, count)
    after = librarys_grow(gradient.abs(), kept, count)
    born = (after != 0) & (kept == 0)
    weight.copy_(weight * kept)
    for value in state.values():
        if value.shape == weight.shape:
            value[born] = 0
    return after


@torch.no_grad()
def rigl_by_data(weight, mask, gradient, count, state):
    gone = drop_smallest(weight, mask, count) == 0
    weight.data[gone] = 0
    for value in state.values():
        if value.shape == weight.shape:
            value.data[gone] = 0
    return librarys_grow(gradient.abs(), (~gone).float(), count)


def memory_of_parts(weights, density, method):
    return sum(memory.training_memory(weights, density, method).values())


@pytest.mark.parametrize(
    "check, answer",
    [
        (checks.check_drop, drop_smallest),
        (checks.check_drop, boolean(drop.right)),
        (checks.check_drop, drop_by_list),
        (checks.check_drop, drop_by_coordinates),
        (checks.check_grow, librarys_grow),
        (checks.check_grow, boolean(grow.right)),
        (checks.check_grow, grow_by_argsort),
        (checks.check_set_drop, boolean(set_drop.set_with())),
        (checks.check_set_drop, set_drop_by_thresholds),
        (checks.check_deep_r_step, deep_r_by_weights),
        (checks.check_deep_r_step, deep_r_in_float64),
        (checks.check_dsr_threshold, dsr.next_threshold),
        (
            checks.check_dsr_threshold,
            lambda *given: torch.tensor(dsr.next_threshold(*given)),
        ),
        (
            checks.check_dsr_threshold,
            lambda *given: Fraction(dsr.next_threshold(*given)),
        ),
        (checks.check_dsr_share, apportion),
        (checks.check_dsr_share, shares_one_at_a_time),
        (checks.check_dsr_share, shares_the_overflow_again),
        (checks.check_dsr_share, shares_as_tensors),
        (checks.check_cosine_drop, librarys_cosine),
        (checks.check_rigl_update, rigl_with_new_tensors_in_the_state),
        (checks.check_rigl_update, rigl_that_resets_only_what_is_born),
        (checks.check_rigl_update, rigl_by_data),
        (checks.check_training_memory, memory_of_parts),
        (checks.check_training_memory, lambda *given: round(memory_of_parts(*given))),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_another_form_of_the_right_answer_is_accepted(check, answer):
    for _ in range(5):
        check(answer)


@pytest.mark.parametrize(
    "check, answer, words",
    [
        (
            checks.check_grow,
            lambda scores, mask, n: grow.right(torch.rand(mask.shape), mask, n),
            "new",
        ),
        (checks.check_drop, lambda *given: drop.right(*given).flatten(), "shape"),
        (checks.check_drop, lambda weight, mask, n: mask & (weight > 0), "Compare first"),
        (checks.check_deep_r_step, lambda *given: deep_r_step.right(*given)[0], "two tensors"),
        (checks.check_dsr_share, lambda *given: list(apportion(*given).values()), "a list"),
        (checks.check_dsr_share, lambda *given: {"a": 0}, "by its name"),
        (
            checks.check_dsr_share,
            lambda *given: apportion(*given) if given[0] else 1 / 0,
            "`count` is 0",
        ),
        (checks.check_training_memory, lambda *given: {"bytes": 1}, "One number is asked for"),
        (checks.check_rigl_update, lambda w, m, g, n, state: state["exp_avg"], "go through what"),
    ],
)
def test_an_answer_of_another_kind_is_told_what_was_asked(check, answer, words):
    assert words in verdict(check, answer)


def test_the_drawing_shows_the_layer_and_what_should_stay():
    told = verdict(checks.check_drop, drop.drop_with(largest=True))
    assert "-0.8     ." in told and "[   .]" in told and "5 of 8 connections kept" in told


def test_the_right_drop_is_torchs_pruning_by_size():
    weight, mask = random_layer(torch.Generator().manual_seed(0), (9, 7))
    layer = torch.nn.ParameterDict({"weight": weight})
    prune.custom_from_mask(layer, "weight", mask)
    prune.l1_unstructured(layer, "weight", amount=5)
    assert torch.equal(layer.weight_mask, drop.right(weight, mask, 5))


def test_the_right_update_is_the_librarys():
    generator = torch.Generator().manual_seed(0)
    weight, mask = random_layer(generator, (9, 7))
    gradient = torch.randn(9, 7, generator=generator)
    kept, new = rigl_rewire({"w": weight}, {"w": mask}, {"w": gradient}, 0.25)
    count = int(mask.sum() - kept["w"].sum())
    after = rigl_update.right(weight, mask, gradient, count, {})
    assert torch.equal(after, new["w"])
    assert torch.equal(weight != 0, kept["w"] != 0)


def test_the_right_step_of_deep_r_is_the_librarys():
    signs = torch.randint(-1, 2, (6, 8), generator=torch.Generator().manual_seed(0)).float()
    theta = torch.rand(6, 8, generator=torch.Generator().manual_seed(1)) * signs.abs()
    gradient = torch.randn(6, 8, generator=torch.Generator().manual_seed(2))
    noise = torch.randn(6, 8, generator=torch.Generator().manual_seed(3))
    rest = signs, signs.abs(), 0.2, 0.3, 0.05, torch.Generator().manual_seed(3)
    weight = walk(signs * theta - 0.2 * gradient, *rest)
    # the library's noise is that of the weight
    found, _ = deep_r_step.right(theta, signs, gradient, 0.2, 0.3, 0.05, noise * signs)
    kept, _, _ = deep_r_rewire({"w": weight}, {"w": signs.abs()}, {"w": signs})
    assert torch.allclose(found, signs * weight * kept["w"], atol=1e-6)


def test_the_exact_shares_are_those_that_the_librarys_are_rounded_from():
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        drawn = torch.randint(1, 60, (2, 4), generator=generator).tolist()
        survivors, room = (dict(zip("abcd", numbers)) for numbers in drawn)
        count = int(torch.randint(0, sum(room.values()) + 1, (), generator=generator))
        share = dsr_share.quotas(count, survivors, room)
        given = apportion(count, survivors, room)
        assert sum(share.values()) == count
        assert all(abs(given[name] - share[name]) < 1 for name in share)


def test_the_right_wave_is_that_of_torchs_scheduler():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for step in range(20):
        rate = optimizer.param_groups[0]["lr"]
        assert cosine_drop.right(step, 20, 0.3) == pytest.approx(rate)
        optimizer.step()
        scheduler.step()


def test_the_right_bytes_are_the_librarys():
    for method, (of_all, of_kept) in BYTES.items():
        right = of_all * 1000 + of_kept * 100
        assert memory_of_parts(1000, 0.1, method) == pytest.approx(right)


def test_products_of_weight_and_mask_are_told_that_zeros_look_the_same():
    def product(weight, mask, count):
        """The least |w| * mask, after as many as there are free places."""
        kept, free = mask.flatten().clone(), int((mask == 0).sum())
        sizes = (weight.abs() * mask).flatten()
        kept[sizes.topk(count + free, largest=False).indices] = 0
        return kept.view(mask.shape)

    assert "look the same" in verdict(checks.check_drop, product)


def test_a_place_that_is_drawn_twice_is_told():
    def with_replacement(*given):
        theta, signs = deep_r_step.right(*given)
        before = given[1]
        new = ((signs != 0) & (theta == 0) & (before == 0)).flatten().nonzero().flatten()
        signs.view(-1)[new[: len(new) // 2]] = 0
        return theta, signs

    assert "a place drawn twice is one" in verdict(checks.check_deep_r_step, with_replacement)
