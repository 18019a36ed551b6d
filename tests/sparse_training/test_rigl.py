import copy

import torch
from torch import nn

from tests.sparse_training.made import made, numbers
from utils.model import digits, mlp, weight_gradients
from utils.sparse_training import (
    cosine_drop,
    rigl_rewire,
)


def test_rigl_drops_the_smallest_weights_and_grows_the_largest_gradients(layers):
    weights, masks, gradients = layers
    kept, new = rigl_rewire(weights, masks, gradients, 0.25)
    for name, mask in masks.items():
        count = round(0.25 * int(mask.sum()))
        there = sorted(
            (abs(float(w)), i) for i, w in enumerate(weights[name].flatten()) if mask.flatten()[i]
        )
        stay = {i for _, i in there[count:]}
        free = sorted(
            (-abs(float(g)), i) for i, g in enumerate(gradients[name].flatten()) if i not in stay
        )
        assert set(kept[name].flatten().nonzero().flatten().tolist()) == stay
        assert set(new[name].flatten().nonzero().flatten().tolist()) == stay | {
            i for _, i in free[:count]
        }
    assert numbers(new) == numbers(masks)


def test_rigl_in_a_layer_that_is_nearly_full_moves_what_it_can():
    mask = torch.ones(2, 3)
    mask[0, 0] = 0
    kept, new = rigl_rewire(
        {"w": torch.arange(6.0).view(2, 3)}, {"w": mask}, {"w": torch.ones(2, 3)}, 0.9
    )
    assert int(kept["w"].sum()) == 4 and int(new["w"].sum()) == 5


def test_rigl_moves_by_the_dense_gradient_of_the_batch_and_stops_at_its_end():
    model, batch = mlp(64, 30, 10, seed=0), tuple(part[:100] for part in digits().train)
    pruner = made("rigl", model, torch.optim.SGD(model.parameters(), lr=0.1))
    for _ in range(30):
        pruner.apply(model)
    weights = {name: model.get_parameter(name) for name in pruner.masks}
    gradients = dict(
        zip(
            weights,
            torch.autograd.grad(
                nn.functional.cross_entropy(model(batch[0]), batch[1]), list(weights.values())
            ),
        )
    )
    _, expected = rigl_rewire(
        {name: w.detach().clone() for name, w in weights.items()},
        pruner.masks,
        gradients,
        cosine_drop(30, 100, 0.3),
    )
    pruner.rewire(model, batch)
    assert all(torch.equal(pruner.masks[name], mask) for name, mask in expected.items())
    assert pruner.step == 31  # rewiring takes the place of an optimizer step
    for _ in range(80):
        pruner.apply(model)
    before = pruner.masks
    pruner.rewire(model, batch)
    assert all(torch.equal(before[name], mask) for name, mask in pruner.masks.items())


def test_after_an_evaluation_connections_grow_by_the_gradients_of_training():
    """With BatchNorm those in evaluation mode are others."""
    torch.manual_seed(0)
    model = mlp(6, 8, 3, batchnorm=True, seed=0)
    batch = torch.randn(20, 6), torch.arange(20) % 3
    expected = weight_gradients(copy.deepcopy(model).train(), batch)
    found = weight_gradients(model.eval(), batch)
    assert all(torch.equal(found[name], g) for name, g in expected.items())
