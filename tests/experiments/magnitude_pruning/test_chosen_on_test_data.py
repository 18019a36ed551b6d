from tests.experiments.rows import mean
from utils.experiments.magnitude_pruning.chosen_on_test_data import chosen_on_test_data
from utils.model import digits


def test_an_epoch_chosen_on_some_data_looks_better_on_them_than_on_others(networks):
    rows = chosen_on_test_data(networks, digits(), sparsity=0.9, epochs=8)
    assert len(rows) == 2 * len(networks) and mean(rows, "chosen on") > mean(rows, "fresh")
