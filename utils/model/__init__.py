"""Networks, data, training: what every chapter works on."""

from utils.model.copies import copy_of
from utils.model.data import Data, digits, loaders, mnist1d
from utils.model.derivatives import (
    classify_critical_point,
    flat,
    flat_loss,
    gradient,
    hessian,
    hessian_vector_product,
    per_sample_gradients,
    put,
    split,
    taylor,
    weight_gradients,
)
from utils.model.metrics import log10_masks, macs
from utils.model.networks import convnet, initialize, mlp
from utils.model.parameters import (
    Tensors,
    density,
    num_weights,
    num_zeros,
    prunable,
    sparsity,
    weight_positions,
)
from utils.model.training import evaluate, fit, loss_on, minimize, recalibrate, train

__all__ = [
    "Data",
    "Tensors",
    "classify_critical_point",
    "convnet",
    "copy_of",
    "density",
    "digits",
    "evaluate",
    "fit",
    "flat",
    "flat_loss",
    "gradient",
    "hessian",
    "hessian_vector_product",
    "initialize",
    "loaders",
    "log10_masks",
    "loss_on",
    "macs",
    "minimize",
    "mlp",
    "mnist1d",
    "num_weights",
    "num_zeros",
    "per_sample_gradients",
    "prunable",
    "put",
    "recalibrate",
    "sparsity",
    "split",
    "taylor",
    "train",
    "weight_gradients",
    "weight_positions",
]
