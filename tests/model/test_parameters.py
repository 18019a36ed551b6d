import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from utils.model import convnet, flat, mlp, prunable, sparsity, split
from utils.model.parameters import weight_positions


@pytest.mark.parametrize(
    "model",
    [mlp(5, 4, 3, batchnorm=True), convnet(), nn.BatchNorm1d(3)],
    ids=["mlp", "convnet", "no weights"],
)
def test_the_positions_in_a_flat_model_are_those_of_the_weights_in_order(model):
    positions = weight_positions(model)
    marked = split(model, torch.zeros(len(flat(model))).index_fill(0, positions, 1))
    assert all(bool((part == (name in prunable(model))).all()) for name, part in marked.items())
    assert torch.equal(positions, positions.unique())


def test_scales_and_biases_are_not_prunable_whatever_their_shape():
    model = nn.Sequential(nn.LayerNorm((3, 4)), nn.Flatten(), nn.Linear(12, 2))
    assert list(prunable(model)) == ["2.weight"]
    assert torch.equal(
        weight_positions(model), torch.arange(24, 48)
    )  # after 12 scales and 12 shifts


def test_what_torchs_own_pruning_holds_is_named_and_accepted_once_it_is_removed():
    model = nn.Sequential(nn.Linear(3, 2))
    prune.l1_unstructured(model[0], "weight", amount=3)
    with pytest.raises(ValueError, match=r"prune\.remove\(model\.0, 'weight'\)"):
        prunable(model)
    prune.remove(model[0], "weight")
    assert sparsity(model) == 0.5
