"""Small layers and the pruners under test."""

import torch

from utils.pruning import uniform
from utils.sparse_training import (
    DSR,
    SET,
    DeepR,
    RigL,
    random_topology,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def numbers(masks):
    return {name: int(mask.sum()) for name, mask in masks.items()}


def made(kind, model, optimizer):
    masks = random_topology(model, uniform(model, 0.8), generator())
    return {
        "set": lambda: SET(model, masks, optimizer, generator=generator(1)),
        "rigl": lambda: RigL(model, masks, optimizer, end=100),
        "dsr": lambda: DSR(
            model, masks, optimizer, target=20, threshold=0.02, generator=generator(1)
        ),
        "deep r": lambda: DeepR(model, masks, optimizer, l1=0.05, generator=generator(1)),
    }[kind]()
