"""Tensors, arrays and lists as numpy arrays."""

import numpy as np


def as_array(values):
    """`values` as a numpy array; a tensor is taken off its graph first."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return np.asarray(values)
