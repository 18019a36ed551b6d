"""All forms hold the same matrix; times themselves are never asserted."""

import pytest
import torch

from utils.experiments.sparse_formats import when_sparse_is_faster as faster


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
