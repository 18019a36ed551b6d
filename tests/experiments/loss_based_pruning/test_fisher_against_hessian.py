from tests.experiments.rows import of
from utils.experiments.loss_based_pruning.fisher_against_hessian import fisher_against_hessian


def test_near_a_minimum_the_true_fisher_is_close_and_the_empirical_one_too_small(
    start, network, data
):
    rows = fisher_against_hessian({"start": [start], "minimum": [network]}, data.train)
    assert (
        of(rows, "error", when="minimum", matrix="true")[0]
        < 0.4
        < 0.7
        < of(rows, "error", when="minimum", matrix="empirical")[0]
    )
    assert min(of(rows, "error", when="start")) > 0.7
    assert (
        of(rows, "trace", when="minimum", matrix="empirical")[0]
        < 0.3
        < 0.6
        < of(rows, "trace", when="minimum", matrix="true")[0]
    )
    assert min(of(rows, "rank correlation", when="minimum")) > 0.8
