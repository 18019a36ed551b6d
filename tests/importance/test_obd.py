import torch

from utils.importance import (
    obd,
    obd_saliency,
)
from utils.model import flat, flat_loss, hessian, prunable, split


def test_obd_is_the_rise_of_a_quadratic_loss_with_a_diagonal_hessian(quadratic):
    h, theta, _ = quadratic
    diagonal = torch.diag(h.diagonal())
    rise = torch.stack(
        [
            (w - theta) @ diagonal @ (w - theta) / 2
            for w in theta * (1 - torch.eye(7, dtype=h.dtype))
        ]
    )
    assert torch.allclose(obd_saliency(theta, h.diagonal()), rise)


def test_obds_scores_of_a_network_are_those_of_its_hessian(network, batch):
    theta, h = flat(network), hessian(flat_loss(network, batch, 0.1), flat(network))
    expected = split(network, obd_saliency(theta, h.diagonal()))
    scores = obd(network, batch, weight_decay=0.1)
    assert scores.keys() == prunable(network).keys() and all(
        torch.equal(scores[name], expected[name]) for name in scores
    )
