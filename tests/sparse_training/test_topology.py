import pytest
import torch
from torch import nn

from tests.sparse_training.made import made, numbers
from utils.model import digits, initialize, mlp, prunable
from utils.model.randomness import seeded_generator
from utils.pruning import erdos_renyi
from utils.sparse_training import (
    DynamicPruner,
    cosine_drop,
    drop_smallest,
    grow,
    random_topology,
    rescale,
    start_grown,
)


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def layer():
    return drawn(6, 9), (drawn(6, 9, seed=1) > 0.3).float()


def places(mask):
    return set(mask.flatten().nonzero().flatten().tolist())


@pytest.mark.parametrize("count", [0, 1, 7])
def test_dropped_are_the_smallest_that_are_there(layer, count):
    weight, mask = layer
    there = sorted(places(mask), key=lambda i: abs(float(weight.view(-1)[i])))
    assert places(drop_smallest(weight, mask, count)) == set(there[count:])


@pytest.mark.parametrize("count", [0, 1, 7])
def test_grown_are_the_highest_scores_that_are_free(layer, count):
    scores, mask = layer
    free = sorted(places(1 - mask), key=lambda i: -float(scores.view(-1)[i]))
    assert places(grow(scores, mask, count)) == places(mask) | set(free[:count])


def test_more_than_there_are_is_an_error(layer):
    weight, mask = layer
    alive = int(mask.sum())
    assert (
        not drop_smallest(weight, mask, alive).any()
        and grow(weight, mask, mask.numel() - alive).all()
    )
    with pytest.raises(ValueError, match=f"drop {alive + 1} of {alive}"):
        drop_smallest(weight, mask, alive + 1)
    with pytest.raises(ValueError, match="free places"):
        grow(weight, mask, mask.numel() - alive + 1)


def test_the_cosine_begins_at_the_fraction_is_half_in_the_middle_and_ends_at_0():
    assert [cosine_drop(t, 100, 0.3) for t in (0, 50, 100, 150)] == pytest.approx([0.3, 0.15, 0, 0])
    assert cosine_drop(99, 100, 0.3) > 0


@pytest.mark.parametrize(
    "make",
    [lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), lambda p: torch.optim.Adam(p, lr=0.1)],
)
def test_what_is_grown_starts_at_0_and_the_optimizer_knows_nothing_of_it(layer, make):
    weight, mask = layer
    parameter = nn.Parameter(weight.clone())
    optimizer = make([parameter])
    parameter.square().sum().backward()
    optimizer.step()
    before, state = (
        parameter.detach().clone(),
        {k: v.clone() for k, v in optimizer.state[parameter].items() if v.shape == weight.shape},
    )
    assert state and all(v.all() for v in state.values())
    start_grown(parameter, mask, optimizer)
    assert torch.equal(parameter.detach(), before * mask)
    assert all(torch.equal(optimizer.state[parameter][k], v * mask) for k, v in state.items())


def test_a_random_topology_has_the_numbers_asked_for_at_places_that_depend_on_the_generator():
    model = mlp(64, 100, 10)
    shares = erdos_renyi(model, 0.9)
    first, second = (
        random_topology(model, shares, torch.Generator().manual_seed(seed)) for seed in (0, 1)
    )
    for name, weight in prunable(model).items():
        assert (
            int(first[name].sum())
            == int(second[name].sum())
            == weight.numel() - round(shares[name] * weight.numel())
        )
        assert not torch.equal(first[name], second[name])


def test_rescaling_keeps_the_size_of_the_signal():
    model = initialize(mlp(400, 400, 400), nn.init.kaiming_normal_, seed=0)
    masks = random_topology(model, {"fc1.weight": 0.9, "fc2.weight": 0.5}, seeded_generator(0))
    dense = {name: float(w.square().sum()) for name, w in prunable(model).items()}
    rescale(model, masks)
    for name, weight in prunable(model).items():
        assert float(weight.square().sum()) == pytest.approx(dense[name], rel=0.05)
        assert not weight[masks[name] == 0].any()


def test_rescaling_bears_an_empty_layer():
    model = mlp(3, 4, 2, seed=0)
    rescale(model, {"fc1.weight": torch.zeros(4, 3), "fc2.weight": torch.ones(2, 4)})
    assert not model.fc1.weight.any() and model.fc2.weight.isfinite().all()


@pytest.mark.parametrize("kind", ["set", "rigl", "dsr", "deep r"])
def test_while_it_trains_connections_move_and_their_number_stays(kind):
    model, (x, y) = mlp(64, 30, 10, seed=0), digits().train
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.1, momentum=0.0 if kind == "deep r" else 0.9
    )
    pruner = made(kind, model, optimizer)
    first = {name: mask.clone() for name, mask in pruner.masks.items()}
    for step in range(40):
        before = {name: mask.clone() for name, mask in pruner.masks.items()}
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[step::40]), y[step::40]).backward()
        optimizer.step()
        pruner.apply(model)
        if step % 10 == 9:
            pruner.rewire(model, (x[:100], y[:100]))
        assert sum(numbers(pruner.masks).values()) == sum(numbers(first).values())
        assert kind == "dsr" or numbers(pruner.masks) == numbers(first)
        for name, weight in prunable(model).items():
            assert not weight[pruner.masks[name] == 0].any()
            grown = (pruner.masks[name] == 1) & (before[name] == 0)
            assert not weight[grown].any()
            if kind != "deep r" and step % 10 == 9:
                assert grown.any()
                assert not optimizer.state[model.get_parameter(name)]["momentum_buffer"][
                    grown
                ].any()
    assert all((first[name] != mask).any() for name, mask in pruner.masks.items())
    assert bool(all(p.isfinite().all() for p in model.parameters()))


def test_a_weight_that_the_optimizer_does_not_train_is_named_at_once():
    model = mlp(4, 3, 2)
    masks = {name: torch.ones_like(w) for name, w in prunable(model).items()}
    optimizer = torch.optim.SGD(model.fc1.parameters(), lr=0.1)
    with pytest.raises(ValueError, match="fc2.weight"):
        DynamicPruner(model, masks, optimizer)
