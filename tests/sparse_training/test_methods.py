"""SET, DEEP R, DSR and RigL: what each drops and grows, and what all of them keep."""

from math import sqrt

import pytest
import torch
from torch import nn

from utils.model import digits, mlp, prunable
from utils.pruning import uniform
from utils.sparse_training import (
    DSR,
    SET,
    DeepR,
    RigL,
    apportion,
    cosine_drop,
    deep_r_rewire,
    dsr_rewire,
    random_topology,
    rigl_rewire,
    set_rewire,
)
from utils.sparse_training.deep_r import walk
from utils.sparse_training.dsr import drop_below, next_threshold
from utils.sparse_training.set import drop_near_zero


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def layers():
    """Weights and masks of two layers, and gradients that do not know the masks."""
    weights = {
        name: torch.randn(shape, generator=generator(k))
        for k, (name, shape) in enumerate({"a": (8, 10), "b": (5, 8)}.items())
    }
    masks = {
        name: (torch.rand(w.shape, generator=generator(5)) < 0.4).float()
        for name, w in weights.items()
    }
    return (
        {name: w * masks[name] for name, w in weights.items()},
        masks,
        {name: torch.randn(w.shape, generator=generator(7)) for name, w in weights.items()},
    )


def numbers(masks):
    return {name: int(mask.sum()) for name, mask in masks.items()}


def test_set_drops_the_smallest_positive_and_the_largest_negative_weights():
    weight = torch.tensor([[0.1, 0.5, 0.9, 0.3], [-0.1, -0.5, -0.9, -0.3], [0.0, 0.2, -0.2, 0.0]])
    mask = torch.tensor([[1.0, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]])
    assert drop_near_zero(weight, mask, 0.5).tolist() == [[0, 1, 1, 0], [0, 1, 1, 0], [0] * 4]
    assert (
        torch.equal(drop_near_zero(weight, mask, 0.0), mask)
        and not drop_near_zero(weight, mask, 1.0).any()
    )


@pytest.mark.parametrize(
    "fraction, zeros, others", [(0.1, 1, 0), (0.2, 2, 0), (0.4, 2, 2), (1.0, 2, 8)]
)
def test_set_drops_connections_of_weight_0_first_and_they_count(fraction, zeros, others):
    weight = torch.tensor([0.0, 1, 2, 3, 4, -1, -2, -3, -4, 0.0])
    kept = drop_near_zero(weight, torch.ones(10), fraction)
    assert (
        int((kept[weight == 0] == 0).sum()) == zeros
        and int((kept[weight != 0] == 0).sum()) == others
    )


def test_set_moves_each_sign_in_proportion(layers):
    weights, masks, _ = layers
    kept, new = set_rewire(weights, masks, 0.3, generator())
    for name, w in weights.items():
        for side in (w, -w):
            there = side[side > 0].sort().values
            gone = round(0.3 * len(there))
            assert torch.equal(side[(side > 0) & (kept[name] == 1)].sort().values, there[gone:])
    assert numbers(new) == numbers(masks)


def test_rigl_drops_the_smallest_weights_and_grows_the_largest_gradients(layers):
    weights, masks, gradients = layers
    kept, new = rigl_rewire(weights, masks, gradients, 0.25)
    for name, mask in masks.items():
        count = round(0.25 * int(mask.sum()))
        there = sorted(
            (abs(float(w)), i) for i, w in enumerate(weights[name].flatten()) if mask.flatten()[i]
        )
        stay = {i for _, i in there[count:]}
        free = sorted(
            (-abs(float(g)), i) for i, g in enumerate(gradients[name].flatten()) if i not in stay
        )
        assert set(kept[name].flatten().nonzero().flatten().tolist()) == stay
        assert set(new[name].flatten().nonzero().flatten().tolist()) == stay | {
            i for _, i in free[:count]
        }
    assert numbers(new) == numbers(masks)


def test_rigl_in_a_layer_that_is_nearly_full_moves_what_it_can():
    mask = torch.ones(2, 3)
    mask[0, 0] = 0
    kept, new = rigl_rewire(
        {"w": torch.arange(6.0).view(2, 3)}, {"w": mask}, {"w": torch.ones(2, 3)}, 0.9
    )
    assert int(kept["w"].sum()) == 4 and int(new["w"].sum()) == 5


