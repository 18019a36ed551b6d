import pytest
import torch

from tests.sparse_training.made import generator, made, numbers
from utils.model import mlp
from utils.sparse_training import (
    apportion,
    dsr_rewire,
)
from utils.sparse_training.dsr import drop_below, next_threshold


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


def test_dsrs_pruner_adapts_its_threshold():
    model = mlp(64, 30, 10, seed=0)
    pruner = made("dsr", model, torch.optim.SGD(model.parameters(), lr=0.1))
    pruner.threshold = 1e-9
    pruner.rewire(model)
    assert pruner.threshold == 2e-9
    pruner.threshold = 10.0
    pruner.rewire(model)
    assert pruner.threshold == 5.0
