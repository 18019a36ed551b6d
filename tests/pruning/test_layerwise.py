import pytest
import torch
from torch import nn

from utils.importance import magnitude
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
