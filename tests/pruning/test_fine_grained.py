"""The notes' function and class. The lab's own checks hold them to the rest (tests/checks)."""

import copy

import torch
from torch import nn

from utils.model import convnet, digits, fit, loaders, mlp, prunable, sparsity
from utils.pruning import FineGrainedPruner, fine_grained_prune, sensitivity_scan, uniform


def test_pruning_to_the_same_sparsity_again_changes_nothing():
    tensor = torch.randn(40)
    first = fine_grained_prune(tensor, 0.6)
    before = tensor.clone()
    assert torch.equal(fine_grained_prune(tensor, 0.6), first) and torch.equal(tensor, before)


def test_a_scalar_an_empty_tensor_and_other_dtypes_are_pruned_too():
    for tensor in (
        torch.tensor(3.0),
        torch.empty(0),
        torch.randn(5, dtype=torch.float64),
        torch.randn(4, 3).T,
    ):
        n = tensor.numel()
        assert int((fine_grained_prune(tensor, 0.5) == 0).sum()) == round(0.5 * n)


def test_zeros_survive_training_with_momentum_and_batchnorm():
    model = convnet(seed=0)
    pruner = FineGrainedPruner(model, uniform(model, 0.9))
    fit(model, loaders(digits())["train"], epochs=1, callbacks=[lambda: pruner.apply(model)])
    assert abs(sparsity(model) - 0.9) < 1e-3


def test_a_scan_at_sparsity_zero_is_the_dense_accuracy_and_leaves_the_model_alone():
    model = mlp(8, 6, 3, seed=0)
    before = copy.deepcopy(model.state_dict())
    scan = sensitivity_scan(
        model, lambda m: float(sum(w.square().sum() for w in prunable(m).values())), [0.0, 1.0]
    )
    squares = {name: float(w.square().sum()) for name, w in prunable(model).items()}
    total = sum(squares.values())
    for name, (dense, gone) in scan.items():
        assert abs(dense - total) < 1e-5 and abs(gone - (total - squares[name])) < 1e-5
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_uniform_names_weights_and_no_biases():
    assert uniform(nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)), 0.4) == {"0.weight": 0.4}
