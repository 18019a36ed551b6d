"""What is pruned is empty (grey shows through), what is large is averaged, what is small carries
its numbers.
"""

import numpy as np
import pytest
import torch

from utils.plots import heatmap

RANDOM = np.random.default_rng(0)


def cells(figure):
    return np.array(figure.data[0].z, dtype=float)  # None becomes NaN


def test_pruned_entries_are_empty_and_kept_ones_show_their_value():
    matrix = RANDOM.normal(size=(20, 30))
    mask = RANDOM.random(matrix.shape) > 0.5
    shown = cells(heatmap(matrix, mask))
    assert np.array_equal(np.isnan(shown), ~mask)
    assert shown[mask] == pytest.approx(matrix[mask], abs=1e-4)


def test_without_a_mask_exact_zeros_are_what_is_pruned():
    shown = cells(heatmap([[0.0, 2.0], [1.0, 0.0]]))
    assert np.isnan(shown).tolist() == [[True, False], [False, True]]


def test_a_tensor_that_needs_a_gradient_is_shown_like_an_array():
    weight = torch.nn.Linear(12, 9).weight
    assert cells(heatmap(weight)) == pytest.approx(weight.detach().numpy(), abs=1e-4)


def test_the_colours_are_centred_at_zero_and_do_not_move_with_the_mask():
    matrix = RANDOM.normal(size=(16, 16))
    full, half = heatmap(matrix).data[0], heatmap(matrix, np.abs(matrix) < 1).data[0]
    assert full.zmin == -full.zmax == half.zmin == -half.zmax


@pytest.mark.parametrize("shape", [(129, 10), (512, 512), (300, 1000)])
def test_a_large_matrix_is_sent_as_at_most_128_rows_and_columns(shape):
    assert max(cells(heatmap(np.ones(shape))).shape) <= 128


def test_a_cell_of_a_large_matrix_is_the_mean_of_its_block():
    matrix = RANDOM.normal(size=(256, 256))
    expected = matrix.reshape(128, 2, 128, 2).mean(axis=(1, 3))
    assert cells(heatmap(matrix)) == pytest.approx(expected, abs=1e-4)


def test_a_block_is_grey_only_when_all_of_it_is_pruned():
    matrix = np.ones((256, 256))
    matrix[:2, :2] = 0
    matrix[2, 2] = 0
    shown = cells(heatmap(matrix))
    assert np.isnan(shown).sum() == 1
    assert shown[1, 1] == pytest.approx(0.75)


def test_small_matrices_carry_their_numbers_and_pruned_ones_a_zero():
    notes = heatmap([[1.5, -2.0], [3.0, 4.0]], [[1, 0], [1, 1]]).layout.annotations
    assert [note.text for note in notes] == ["1.5", "0", "3", "4"]
    assert not heatmap(np.ones((9, 9))).layout.annotations


def test_the_sentence_counts_the_weights_that_are_left():
    assert (
        "3 of 4 weights are left (25 % sparsity)" in heatmap([[1, 2], [3, 0]]).layout.meta["text"]
    )


def test_a_matrix_of_zeros_is_all_grey():
    assert np.isnan(cells(heatmap(np.zeros((3, 3))))).all()
