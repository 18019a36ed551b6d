import numpy as np
import pytest
import torch

from utils.plots.numbers import as_array


@pytest.mark.parametrize(
    "values",
    [[1.0, 2.0], np.array([1.0, 2.0]), torch.tensor([1.0, 2.0], requires_grad=True)],
    ids=["list", "array", "tensor with a graph"],
)
def test_tensors_arrays_and_lists_become_arrays(values):
    array = as_array(values)
    assert isinstance(array, np.ndarray) and array.tolist() == [1, 2]
