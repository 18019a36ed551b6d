"""What the experiments of lectures 01 to 03 rest on; times themselves are never asserted."""

import math

import pytest
import torch

from utils.experiments.dense_storage.walk_order import walk_order
from utils.experiments.sparse_formats import when_sparse_is_faster as faster
from utils.experiments.sparse_formats.pruned_in_vectors import pruned_in_vectors, vector_masks
from utils.experiments.sparse_formats.roofline import dense_products, roof
from utils.experiments.what_pruning_is.best_masks import (
    best_masks,
    kept_by,
    loss_of_weights,
    moons,
    nested,
    tiny,
    weights_of,
)
from utils.importance import magnitude
from utils.model import digits, fit, loaders, mlp, num_weights, sparsity


def test_every_walk_of_every_size_is_measured():
    rows = walk_order(sizes=(4, 8), least=100, repeats=1)
    assert [(row["size"], row["walk"]) for row in rows] == [
        (size, walk)
        for size in (4, 8)
        for walk in ("along the rows", "down the columns", "at random")
    ]
    assert all(row["nanoseconds"] > 0 for row in rows)


def test_all_forms_of_a_pruned_matrix_are_the_same_matrix_but_the_blocks():
    dense = torch.randn(16, 16, generator=torch.Generator().manual_seed(0))
    forms = faster.forms_of(dense, 0.75)
    masked = forms["masked dense"]
    assert int((masked == 0).sum()) == 192 and torch.equal(masked[masked != 0], dense[masked != 0])
    assert torch.equal(forms["COO"].to_dense(), masked) and torch.equal(
        forms["CSR"].to_dense(), masked
    )
    blocks = faster.pruned(dense, 0.75, block=4)
    kept = blocks.view(4, 4, 4, 4).transpose(1, 2).flatten(2)
    assert int((blocks == 0).sum()) == 192 and (((kept != 0).all(-1)) | ((kept == 0).all(-1))).all()
    if "blocks of 4 x 4" in forms:
        assert torch.equal(forms["blocks of 4 x 4"].to_dense(), blocks)


def test_every_form_is_measured_at_every_sparsity_and_batch():
    rows = faster.when_sparse_is_faster((0.5, 0.9), (1, 2), size=16, seconds=0)
    forms = faster.forms_of(torch.ones(16, 16), 0.5)
    assert {(r["form"], r["sparsity"], r["batch"]) for r in rows} == {
        (f, s, b) for f in forms for s in (0.5, 0.9) for b in (1, 2)
    }


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ((2, 1.5, 0.5), 0.9),
        ((0.5, 2, 0.5), 0.9),
        ((0.9, 0.8, 0.7), 0.5),
        ((2, 2, 2), None),
        ((0.5, 0.5, 0.97), None),
    ],
)
def test_the_crossover_is_where_it_stays_faster(times, expected):
    rows = [
        {"form": "CSR", "batch": 1, "sparsity": s, "relative time": t}
        for s, t in zip((0.5, 0.8, 0.9), times)
    ]
    assert faster.crossover(rows, "CSR", 1) == expected


def test_the_roof_is_the_lower_of_two_limits():
    assert (
        roof(2.0, peak=10.0, bandwidth=3.0) == 6.0 and roof(20.0, peak=10.0, bandwidth=3.0) == 10.0
    )
    (row,) = dense_products(batches=(4,), size=8)
    assert row["intensity"] == 8 * 8 * 4 / (4 * 8 * 8 + 2 * 4 * 8 * 4)


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


def test_no_mask_is_better_than_the_best_and_at_the_ends_all_are_equal():
    rows = best_masks(seeds=[0], draws=3)
    loss = {(row["kept"], row["way"]): row["loss"] for row in rows}
    for kept in range(13):
        assert loss[kept, "best"] <= min(loss[kept, "magnitude"], loss[kept, "random"]) + 1e-12
    assert all(loss[kept, "best"] == pytest.approx(loss[kept, "random"]) for kept in (0, 12))
    assert all(int(row["mask"].sum()) == row["kept"] for row in rows)
    assert len(nested(rows, 0)) == 12 and nested(rows, 0)[0] and nested(rows, 0)[-1]


def test_the_tiny_network_has_twelve_weights_and_its_loss_is_that_of_the_network():
    network = tiny(1)
    x, y = moons(1)
    weights = weights_of(network)
    assert weights.shape == (12,) and num_weights(network) == 12
    assert float(loss_of_weights(network, moons(1))(weights)) == pytest.approx(
        torch.nn.functional.cross_entropy(network(x), y).item()
    )
    assert (
        int(kept_by(magnitude(network), 5).sum()) == 5
        and float(loss_of_weights(network, moons(1))(weights)) < math.log(2) / 2
    )
