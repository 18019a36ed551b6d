"""The hard inputs are what their words say, fit together, and are the same for the same seed."""

import torch

from utils.checks import inputs
from utils.checks.compare import alike


def generator():
    return torch.Generator().manual_seed(0)


def test_the_same_generator_makes_the_same_inputs():
    for make in (inputs.masked, inputs.layers, inputs.networks):
        assert alike(make(generator()), make(generator()), rtol=0, atol=0, nan=True)


def test_masks_fit_their_weights_by_name_and_hold_0_and_1():
    for words, weights, masks in inputs.masked(generator()):
        assert weights.keys() == masks.keys()
        for name, mask in masks.items():
            assert mask.shape == weights[name].shape and ((mask == 0) | (mask == 1)).all(), words


def test_the_mask_of_a_layer_fits_it_and_no_connection_is_infinite():
    for words, weight, mask in inputs.layers(generator()):
        assert mask.shape == weight.shape and ((mask == 0) | (mask == 1)).all(), words
        assert weight[mask != 0].isfinite().all(), words
        assert mask.dtype in (weight.dtype, torch.float32, torch.bool), words


def test_a_network_takes_its_input_and_gives_gradients():
    for words, model, x in inputs.networks(generator()):
        model(x).square().mean().backward()
        trained = [p for p in model.parameters() if p.requires_grad]
        assert trained and all(p.grad is not None and p.grad.isfinite().all() for p in trained), (
            words
        )


def test_halves_are_halves():
    assert all((fraction * n) % 1 == 0.5 for fraction, n in inputs.HALVES)
