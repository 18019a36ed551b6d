"""Claim: what a Taylor polynomial of order k leaves of a smooth loss falls with the power k + 1 of
the step length.
"""

from collections.abc import Sequence

import numpy
import torch
from torch import Tensor, nn

from utils.model import flat, flat_loss, gradient, hessian_vector_product, taylor
from utils.model.data import Batch
from utils.model.randomness import seeded_generator


def taylor_remainders(
    networks: Sequence[nn.Module], batch: Batch, steps: Sequence[float], weight_decay: float = 0.0
) -> list[dict]:
    """|L(theta + h v) - polynomial(h)| in a random direction v of length 1, another one for each
    network.

    One row a network, order (0, 1, 2) and step h: `network`, `order`, `step`, `remainder`. In
    float64, or rounding is measured.
    """
    rows = []
    for number, network in enumerate(networks):
        loss, theta = flat_loss(network, batch, weight_decay), flat(network)
        v = random_direction(theta, seed=number)
        for order in (0, 1, 2):
            polynomial = taylor(loss, theta, v, order)
            rows += [
                {
                    "network": number,
                    "order": order,
                    "step": h,
                    "remainder": abs(float(loss(theta + h * v) - polynomial(h))),
                }
                for h in steps
            ]
    return rows


def gradient_remainders(
    networks: Sequence[nn.Module], batch: Batch, steps: Sequence[float], weight_decay: float = 0.0
) -> list[dict]:
    """|g(theta + h v) - g| (order 0) and |g(theta + h v) - g - h H v| (order 1); rows as above."""
    rows = []
    for number, network in enumerate(networks):
        loss, theta = flat_loss(network, batch, weight_decay), flat(network)
        v = random_direction(theta, seed=number)
        g, moved = gradient(loss, theta), hessian_vector_product(loss, theta, v)
        for h in steps:
            change = gradient(loss, theta + h * v) - g
            for order, rest in enumerate((change, change - h * moved)):
                rows.append(
                    {"network": number, "order": order, "step": h, "remainder": float(rest.norm())}
                )
    return rows


def slopes(rows: list[dict]) -> list[dict]:
    """The slope of log(remainder) over log(step), by least squares: one row a network and order,
    with its `slope`.
    """
    found = []
    for network, order in sorted({(row["network"], row["order"]) for row in rows}):
        line = [
            (row["step"], row["remainder"])
            for row in rows
            if (row["network"], row["order"]) == (network, order)
        ]
        step, remainder = numpy.log(line).T
        found.append(
            {
                "network": network,
                "order": order,
                "slope": float(numpy.polyfit(step, remainder, 1)[0]),
            }
        )
    return found


def random_direction(theta: Tensor, seed: int) -> Tensor:
    """A vector of length 1, of the shape and dtype of theta, all directions equally likely."""
    v = torch.randn(theta.shape, dtype=theta.dtype, generator=seeded_generator(seed))
    return v / v.norm()
