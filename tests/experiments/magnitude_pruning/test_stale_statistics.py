from tests.experiments.rows import mean
from utils.experiments.magnitude_pruning.stale_statistics import stale_statistics
from utils.model import convnet, digits, fit, loaders


def test_fresh_statistics_repair_a_part_of_the_damage():
    convnets = [
        fit(convnet((8, 16), seed=seed), loaders(digits(), seed=seed)["train"], epochs=4)
        for seed in range(3)
    ]
    rows = stale_statistics(convnets, digits(), sparsities=(0.85,))
    assert (
        mean(rows, "accuracy", statistics="measured afresh")
        > mean(rows, "accuracy", statistics="stale") + 10
    )
