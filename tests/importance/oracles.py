"""What the tests of several importances compare with."""

import copy

import torch
from torch import nn

from utils.model import convnet, digits, prunable, split


def cross_entropy(model, batch, temperature=1.0):
    return lambda theta: nn.functional.cross_entropy(
        torch.func.functional_call(model, split(model, theta), (batch[0],)) / temperature, batch[1]
    )


def leaves_the_model_as_it_was(importance):
    """Assert that scoring changes nothing in the model, and that each weight has its score."""
    model = convnet(seed=0).eval()
    before = copy.deepcopy(model.state_dict())
    scores = importance(model, tuple(part[:20] for part in digits().train))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not model.training and all(p.grad is None for p in model.parameters())
    assert {name: score.shape for name, score in scores.items()} == {
        name: w.shape for name, w in prunable(model).items()
    }
