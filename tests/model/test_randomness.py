import torch

from utils.importance import random
from utils.model import mlp, prunable
from utils.model.randomness import seeded, seeded_generator


def correlation(scores, network):
    weights = torch.cat([w.flatten() for w in prunable(network).values()])
    return float(
        torch.corrcoef(torch.stack([torch.cat([s.flatten() for s in scores.values()]), weights]))[
            0, 1
        ]
    )


def test_a_seeded_generator_is_unrelated_to_the_initial_weights_and_a_plain_one_is_not():
    for seed in range(5):
        network = mlp(64, 100, 10, seed=seed)
        plain = torch.Generator().manual_seed(seed)
        assert (
            correlation(
                {"w": torch.rand(100, 64, generator=plain)}, torch.nn.Sequential(network.fc1)
            )
            > 0.99
        )
        assert abs(correlation(random(network, generator=seeded_generator(seed)), network)) < 0.05


def test_a_seeded_block_draws_the_same_and_leaves_the_global_state():
    before = torch.get_rng_state()
    draws = []
    for seed in (3, 3, 4):
        with seeded(seed):
            draws.append(torch.rand(5))
    assert torch.equal(draws[0], draws[1]) and not torch.equal(draws[0], draws[2])
    assert torch.equal(torch.get_rng_state(), before)


def test_without_a_seed_a_block_draws_from_the_global_state():
    torch.manual_seed(0)
    expected = torch.rand(5)
    torch.manual_seed(0)
    with seeded(None):
        assert torch.equal(torch.rand(5), expected)
