"""GraSP: keep the weights without which the gradient would be smaller.

    G(theta) = |g|^2 = g^T g                       how fast gradient descent lowers the loss
    G(theta + delta) - G(theta) = 2 delta^T H g + O(|delta|^2)
    delta = -theta_q e_q                           =>  removing q changes G by -2 theta_q (H g)_q
    S_q = theta_q (H g)_q                          high = keep; the factor 2 dropped

Wang, Zhang and Grosse, "Picking winning tickets before training by preserving gradient
flow" (2020), who write the opposite sign and remove the highest. The score is signed: a
weight whose removal makes the gradient larger goes first. Their program divides the
outputs by a temperature of 200, which makes all classes nearly equally probable.
"""

import torch
from torch import nn

from utils.model.copies import copy_of, to_score
from utils.model.data import Batch
from utils.model.derivatives import Criterion, cross_entropy, weight_gradients
from utils.model.parameters import Tensors, prunable


def grasp(
    model: nn.Module,
    batch: Batch,
    temperature: float = 200.0,
    criterion: Criterion = cross_entropy,
) -> Tensors:
    """theta * (H g) of every prunable weight, signed, high = keep.

    The loss is criterion(outputs / temperature, targets), with the network as in `to_score`; g and
    H are those of all parameters, biases too. H itself is never formed. `model` is not
    changed.
    """
    model, (x, y) = to_score(model, batch)
    parameters = dict(model.named_parameters())
    loss = criterion(model(x) / temperature, y)
    g = torch.autograd.grad(
        loss, list(parameters.values()), create_graph=True, materialize_grads=True
    )
    # the derivative of g^T g with the first g held constant is H g
    product = sum(((part.detach() * part).sum() for part in g), loss.new_zeros(()))
    hg = torch.autograd.grad(product, list(parameters.values()), materialize_grads=True)
    hg = dict(zip(parameters, hg))
    return {name: weight * hg[name] for name, weight in prunable(model).items()}


def gradient_flow(
    model: nn.Module, masks: Tensors, batch: Batch, criterion: Criterion = cross_entropy
) -> float:
    """|m * g|^2 of the pruned network: how fast the loss falls when what is left is
    trained.

    g is the gradient of criterion(outputs, targets) at m * theta by the prunable weights;
    `model` is not changed. Under gradient flow, dL/dt = -|m * g|^2 for these weights.
    """
    pruned = copy_of(model)
    with torch.no_grad():
        for name, mask in masks.items():
            pruned.get_parameter(name).mul_(mask)
    gradients = weight_gradients(pruned, batch, criterion)
    return float(sum((mask * gradients[name]).square().sum() for name, mask in masks.items()))
