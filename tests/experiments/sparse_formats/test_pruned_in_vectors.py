from utils.experiments.sparse_formats.pruned_in_vectors import pruned_in_vectors, vector_masks
from utils.model import digits, fit, loaders, mlp, num_weights, sparsity


def test_vectors_are_kept_or_dropped_whole_and_longer_ones_cost_accuracy():
    network = fit(mlp(64, 96, 96, 10, seed=0), loaders(digits())["train"], epochs=10)
    masks = vector_masks(network, 16, 0.9)
    assert all(
        len(vector.unique()) == 1 for mask in masks.values() for vector in mask.flatten().split(16)
    )
    assert abs(sparsity(masks) - 0.9) * num_weights(masks) <= 16
    rows = pruned_in_vectors([network], digits(), lengths=(1, 16), sparsity=0.9, epochs=4)
    tuned = {row["vector length"]: row["accuracy"] for row in rows if row["when"] == "fine-tuned"}
    assert tuned[1] > tuned[16] + 5
