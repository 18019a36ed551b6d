import torch

from tests.experiments.rows import mean
from utils.experiments.magnitude_pruning.magnitude_against_random import magnitude_against_random
from utils.model import copy_of, digits


def test_magnitude_beats_random_before_and_after_fine_tuning(networks):
    before = [copy_of(network) for network in networks]
    rows = magnitude_against_random(networks, digits(), sparsities=(0.0, 0.8))
    for key in ("pruned", "fine-tuned"):
        assert (
            mean(rows, key, sparsity=0.8, ranking="magnitude, local")
            > mean(rows, key, sparsity=0.8, ranking="random") + 10
        )
        assert mean(rows, key, sparsity=0.0, ranking="random") > 95
    for network, old in zip(networks, before):
        assert all(torch.equal(p, q) for p, q in zip(network.parameters(), old.parameters()))
