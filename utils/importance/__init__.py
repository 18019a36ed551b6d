"""What ranks weights: `(model, batch) -> Tensors`, high = keep."""
from .magnitude import magnitude
from .random import random

__all__ = ["magnitude", "random"]
