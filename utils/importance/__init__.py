"""What ranks weights: `(model, batch) -> Tensors`, high = keep."""

from utils.importance.fisher import empirical_fisher, fisher, inverse_of_fisher, true_fisher
from utils.importance.grasp import gradient_flow, grasp
from utils.importance.lamp import lamp
from utils.importance.leaving_out import leaving_out
from utils.importance.magnitude import magnitude
from utils.importance.obd import obd, obd_saliency
from utils.importance.obs import obs, obs_delete, obs_remove, obs_repair, obs_saliency
from utils.importance.random import random
from utils.importance.snip import snip
from utils.importance.synflow import synflow

__all__ = [
    "empirical_fisher",
    "fisher",
    "gradient_flow",
    "grasp",
    "inverse_of_fisher",
    "lamp",
    "leaving_out",
    "magnitude",
    "obd",
    "obd_saliency",
    "obs",
    "obs_delete",
    "obs_remove",
    "obs_repair",
    "obs_saliency",
    "random",
    "snip",
    "synflow",
    "true_fisher",
]
