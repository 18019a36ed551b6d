"""keep_top: exactly round(s * n) entries go, the lowest ones, whatever the ties; global and local;
within older masks.
"""

import math

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from utils.importance import magnitude
from utils.model import convnet, mlp, num_zeros, prunable, sparsity
from utils.pruning import apply_masks, keep_top

SPARSITIES = (0.0, 0.01, 0.1, 0.25, 0.5, 0.73, 0.99, 1.0)


@pytest.mark.parametrize("s", SPARSITIES)
@pytest.mark.parametrize(
    "scores", [torch.rand(37), torch.ones(6, 7), torch.tensor([1.0, 1, 2, 2, 2, 3]), torch.zeros(5)]
)
def test_exactly_round_s_n_entries_go_also_with_ties(scores, s):
    assert num_zeros({"m": keep_top({"m": scores}, s)["m"]}) == round(s * scores.numel())


@pytest.mark.parametrize("s", SPARSITIES)
def test_local_ranking_agrees_with_torch(s):
    model = convnet(seed=1)
    ours = keep_top(magnitude(model), dict.fromkeys(prunable(model), s))
    for name, module in model.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            prune.l1_unstructured(module, "weight", amount=s)
            assert torch.equal(ours[f"{name}.weight"], module.weight_mask)


@pytest.mark.parametrize("s", SPARSITIES)
def test_global_ranking_agrees_with_torch(s):
    model = mlp(20, 30, 10, seed=1)
    ours = keep_top(magnitude(model), s)
    layers = [(model.fc1, "weight"), (model.fc2, "weight")]
    prune.global_unstructured(layers, prune.L1Unstructured, amount=s)
    assert torch.equal(ours["fc1.weight"], model.fc1.weight_mask) and torch.equal(
        ours["fc2.weight"], model.fc2.weight_mask
    )


def test_scores_may_be_negative():
    assert keep_top({"m": torch.tensor([-3.0, -1.0, -2.0])}, 1 / 3)["m"].tolist() == [0, 1, 1]


def test_within_older_masks_what_is_gone_stays_gone_and_sparsity_counts_everything():
    scores = {"a": torch.tensor([5.0, 4, 3, 2, 1, 0])}
    old = {"a": torch.tensor([0.0, 1, 1, 1, 1, 1])}  # the highest score went earlier
    assert keep_top(scores, 0.5, within=old)["a"].tolist() == [0, 1, 1, 1, 0, 0]


def test_a_sparsity_below_that_of_the_older_masks_is_refused():
    with pytest.raises(ValueError, match="gone already"):
        keep_top({"a": torch.rand(4)}, 0.25, within={"a": torch.tensor([0.0, 0, 1, 1])})


@pytest.mark.parametrize("bad", [-0.01, 1.01, math.nan, math.inf])
def test_a_sparsity_outside_0_to_1_is_refused(bad):
    with pytest.raises(ValueError, match="from 0 to 1"):
        keep_top({"a": torch.rand(4)}, bad)
    with pytest.raises(ValueError, match="from 0 to 1"):
        keep_top({"a": torch.rand(4)}, {"a": bad})


def test_nan_scores_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        keep_top({"a": torch.tensor([1.0, math.nan])}, 0.5)


@pytest.mark.parametrize("names", [{}, {"a": 0.5, "b": 0.5}, {"b": 0.5}])
def test_a_sparsity_dict_names_every_tensor_and_no_other(names):
    with pytest.raises(KeyError, match="must name exactly"):
        keep_top({"a": torch.rand(4)}, names)


def test_masks_are_applied_in_place_and_twice_is_once():
    model = mlp(6, 5, 4, seed=0)
    weights, masks = prunable(model), keep_top(magnitude(model), 0.5)
    apply_masks(model, masks)
    after = {name: w.clone() for name, w in weights.items()}
    apply_masks(model, masks)
    assert sparsity(model) == 0.5 and all(
        torch.equal(weights[name], after[name]) for name in weights
    )


@pytest.mark.parametrize("sparsity", [0.1, 0.5, 0.9])
def test_a_tensor_in_another_memory_format_is_cut_at_the_same_places(sparsity):
    scores = torch.rand(4, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    other = scores.to(memory_format=torch.channels_last)
    masks = keep_top({"w": scores}, sparsity), keep_top({"w": other}, sparsity)
    assert torch.equal(masks[0]["w"], masks[1]["w"])


def test_a_mask_for_a_parameter_that_is_not_there_changes_nothing():
    model = nn.Sequential(nn.Linear(3, 2))
    before = model[0].weight.detach().clone()
    masks = {"0.weight": torch.zeros(2, 3), "module.0.weight": torch.zeros(2, 3)}
    with pytest.raises(KeyError, match="DataParallel"):
        apply_masks(model, masks)
    assert torch.equal(model[0].weight, before)
