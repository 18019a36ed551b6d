import pytest
import torch
from torch import nn

from utils.importance import lamp, magnitude
from utils.model import mlp, num_weights, prunable
from utils.pruning import keep_top


class Shapes(nn.Module):
    """A model that is nothing but its parameters."""

    def __init__(self, *shapes):
        super().__init__()
        for number, shape in enumerate(shapes):
            self.register_parameter(f"w{number}", nn.Parameter(torch.randn(shape)))


def test_lamp_is_a_weight_squared_over_the_sum_of_the_squares_not_below_it():
    model = Shapes((1, 4), (2, 2))
    with torch.no_grad():
        model.w0.copy_(torch.tensor([[3.0, -1.0, 2.0, 0.0]]))
    assert lamp(model)["w0"].tolist() == [[pytest.approx(v) for v in (1.0, 1 / 14, 4 / 13, 0.0)]]
    for name, weight in prunable(model).items():
        squares = weight.flatten().square()
        expected = [float(s / squares[squares >= s].sum()) for s in squares]
        assert lamp(model)[name].flatten().tolist() == pytest.approx(expected)


def test_within_a_layer_lamp_ranks_as_magnitude_does_and_never_empties_one_before_the_others():
    model = mlp(64, 100, 10, seed=0)
    with torch.no_grad():
        model.fc2.weight.mul_(1e-4)  # a global threshold would empty it
    for name, score in lamp(model).items():
        assert torch.equal(
            score.flatten().argsort(), prunable(model)[name].abs().flatten().argsort()
        )
        assert float(score.max()) == 1
    assert int(keep_top(magnitude(model), 0.99)["fc2.weight"].sum()) == 0
    assert all(
        int(mask.sum()) > 0 for mask in keep_top(lamp(model), 1 - 2 / num_weights(model)).values()
    )
