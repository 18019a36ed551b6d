import pytest
import torch

from tests.sparse_training.made import generator


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
