import pytest
from torch import nn

from utils.model import Data, copy_of, digits, minimize, mlp

DECAY = 1e-3


@pytest.fixture(scope="package")
def data():
    return Data(*((x.double(), y) for x, y in digits()))


@pytest.fixture(scope="package")
def start():
    return mlp(64, 6, 10, activation=nn.Tanh, seed=0).double()


@pytest.fixture(scope="package")
def network(start, data):
    return minimize(copy_of(start), data.train, DECAY, tolerance=1e-5)
