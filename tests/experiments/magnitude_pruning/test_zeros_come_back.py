from tests.experiments.rows import mean
from utils.experiments.magnitude_pruning.zeros_come_back import zeros_come_back
from utils.model import digits, num_weights


def test_zeros_come_back_unless_masked_after_every_step(networks):
    rows = zeros_come_back(networks[0], digits(), sparsity=0.9, steps=3)
    left = num_weights(networks[0]) - round(0.9 * num_weights(networks[0]))
    assert mean(rows, "nonzero", step=0) == left
    assert {row["nonzero"] for row in rows if row["way"] == "mask after every step"} == {left}
    assert (
        mean(rows, "nonzero", way="mask once", step=1) > 5 * left
        and mean(rows, "nonzero", way="mask the gradients", step=1) > 5 * left
    )
