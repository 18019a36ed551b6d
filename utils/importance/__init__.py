"""What ranks weights: `(model, batch) -> Tensors`, high = keep."""
from utils.importance.magnitude import magnitude
from utils.importance.random import random

__all__ = ["magnitude", "random"]
