"""Optimal Brain Surgeon: delete a weight and move all others to where the loss rises least.

    minimize 1/2 delta^T H delta  subject to  e_q^T delta + theta_q = 0
    =>  delta = -theta_q / [H^-1]_qq  H^-1 e_q,    S_q = theta_q^2 / (2 [H^-1]_qq)

Hassibi and Stork, "Second order derivatives for network pruning: optimal brain surgeon" (1993).
After a deletion the inverse of what is left of H follows from the old one:  H^-1 - H^-1 e_q
e_q^T H^-1 / [H^-1]_qq.
"""

import torch
from torch import Tensor, nn

from utils.model.data import Batch
from utils.model.derivatives import flat, flat_loss, hessian, split
from utils.model.parameters import Tensors, prunable


def obs_saliency(theta: Tensor, inverse: Tensor) -> Tensor:
    """theta_q^2 / (2 [H^-1]_qq) (p,): the rise of a quadratic loss when q goes and the
    others make up for it.
    """
    return theta**2 / (2 * inverse.diagonal())


def obs(model: nn.Module, batch: Batch, weight_decay: float = 0.0, damping: float = 0.0) -> Tensors:
    """OBS's saliency of every prunable weight, high = keep, with the exact Hessian plus
    damping * identity.

    ValueError when that matrix is not positive definite: the quadratic loss then has no minimum.
    """
    theta = flat(model)
    h = hessian(flat_loss(model, batch, weight_decay), theta)
    inverse = inverse_of(h + damping * torch.eye(len(theta), dtype=h.dtype, device=h.device))
    scores = split(model, obs_saliency(theta, inverse))
    return {name: scores[name] for name in prunable(model)}


def inverse_of(h: Tensor) -> Tensor:
    """The inverse of a positive definite H (p, p); ValueError for another.

    Without it a saliency can be negative: the loss would fall without end along some direction, and
    the constrained problem that OBS solves has a saddle in place of a minimum.
    """
    root, failed = torch.linalg.cholesky_ex(h)
    if failed:
        lowest = float(torch.linalg.eigvalsh(h)[0])
        raise ValueError(
            "OBS needs a positive definite Hessian, and the lowest eigenvalue of this one is "
            f"{lowest:.2g}: train longer, or add damping of more than {max(0.0, -lowest):.2g}"
        )
    return torch.cholesky_inverse(root)


def obs_delete(theta: Tensor, inverse: Tensor, q: int) -> tuple[Tensor, Tensor]:
    """Delete weight q: the new theta (p,), exactly 0 at q, and the inverse (p, p) for what is
    left.

    Row and column q of the new inverse are 0; without them it is the inverse of H without row
    and column q.
    """
    column = inverse[:, q]
    new_theta = theta - theta[q] / column[q] * column
    new_inverse = inverse - torch.outer(column, column) / column[q]
    new_theta[q], new_inverse[q], new_inverse[:, q] = 0, 0, 0  # exactly, not up to rounding
    return new_theta, new_inverse


def obs_remove(
    theta: Tensor, inverse: Tensor, count: int, candidates: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Delete `count` weights one by one, each time the one of least saliency: (theta (p,),
    positions (count,) in that order).

    `candidates` (p,) is 1 for the weights that can go; all others move. By default all that are not
    zero can go, and those that are stay zero. The cost is count * p^2. ValueError when there are
    fewer candidates than `count`.
    """
    if candidates is None:
        for q in ((theta == 0) & (inverse.diagonal() != 0)).nonzero().flatten().tolist():
            theta, inverse = obs_delete(theta, inverse, q)
    alive = theta != 0 if candidates is None else candidates != 0
    if not 0 <= count <= int(alive.sum()):
        raise ValueError(f"cannot delete {count} of {int(alive.sum())} weights")
    order = []
    for _ in range(count):
        q = int(obs_saliency(theta, inverse).masked_fill(~alive, torch.inf).argmin())
        theta, inverse = obs_delete(theta, inverse, q)
        alive = alive.clone()
        alive[q] = False
        order.append(q)
    return theta, torch.tensor(order, dtype=torch.long)


def obs_repair(theta: Tensor, inverse: Tensor, removed: Tensor) -> Tensor:
    """Delete the weights at the positions `removed` (q,) at once: the new theta (p,), exactly 0
    there, all others where the quadratic loss is least.

    theta - H^-1 E_Q ([H^-1]_QQ)^-1 theta_Q. One after the other, in any order, `obs_delete` ends
    at the same place.
    """
    share = torch.linalg.solve(inverse[removed][:, removed], theta[removed])
    return (theta - inverse[:, removed] @ share).index_fill(0, removed, 0)
