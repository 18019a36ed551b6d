from utils.experiments.sparse_formats.roofline import dense_products, roof


def test_the_roof_is_the_lower_of_two_limits():
    assert (
        roof(2.0, peak=10.0, bandwidth=3.0) == 6.0 and roof(20.0, peak=10.0, bandwidth=3.0) == 10.0
    )
    (row,) = dense_products(batches=(4,), size=8)
    assert row["intensity"] == 8 * 8 * 4 / (4 * 8 * 8 + 2 * 4 * 8 * 4)
