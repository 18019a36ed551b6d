import pytest
import torch

from utils.pruning import best_mask, keep_top


def test_for_a_diagonal_quadratic_loss_the_best_mask_is_that_of_obd():
    theta, curvature = (
        torch.tensor([3.0, -1.0, 0.5, 2.0, -4.0]),
        torch.tensor([0.1, 5.0, 9.0, 1.0, 0.2]),
    )
    for kept in range(6):
        mask, least = best_mask(lambda w: (curvature * (w - theta) ** 2).sum() / 2, theta, kept)
        assert torch.equal(mask, keep_top({"w": curvature * theta**2 / 2}, 1 - kept / 5)["w"])
        assert least == pytest.approx(float((curvature * (theta * (1 - mask)) ** 2).sum() / 2))


def test_the_first_of_equal_masks_is_taken_and_a_loss_that_is_never_finite_has_one_too():
    assert best_mask(lambda w: 1.0, torch.ones(4), 2)[0].tolist() == [1, 1, 0, 0]
    assert best_mask(lambda w: float("inf"), torch.ones(3), 1)[0].tolist() == [1, 0, 0]


def test_too_many_weights_and_impossible_numbers_are_refused():
    for theta, kept in ((torch.ones(25), 2), (torch.ones(3), 4), (torch.ones(3), -1)):
        with pytest.raises(ValueError, match="at most 24"):
            best_mask(lambda w: 0.0, theta, kept)
