"""Claim: H times a vector costs two to three gradients, whatever p is; H itself costs p such
products, and p^2 numbers of memory.
"""

from collections.abc import Sequence

from torch import nn

from utils.model import flat, flat_loss, gradient, hessian, hessian_vector_product
from utils.model.data import Batch
from utils.model.timing import duration


def cost_of_hessian(networks: Sequence[nn.Module], batch: Batch, repeats: int = 7) -> list[dict]:
    """The time for the gradient g, for H v with v = g, and for H v by way of the whole H, measured
    in turns.

    One row a network and way: `parameters`, `way`, `milliseconds`, the fastest of the repeats (H is
    built only once).
    """
    rows = []
    for network in networks:
        loss, theta = flat_loss(network, batch), flat(network)
        v = gradient(loss, theta)
        ways = {
            "g": lambda: gradient(loss, theta),
            "H v without H": lambda: hessian_vector_product(loss, theta, v),
            "H, then H v": lambda: hessian(loss, theta) @ v,
        }
        hessian_vector_product(loss, theta, v)  # the first call sets things up
        times = {way: [] for way in ways}
        for repeat in range(repeats):
            for way, call in ways.items():
                if way != "H, then H v" or repeat == 0:
                    times[way].append(1000 * duration(call))
        rows += [
            {"parameters": len(theta), "way": way, "milliseconds": min(taken)}
            for way, taken in times.items()
        ]
    return rows
