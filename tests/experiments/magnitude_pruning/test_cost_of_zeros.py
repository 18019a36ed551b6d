import torch

from utils.experiments.magnitude_pruning.cost_of_zeros import cost_of_zeros, nbytes


def test_a_zero_takes_as_many_bytes_as_any_number_and_csr_stores_the_others_only():
    rows = {row["form"]: row for row in cost_of_zeros(size=100, batch=2, sparsity=0.9, repeats=1)}
    assert rows["dense"]["bytes"] == rows["masked"]["bytes"] == 4 * 100 * 100
    assert rows["fewer rows"]["bytes"] == 4 * 10 * 100
    assert rows["CSR"]["bytes"] == 1000 * (4 + 8) + 8 * 101  # values, 8-byte columns, row pointers
    assert nbytes(torch.zeros(3, dtype=torch.float64)) == 24
