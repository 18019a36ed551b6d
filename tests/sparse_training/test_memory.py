import pytest

from utils.sparse_training import training_memory


def total(method, density=0.1, weights=1_000_000):
    return sum(training_memory(weights, density, method).values())


def test_a_million_weights_a_tenth_of_them_kept_by_hand():
    assert total("dense") == 3 * 4e6  # value, gradient, momentum of 4 bytes
    assert total("masked") == total("dense") + 1e6  # and a byte for the mask
    assert total("sparse") == pytest.approx(4 * 4e5)  # value, index, gradient, momentum of 100 000
    assert total("rigl") == pytest.approx(total("sparse") + 4e6)


def test_masks_save_nothing_and_sparse_tensors_save_from_a_density_of_three_quarters():
    assert total("masked", 0.01) == total("masked", 0.9) > total("dense")
    assert total("sparse", 0.74) < total("dense") < total("sparse", 0.76)


@pytest.mark.parametrize(
    "density, method, words",
    [
        (0.1, "csr", "unknown method 'csr'"),
        (1.5, "dense", "from 0 to 1"),
        (float("nan"), "dense", "from 0 to 1"),
    ],
)
def test_bad_input_is_an_error(density, method, words):
    with pytest.raises(ValueError, match=words):
        training_memory(10, density, method)