def test_dsr_drops_below_one_threshold_and_keeps_the_total(layers):
    weights, masks, _ = layers
    kept, new = dsr_rewire(weights, masks, 0.5, generator())
    for name, w in weights.items():
        assert torch.equal(kept[name], ((w.abs() >= 0.5) & (masks[name] == 1)).float())
    assert sum(numbers(new).values()) == sum(numbers(masks).values())
    grown, survivors = {n: numbers(new)[n] - numbers(kept)[n] for n in new}, numbers(kept)
    for name in new:  # in proportion to the survivors, up to rounding
        assert (
            abs(grown[name] - sum(grown.values()) * survivors[name] / sum(survivors.values())) < 1
        )


def test_dsr_never_empties_a_layer(layers):
    weights, masks, _ = layers
    kept, new = dsr_rewire(weights, masks, 100.0, generator())
    assert numbers(kept) == {"a": 1, "b": 1} and sum(numbers(new).values()) == sum(
        numbers(masks).values()
    )
    largest = weights["a"].abs().argmax()
    assert kept["a"].flatten()[largest] == 1
    assert not drop_below(weights["a"], torch.zeros(8, 10), 1.0).any()


@pytest.mark.parametrize(
    "dropped, threshold", [(0, 2), (89, 2), (90, 1), (100, 1), (110, 1), (111, 0.5), (500, 0.5)]
)
def test_dsrs_threshold_follows_the_number_that_should_move(dropped, threshold):
    assert next_threshold(1.0, dropped, target=100, tolerance=0.1) == threshold


@pytest.mark.parametrize(
    "count, parts, room, expected",
    [
        (10, {"a": 5, "b": 3, "c": 2}, {"a": 99, "b": 99, "c": 99}, {"a": 5, "b": 3, "c": 2}),
        (7, {"a": 1, "b": 1}, {"a": 99, "b": 99}, None),
        (
            10,
            {"a": 5, "b": 3, "c": 2},
            {"a": 2, "b": 99, "c": 99},
            {"a": 2, "b": 5, "c": 3},
        ),  # 8 to share 3 : 2
        (10, {"a": 8, "b": 1, "c": 1}, {"a": 4, "b": 3, "c": 3}, {"a": 4, "b": 3, "c": 3}),
        (0, {"a": 1, "b": 2}, {"a": 5, "b": 5}, {"a": 0, "b": 0}),
        (0, {"a": 1, "b": 2}, {"a": 0, "b": 0}, {"a": 0, "b": 0}),
        (3, {"a": 1, "b": 2}, {"a": 0, "b": 5}, {"a": 0, "b": 3}),
    ],
)
def test_shares_are_in_proportion_within_the_room_and_add_up(count, parts, room, expected):
    given = apportion(count, parts, room)
    assert sum(given.values()) == count and all(0 <= given[name] <= room[name] for name in parts)
    assert expected is None or given == expected


def test_shares_of_random_parts_add_up_and_are_within_one_of_the_quota():
    for seed in range(50):
        parts = {
            k: int(v) for k, v in enumerate(torch.randint(1, 50, (5,), generator=generator(seed)))
        }
        given = apportion(37, parts, dict.fromkeys(parts, 37))
        assert sum(given.values()) == 37 and all(
            abs(given[k] - 37 * v / sum(parts.values())) < 1 for k, v in parts.items()
        )


def test_shares_without_room_are_an_error():
    with pytest.raises(ValueError, match="room for 3, not for 4"):
        apportion(4, {"a": 1, "b": 1}, {"a": 1, "b": 2})


def test_deep_rs_walk_is_the_formula_for_theta():
    """theta = s w moves by - lr l1 + sqrt(2 lr T) nu; the signs, and so w, only say which way is
    up.
    """
    weight, signs = (
        torch.rand(400, 500) + 10,
        torch.where(torch.rand(400, 500, generator=generator()) < 0.5, 1.0, -1.0),
    )
    mask = (torch.rand(400, 500, generator=generator(1)) < 0.5).float()
    moved = (
        walk(weight * signs * mask, signs, mask, 0.5, 0.2, 0.04, generator(2)) * signs
        - weight * mask
    )[mask == 1]
    assert float(moved.mean()) == pytest.approx(-0.5 * 0.2, abs=5 * sqrt(0.04) / sqrt(len(moved)))
    assert float(moved.std()) == pytest.approx(sqrt(2 * 0.5 * 0.04), rel=0.01)
    assert not walk(weight, signs, mask, 0.5, 0.2, 0.04)[mask == 0].any()


