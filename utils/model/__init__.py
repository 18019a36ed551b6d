"""Networks, data, training: what every chapter works on."""
from .data import Data, digits, loaders, mnist1d
from .networks import convnet, mlp
from .parameters import Tensors, density, num_weights, num_zeros, prunable, sparsity
from .training import copy_of, evaluate, fit, loss_on, recalibrate, train

__all__ = [
    "Data", "Tensors", "convnet", "copy_of", "density", "digits", "evaluate", "fit", "loaders", "loss_on", "mlp",
    "mnist1d", "num_weights", "num_zeros", "prunable", "recalibrate", "sparsity", "train",
]
