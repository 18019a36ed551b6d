import pytest
from torch import nn

from utils.model import (
    digits,
    mlp,
)


@pytest.fixture(scope="package")
def batch():
    x, y = digits().train
    return x[:100].double(), y[:100]


@pytest.fixture(scope="package")
def networks():
    return [mlp(64, 4, 10, activation=nn.Tanh, seed=seed).double() for seed in range(3)]