def test_deep_r_lets_go_what_crossed_0_and_keeps_signs_while_they_live(layers):
    weights, masks, _ = layers
    signs = {
        name: torch.where(torch.rand(w.shape, generator=generator(3)) < 0.5, 1.0, -1.0)
        for name, w in weights.items()
    }
    weights["a"][masks["a"] == 1] *= (
        torch.arange(int(masks["a"].sum())) > 0
    )  # one was born just now, and lives
    kept, new, after = deep_r_rewire(weights, masks, signs, generator())
    for name, w in weights.items():
        assert torch.equal(kept[name], masks[name] * ((w * signs[name] > 0) | (w == 0)))
        assert torch.equal(after[name][kept[name] == 1], signs[name][kept[name] == 1]) and bool(
            (after[name].abs() == 1).all()
        )
    assert numbers(new) == numbers(masks)


def made(kind, model, optimizer):
    masks = random_topology(model, uniform(model, 0.8), generator())
    return {
        "set": lambda: SET(model, masks, optimizer, generator=generator(1)),
        "rigl": lambda: RigL(model, masks, optimizer, end=100),
        "dsr": lambda: DSR(
            model, masks, optimizer, target=20, threshold=0.02, generator=generator(1)
        ),
        "deep r": lambda: DeepR(model, masks, optimizer, l1=0.05, generator=generator(1)),
    }[kind]()


@pytest.mark.parametrize("kind", ["set", "rigl", "dsr", "deep r"])
def test_while_it_trains_connections_move_and_their_number_stays(kind):
    model, (x, y) = mlp(64, 30, 10, seed=0), digits().train
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.1, momentum=0.0 if kind == "deep r" else 0.9
    )
    pruner = made(kind, model, optimizer)
    first = {name: mask.clone() for name, mask in pruner.masks.items()}
    for step in range(40):
        before = {name: mask.clone() for name, mask in pruner.masks.items()}
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[step::40]), y[step::40]).backward()
        optimizer.step()
        pruner.apply(model)
        if step % 10 == 9:
            pruner.rewire(model, (x[:100], y[:100]))
        assert sum(numbers(pruner.masks).values()) == sum(numbers(first).values())
        assert kind == "dsr" or numbers(pruner.masks) == numbers(first)
        for name, weight in prunable(model).items():
            assert not weight[pruner.masks[name] == 0].any()
            grown = (pruner.masks[name] == 1) & (before[name] == 0)
            assert not weight[grown].any()
            if kind != "deep r" and step % 10 == 9:
                assert grown.any()
                assert not optimizer.state[model.get_parameter(name)]["momentum_buffer"][
                    grown
                ].any()
    assert all((first[name] != mask).any() for name, mask in pruner.masks.items())
    assert bool(all(p.isfinite().all() for p in model.parameters()))


def test_rigl_moves_by_the_dense_gradient_of_the_batch_and_stops_at_its_end():
    model, batch = mlp(64, 30, 10, seed=0), tuple(part[:100] for part in digits().train)
    pruner = made("rigl", model, torch.optim.SGD(model.parameters(), lr=0.1))
    for _ in range(30):
        pruner.apply(model)
    weights = {name: model.get_parameter(name) for name in pruner.masks}
    gradients = dict(
        zip(
            weights,
            torch.autograd.grad(
                nn.functional.cross_entropy(model(batch[0]), batch[1]), list(weights.values())
            ),
        )
    )
    _, expected = rigl_rewire(
        {name: w.detach().clone() for name, w in weights.items()},
        pruner.masks,
        gradients,
        cosine_drop(30, 100, 0.3),
    )
    pruner.rewire(model, batch)
    assert all(torch.equal(pruner.masks[name], mask) for name, mask in expected.items())
    assert pruner.step == 31  # rewiring takes the place of an optimizer step
    for _ in range(80):
        pruner.apply(model)
    before = pruner.masks
    pruner.rewire(model, batch)
    assert all(torch.equal(before[name], mask) for name, mask in pruner.masks.items())


def test_dsrs_pruner_adapts_its_threshold():
    model = mlp(64, 30, 10, seed=0)
    pruner = made("dsr", model, torch.optim.SGD(model.parameters(), lr=0.1))
    pruner.threshold = 1e-9
    pruner.rewire(model)
    assert pruner.threshold == 2e-9
    pruner.threshold = 10.0
    pruner.rewire(model)
    assert pruner.threshold == 5.0
