import copy

import pytest
import torch
from sklearn.metrics import jaccard_score
from torch import nn
from torch.nn.utils import prune

from utils.model import mlp, num_weights, num_zeros, prunable
from utils.pruning import (
    apply_masks,
    find_ticket,
    jaccard,
    random_mask_like,
    reinitialize,
    retain,
    rewind,
    uniform,
)


def small(seed=0):
    return mlp(6, 8, 5, 3, batchnorm=True, seed=seed)


def shaken(generator):
    """A stand-in for training: moves everything, keeps the zeros, runs BatchNorm; keeps what it was
    given.
    """
    seen = []

    def fit(model, masks):
        seen.append(copy.deepcopy((model.state_dict(), masks)))
        model.train()(torch.randn(20, 6, generator=generator))
        with torch.no_grad():
            for p in model.parameters():
                p.add_(torch.randn(p.shape, generator=generator))
        apply_masks(model, masks)

    return fit, seen


@pytest.fixture
def fit():
    return shaken(torch.Generator().manual_seed(0))


def test_every_round_starts_from_the_initial_weights_times_the_mask_bit_by_bit(fit):
    model, (train, seen) = small(), fit
    initial = copy.deepcopy(model.state_dict())
    masks = find_ticket(model, train, 0.8, rounds=4)
    for state, used in [*seen[1:], (model.state_dict(), masks)]:
        for name, value in state.items():
            assert torch.equal(
                value, initial[name] * used[name] if name in used else initial[name]
            ), name


def test_each_round_prunes_the_same_fraction_of_the_survivors_and_masks_are_nested(fit):
    model, (train, seen) = small(), fit
    masks = find_ticket(model, train, 0.75, rounds=2)
    n = num_weights(model)
    steps = [used for _, used in seen] + [masks]
    assert [num_zeros(m) for m in steps] == [0, round(0.5 * n), round(0.75 * n)]
    for before, after in zip(steps, steps[1:]):
        assert all((after[name] <= before[name]).all() for name in after)


def test_what_is_gone_stays_gone_when_training_brings_it_back():
    generator, used = torch.Generator().manual_seed(0), []

    def careless(model, masks):
        used.append(masks)
        with torch.no_grad():
            for p in model.parameters():
                p.copy_(torch.randn(p.shape, generator=generator))

    masks = find_ticket(small(), careless, 0.9, rounds=5)
    for before, after in zip(used, [*used[1:], masks]):
        assert all((after[name] <= before[name]).all() for name in after)


def test_one_round_is_torchs_global_pruning_of_the_trained_weights(fit):
    model, (train, _) = small(), fit
    masks = find_ticket(model, train, 0.6, rounds=1, restart=retain)
    twin = small()
    again, _ = shaken(torch.Generator().manual_seed(0))
    again(twin, {name: torch.ones_like(w) for name, w in prunable(twin).items()})
    layers = [(layer, "weight") for layer in twin if isinstance(layer, nn.Linear)]
    prune.global_unstructured(layers, prune.L1Unstructured, amount=0.6)
    assert all(
        torch.equal(masks[f"fc{k}.weight"], layer.weight_mask)
        for k, (layer, _) in enumerate(layers, start=1)
    )


def test_a_dictionary_gives_every_layer_its_own_sparsity(fit):
    model, (train, _) = small(), fit
    masks = find_ticket(model, train, uniform(model, 0.5), rounds=3)
    assert all(num_zeros({name: mask}) == round(0.5 * mask.numel()) for name, mask in masks.items())


def test_the_initial_state_is_not_trained_along_and_may_be_a_later_one(fit):
    model, (train, _) = small(), fit
    early = {name: value + 1 for name, value in model.state_dict().items()}
    kept = copy.deepcopy(early)
    masks = find_ticket(model, train, 0.5, rounds=2, initial=early)
    assert all(torch.equal(early[name], kept[name]) for name in early)
    assert all(
        torch.equal(value, early[name] * masks.get(name, 1))
        for name, value in model.state_dict().items()
    )


