import pytest
import torch

from utils.importance import leaving_out, magnitude
from utils.model import mlp, prunable
from utils.pruning import find_ticket, keep_top


def test_a_tensor_that_is_left_out_has_no_score_and_no_mask():
    model = mlp(6, 5, 4, 3, seed=0)
    masks = keep_top(leaving_out(magnitude, ["fc3.weight"])(model), 0.5)
    assert list(masks) == ["fc1.weight", "fc2.weight"]
    assert sum(int((mask == 0).sum()) for mask in masks.values()) == 25


def test_a_ticket_leaves_it_dense():
    model = mlp(6, 5, 4, 3, seed=0)
    before = prunable(model)["fc1.weight"].clone()
    importance = leaving_out(magnitude, ["fc1.weight"])
    masks = find_ticket(model, lambda model, masks: None, 0.5, 2, importance=importance)
    assert list(masks) == ["fc2.weight", "fc3.weight"]
    assert torch.equal(prunable(model)["fc1.weight"], before)


def test_a_name_that_is_not_prunable_is_refused():
    with pytest.raises(KeyError, match="fc9.weight"):
        leaving_out(magnitude, ["fc9.weight"])(mlp(3, 2, 2))
