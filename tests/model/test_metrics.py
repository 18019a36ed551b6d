import math

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from utils.model import convnet, log10_masks, macs, mlp


@pytest.mark.parametrize(
    ("model", "x"),
    [
        (mlp(64, 30, 10), torch.randn(7, 64)),
        (convnet(), torch.randn(3, 64)),
        (
            nn.Sequential(
                nn.Conv2d(4, 8, 3, stride=2, groups=2), nn.Flatten(), nn.Linear(8 * 9, 5)
            ),
            torch.randn(2, 4, 8, 8),
        ),
    ],
)
def test_macs_are_half_of_torchs_flops(model, x):
    with FlopCounterMode(display=False) as counter:
        model.eval()(x)
    assert sum(macs(model, x).values()) * 2 * len(x) == counter.get_total_flops()


def test_the_two_layers_of_the_notes_table():
    conv, linear = nn.Conv2d(64, 64, 3, padding=1, bias=False), nn.Linear(512, 4096)
    assert macs(conv, torch.zeros(1, 64, 32, 32)) == {"weight": 36_864 * 1024}
    assert macs(linear, torch.zeros(1, 512)) == {"weight": 512 * 4096}


def test_counting_leaves_no_hook():
    model = mlp(4, 3)
    macs(model, torch.zeros(1, 4))
    assert not any(layer._forward_hooks for layer in model.modules())


@pytest.mark.parametrize(
    ("weights", "kept"), [(0, 0), (1, 0), (1, 1), (10, 3), (100, 50), (2000, 7)]
)
def test_the_number_of_masks_is_the_binomial_coefficient(weights, kept):
    assert log10_masks(weights, kept) == pytest.approx(
        math.log10(math.comb(weights, kept)), abs=1e-9
    )


def test_the_notes_number_of_masks_lies_between_its_bounds():
    p, k = 10**12, 10**9
    low, high = k * math.log10(p / k), k * math.log10(math.e * p / k)
    assert low < log10_masks(p, k) < high < k * 12


def test_more_kept_than_there_are_is_refused():
    with pytest.raises(ValueError, match="keep 5 of 4"):
        log10_masks(4, 5)


def test_attention_is_counted_as_its_four_products():
    """Queries, keys, values and output: 4 E^2 for each place, then the two linear layers."""
    layer = nn.TransformerEncoderLayer(8, 2, dim_feedforward=16, batch_first=True)
    found = macs(layer.train(), torch.randn(3, 5, 8))
    assert found == {
        "self_attn.in_proj_weight": 5 * 3 * 8 * 8,
        "self_attn.out_proj.weight": 5 * 8 * 8,
        "linear1.weight": 5 * 8 * 16,
        "linear2.weight": 5 * 16 * 8,
    }
    assert layer.training
