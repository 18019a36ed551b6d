import torch

from utils.importance import random
from utils.model import mlp
from utils.model.randomness import seeded_generator


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


def test_scores_lie_where_the_weights_lie():
    model = mlp(4, 3, 2).to("meta")
    assert all(score.is_meta for score in random(model).values())
