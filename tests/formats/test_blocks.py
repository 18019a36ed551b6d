import numpy
import pytest
import scipy.sparse
import torch

from utils.formats import blocks_to_dense, stored_fraction, to_blocks, useful_fraction

from .matrices import every_matrix, random_matrix


@pytest.mark.parametrize("size", [(1, 1), (1, 4), (2, 2), (3, 2)])
@every_matrix
def test_every_matrix_comes_back(matrix, size):
    blocks = to_blocks(matrix, *size)
    assert (
        torch.equal(blocks_to_dense(blocks), matrix) and (blocks.data != 0).flatten(1).any(1).all()
    )


@pytest.mark.parametrize("size", [(1, 4), (2, 2), (4, 2)])
@pytest.mark.parametrize("density", [0.05, 0.4])
def test_blocks_are_scipys(size, density):
    matrix = random_matrix(12, 16, density, seed=3)
    ours, oracle = to_blocks(matrix, *size), scipy.sparse.bsr_array(matrix.numpy(), blocksize=size)
    oracle.sort_indices()
    assert numpy.array_equal(ours.indptr, oracle.indptr) and numpy.array_equal(
        ours.indices, oracle.indices
    )
    assert numpy.array_equal(ours.data, oracle.data)


@pytest.mark.parametrize("size", [1, 4, 16])
def test_the_expected_fractions_are_those_of_a_random_mask(size):
    sparsity, generator = 0.9, torch.Generator().manual_seed(0)
    matrix = (torch.rand(2000, 160, generator=generator) >= sparsity).float()
    data = to_blocks(matrix, 1, size).data
    assert data.numel() / matrix.numel() == pytest.approx(stored_fraction(sparsity, size), rel=0.02)
    assert float(data.mean()) == pytest.approx(useful_fraction(sparsity, size), rel=0.02)


def test_the_fractions_at_the_ends():
    assert (
        stored_fraction(0, 4) == useful_fraction(0, 4) == useful_fraction(1, 4) == 1
        and stored_fraction(1, 4) == 0
    )


def test_a_block_without_a_column_is_refused():
    with pytest.raises(ValueError, match="2 x 0"):
        to_blocks(torch.ones(3, 3), 2, 0)


@pytest.mark.parametrize("sparsity, size", [(1.2, 4), (-0.1, 4), (0.5, 0)])
def test_what_is_no_sparsity_or_no_block_is_refused(sparsity, size):
    for fraction in (stored_fraction, useful_fraction):
        with pytest.raises(ValueError, match="from 0 to 1"):
            fraction(sparsity, size)
