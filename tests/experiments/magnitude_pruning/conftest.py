import pytest

from utils.model import digits, fit, loaders, mlp


@pytest.fixture(scope="package")
def networks():
    return [
        fit(mlp(64, 100, 100, 10, seed=seed), loaders(digits(), seed=seed)["train"], epochs=10)
        for seed in range(2)
    ]
