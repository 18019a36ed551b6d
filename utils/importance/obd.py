"""Optimal Brain Damage: a weight is as important as the loss says it is when this weight alone
is deleted.

    delta = -theta_q e_q,  g = 0, H diagonal  =>  S_q = 1/2 H_qq theta_q^2

LeCun, Denker and Solla, "Optimal brain damage" (1989). Assumes a trained network (g = 0), a
quadratic loss, and that the effects of several deletions add up (no off-diagonal terms).
"""

from torch import Tensor, nn

from utils.model.data import Batch
from utils.model.derivatives import flat, flat_loss, hessian, split
from utils.model.parameters import Tensors, prunable


def obd_saliency(theta: Tensor, hessian_diagonal: Tensor) -> Tensor:
    """1/2 H_qq theta_q^2 (p,): the second-order estimate of the rise of the loss. Negative
    where H_qq is.
    """
    return hessian_diagonal * theta**2 / 2


def obd(model: nn.Module, batch: Batch, weight_decay: float = 0.0) -> Tensors:
    """OBD's saliency of every prunable weight, high = keep, with the exact Hessian of the loss
    of `flat_loss`.

    For networks of a few thousand parameters.
    """
    theta = flat(model)
    diagonal = hessian(flat_loss(model, batch, weight_decay), theta).diagonal()
    scores = split(model, obd_saliency(theta, diagonal))
    return {name: scores[name] for name in prunable(model)}
