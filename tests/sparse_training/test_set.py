import pytest
import torch

from tests.sparse_training.made import generator, numbers
from utils.sparse_training import (
    set_rewire,
)
from utils.sparse_training.set import drop_near_zero


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


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_connections_are_counted_exactly_in_half_precision(dtype):
    mask = (torch.rand(500, 200, generator=generator()) < 0.25).to(dtype)
    weight = (torch.randn(500, 200, generator=generator(1)) * mask).to(dtype)
    _, new = set_rewire({"w": weight}, {"w": mask}, 0.3, generator(2))
    assert int((new["w"] != 0).sum()) == int((mask != 0).sum())
