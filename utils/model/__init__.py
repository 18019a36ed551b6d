"""Networks, data, training: what every chapter works on."""
from utils.model.data import Data, digits, loaders, mnist1d
from utils.model.networks import convnet, mlp
from utils.model.parameters import Tensors, density, num_weights, num_zeros, prunable, sparsity
from utils.model.training import copy_of, evaluate, fit, loss_on, recalibrate, train

__all__ = [
    "Data", "Tensors", "convnet", "copy_of", "density", "digits", "evaluate", "fit", "loaders", "loss_on", "mlp",
    "mnist1d", "num_weights", "num_zeros", "prunable", "recalibrate", "sparsity", "train",
]
