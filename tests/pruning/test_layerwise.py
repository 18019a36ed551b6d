import pytest
import torch
from torch import nn

from utils.importance import lamp, magnitude
from utils.model import convnet, mlp, num_weights, num_zeros, prunable
from utils.pruning import erdos_renyi, keep_top


class Shapes(nn.Module):
    """A model that is nothing but its parameters."""

    def __init__(self, *shapes):
        super().__init__()
        for number, shape in enumerate(shapes):
            self.register_parameter(f"w{number}", nn.Parameter(torch.randn(shape)))


def overall(model, sparsities):
    weights = prunable(model)
    return sum(sparsities[name] * w.numel() for name, w in weights.items()) / num_weights(model)


def test_erdos_renyi_by_hand():
    model = mlp(10, 30, 20)  # 300 and 600 weights; sums 40 and 50
    found = erdos_renyi(model, 0.8)
    epsilon = 180 / 90
    assert found == pytest.approx(
        {"fc1.weight": 1 - epsilon * 40 / 300, "fc2.weight": 1 - epsilon * 50 / 600}
    )


def test_the_check_values_of_a_convolutional_network():
    model = Shapes((64, 3, 3, 3), (128, 64, 3, 3), (256, 128, 3, 3), (10, 256))
    density = [1 - s for s in erdos_renyi(model, 0.9).values()]
    assert density == pytest.approx([1.0, 0.1507, 0.0742, 1.0], abs=1e-4)
    assert overall(model, erdos_renyi(model, 0.9)) == pytest.approx(0.9, abs=1e-12)


@pytest.mark.parametrize("sparsity", [0.0, 0.05, 0.3, 0.6, 0.9, 0.99, 1.0])
@pytest.mark.parametrize(
    "model",
    [mlp(64, 300, 100, 10), convnet(), Shapes((5, 5), (100, 100), (2, 3))],
    ids=("mlp", "convnet", "shapes"),
)
def test_the_whole_model_has_the_sparsity_and_no_layer_leaves_0_to_1(model, sparsity):
    found = erdos_renyi(model, sparsity)
    assert all(-1e-12 <= s <= 1 for s in found.values()) and overall(model, found) == pytest.approx(
        sparsity, abs=1e-12
    )
    masks = keep_top(magnitude(model), {name: max(0.0, s) for name, s in found.items()})
    assert abs(num_zeros(masks) - sparsity * num_weights(model)) <= len(masks) / 2


def test_more_sparsity_for_the_model_is_more_for_every_layer():
    model = convnet()
    found = [erdos_renyi(model, s / 20) for s in range(20)]
    assert all(
        before[name] <= after[name] + 1e-12
        for before, after in zip(found, found[1:])
        for name in before
    )


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
