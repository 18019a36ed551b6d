import pytest
import torch
from torch import nn

from utils.model import initialize, mlp


@pytest.fixture(scope="module")
def network():
    return initialize(mlp(5, 7, 6, 3, activation=nn.Tanh), nn.init.xavier_normal_, seed=0).double()


@pytest.fixture(scope="module")
def relu():
    return initialize(mlp(5, 7, 6, 3), nn.init.kaiming_normal_, seed=0).double()


@pytest.fixture(scope="module")
def batch():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(40, 5, dtype=torch.float64, generator=generator), torch.randint(
        0, 3, (40,), generator=generator
    )


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def quadratic():
    """A positive definite H, a theta that is the minimum, and the loss 1/2 (w - theta)^T H (w -
    theta).
    """
    root = torch.randn(7, 9, dtype=torch.float64, generator=generator())
    h, theta = root @ root.T / 9, torch.randn(7, dtype=torch.float64, generator=generator(1))
    return h, theta, lambda w: (w - theta) @ h @ (w - theta) / 2