def test_retain_keeps_and_reinitialize_draws_as_a_new_network_would(fit):
    model, (train, _) = small(), fit
    find_ticket(model, train, 0.5, rounds=1, restart=retain)
    trained = small()
    again, _ = shaken(torch.Generator().manual_seed(0))
    again(trained, {})
    assert all(
        torch.equal(p, q * (p != 0)) for p, q in zip(model.parameters(), trained.parameters())
    )
    with torch.random.fork_rng():
        torch.manual_seed(7)
        reinitialize(model, {})
    fresh = small(seed=7)
    assert all(
        torch.equal(a, b) for a, b in zip(model.state_dict().values(), fresh.state_dict().values())
    )


def test_rewind_brings_back_biases_and_the_statistics_of_batchnorm():
    model = small()
    initial = copy.deepcopy(model.state_dict())
    shaken(torch.Generator().manual_seed(3))[0](model, {})
    assert not any(torch.equal(value, initial[name]) for name, value in model.state_dict().items())
    rewind(model, initial)
    assert all(torch.equal(value, initial[name]) for name, value in model.state_dict().items())


def test_a_random_mask_keeps_as_many_weights_of_each_tensor():
    masks = {
        "a": torch.tensor([[1.0, 0, 0], [1, 0, 0]]),
        "b": torch.zeros(4),
        "c": torch.ones(3, dtype=torch.bool),
    }
    drawn = [random_mask_like(masks, torch.Generator().manual_seed(seed)) for seed in range(200)]
    assert all(
        int(d[name].sum()) == int(masks[name].sum()) and d[name].dtype == masks[name].dtype
        for d in drawn
        for name in masks
    )
    share = torch.stack([d["a"] for d in drawn]).mean(0)
    assert ((share - 1 / 3).abs() < 0.15).all()  # every place, about as often


def test_jaccard_is_that_of_scikit_learn_and_for_random_masks_d_over_2_minus_d():
    generator = torch.Generator().manual_seed(0)
    a, b = ({"x": (torch.rand(300, 300, generator=generator) < 0.2).float()} for _ in range(2))
    assert jaccard(a, b) == pytest.approx(jaccard_score(a["x"].flatten(), b["x"].flatten()))
    assert jaccard(a, b) == pytest.approx(0.2 / 1.8, rel=0.05) and jaccard(a, a) == 1
    assert jaccard({"x": torch.zeros(3)}, {"x": torch.zeros(3)}) == 1


def test_no_round_at_all_is_refused(fit):
    with pytest.raises(ValueError, match="at least one round"):
        find_ticket(small(), fit[0], 0.5, rounds=0)


def test_attention_is_drawn_again_as_it_was_made():
    def make():
        torch.manual_seed(7)
        return nn.TransformerEncoderLayer(8, 2, dim_feedforward=16)

    model, fresh = make(), make()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(1)
    torch.manual_seed(7)
    reinitialize(model, {})
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), fresh.parameters()))


def test_a_parameter_that_no_layer_can_draw_again_is_named_before_anything_is_drawn():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.scale = nn.Linear(3, 2), nn.Parameter(torch.ones(2))

    model = Scaled()
    before = model.layer.weight.detach().clone()
    with pytest.raises(ValueError, match="draw scale again"):
        reinitialize(model, {})
    assert torch.equal(model.layer.weight, before)


def test_one_round_removes_exactly_the_rounded_number():
    """0.05 of 10 is 0.5, which round() takes to 0; 1 - (1 - 0.05) is a little more."""
    model = nn.Sequential(nn.Linear(5, 2))
    masks = find_ticket(model, lambda model, masks: None, 0.05, rounds=1)
    assert num_zeros(masks) == round(0.05 * 10) == 0


def test_a_random_mask_lies_where_the_mask_lies_and_counts_exactly_in_any_type():
    mask = (torch.rand(300, 300, generator=torch.Generator().manual_seed(0)) < 0.9).bfloat16()
    assert num_zeros(random_mask_like({"w": mask})) == num_zeros({"w": mask})
