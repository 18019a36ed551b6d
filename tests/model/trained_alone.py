"""The oracle of an ensemble: one network trained in the plain way."""

import torch
from torch import nn

from utils.pruning import apply_masks


def trained_alone(network, masks, batch, order, lr):
    """Train `network` in place on the examples that `order` [steps, batch] names, by Adam, with the
    masks put back after every step; returns it.
    """
    x, y = batch
    optimizer = torch.optim.Adam(network.parameters(), lr=lr)
    apply_masks(network, masks)
    for examples in order:
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x[examples]), y[examples]).backward()
        optimizer.step()
        apply_masks(network, masks)
    return network
