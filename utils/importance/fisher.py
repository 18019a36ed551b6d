"""The Fisher information: first derivatives in place of second ones.

    true Fisher       F  = mean over x of  sum over y of p(y | x) g(x, y) g(x, y)^T
    empirical Fisher  F' = mean over (x, y) of the data of  g(x, y) g(x, y)^T

g is the gradient of the log-likelihood of one example. For a softmax with cross-entropy, F is
the Hessian without the term of the network's own curvature (the generalized Gauss-Newton
matrix), and the Hessian itself once the residuals are zero. F' takes the labels of the data
instead of the model's; where they agree, g is small and F' is too. Amari (1998) for F; Theis,
Korshunova, Tejani and Huszar (2018) for pruning with F'. Hassibi and Stork (1993) prune with the
gradients of the network's output, not of its loss: for a squared error that is the generalized
Gauss-Newton matrix, so F and not F'. Kunstner, Balles and Hennig, "Limitations of the empirical
Fisher approximation" (2019).
"""

import torch
from torch import Tensor, nn
from torch.func import functional_call, jacrev, vmap

from utils.model.copies import copy_of
from utils.model.data import Batch
from utils.model.derivatives import flat, per_sample_gradients, split
from utils.model.parameters import Tensors, prunable


def empirical_fisher(model: nn.Module, batch: Batch) -> Tensor:
    """F' (p, p), with the labels of the batch."""
    gradients = per_sample_gradients(model, batch)
    return gradients.T @ gradients / len(gradients)


def true_fisher(model: nn.Module, batch: Batch) -> Tensor:
    """F (p, p), with the model's own probabilities; the labels of the batch are not looked at.

    sum over y of p(y|x) g g^T = J^T (diag(p) - p p^T) J, with J (classes, p) the Jacobian of
    the outputs. The network is in evaluation mode.
    """
    model, x, theta = copy_of(model).eval(), batch[0], flat(model)

    def outputs(theta: Tensor, x: Tensor) -> Tensor:
        return functional_call(model, split(model, theta), (x[None],))[0]

    fisher = theta.new_zeros(len(theta), len(theta))
    for part in x.split(64):
        p = vmap(outputs, in_dims=(None, 0))(theta, part).softmax(-1)
        jacobian = vmap(jacrev(outputs), in_dims=(None, 0))(theta, part)
        centred = jacobian - (p[:, None] @ jacobian)
        root = (centred * p.sqrt()[..., None]).flatten(0, 1)  # sum of p (J - mean J)(J - mean J)^T
        fisher += root.T @ root
    return fisher / len(x)


def fisher(model: nn.Module, batch: Batch) -> Tensors:
    """1/2 F'_qq theta_q^2 of every prunable weight, high = keep: OBD with the empirical
    Fisher's diagonal (Theis et al., 2018).
    """
    squares = per_sample_gradients(model, batch).square().mean(0)
    scores = split(model, squares * flat(model) ** 2 / 2)
    return {name: scores[name] for name in prunable(model)}


def inverse_of_fisher(gradients: Tensor, damping: float) -> Tensor:
    """The inverse of damping * I + mean of g g^T, without ever inverting a matrix; `gradients`
    (n, p).

    Each example changes the matrix by rank one, and its inverse too (Sherman and Morrison): B
    <- B - B g g^T B / (n + g^T B g), from B = I / damping. ValueError unless damping > 0.
    """
    if not damping > 0:
        raise ValueError(f"damping must be positive; got {damping}")
    n, p = gradients.shape
    inverse = torch.eye(p, dtype=gradients.dtype, device=gradients.device) / damping
    for g in gradients:
        bg = inverse @ g
        inverse -= torch.outer(bg, bg) / (n + g @ bg)
    return inverse
