import torch

from utils.importance import random
from utils.model import mlp, prunable
from utils.model.randomness import seeded_generator


def correlation(scores, network):
    weights = torch.cat([w.flatten() for w in prunable(network).values()])
    return float(
        torch.corrcoef(torch.stack([torch.cat([s.flatten() for s in scores.values()]), weights]))[
            0, 1
        ]
    )


def test_chance_is_unrelated_to_the_initial_weights_and_a_plain_generator_is_not():
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


def test_the_same_seed_draws_the_same_and_another_one_others():
    network = mlp(8, 5, seed=0)
    one, two, three = (
        random(network, generator=seeded_generator(seed))["fc1.weight"] for seed in (3, 3, 4)
    )
    assert (
        torch.equal(one, two)
        and not torch.equal(one, three)
        and float(one.min()) >= 0
        and float(one.max()) < 1
    )
