import numpy
import pytest
import scipy.sparse
import torch

from utils.formats import COO, coalesce, coo_matvec, coo_to_dense, to_coo

from .matrices import every_matrix, same, with_duplicates


@every_matrix
def test_the_arrays_are_scipys(matrix):
    coo = scipy.sparse.coo_array(matrix.numpy())
    assert same(to_coo(matrix)[:3], (*coo.coords, coo.data))


@every_matrix
def test_every_matrix_comes_back(matrix):
    assert torch.equal(coo_to_dense(to_coo(matrix)), matrix)


@every_matrix
def test_products_are_the_dense_one(matrix):
    x = torch.randn(matrix.shape[1], generator=torch.Generator().manual_seed(1))
    assert torch.allclose(coo_matvec(to_coo(matrix), x), matrix @ x, atol=1e-5)


def test_duplicates_are_added_and_an_explicit_zero_stays():
    shuffled = with_duplicates()
    oracle = scipy.sparse.coo_array(
        (shuffled.data.numpy(), (shuffled.row.numpy(), shuffled.col.numpy())), shape=(4, 3)
    )
    assert numpy.array_equal(coo_to_dense(shuffled), oracle.toarray())
    assert coalesce(shuffled).data.tolist() == [5, 0, 3]
    x = torch.tensor([1.0, 2, 3])
    assert torch.equal(coo_matvec(shuffled, x), coo_to_dense(shuffled) @ x)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_matrices_without_entries_coalesce(shape):
    assert coalesce(to_coo(torch.zeros(shape))).data.shape == (0,)


def test_scipys_32_bit_coordinates_do_not_overflow():
    places = numpy.array([69_999, 3], dtype=numpy.int32)
    large = scipy.sparse.coo_array((numpy.ones(2), (places, places)), shape=(70_001, 70_001))
    given = COO(*map(torch.from_numpy, (*large.coords, large.data)), shape=large.shape)
    assert given.row.dtype == torch.int32
    oracle = large.tocsr().tocoo()
    assert same(coalesce(given)[:3], (*oracle.coords, oracle.data))


@pytest.mark.parametrize(
    "row, col, words", [(2, 0, "row 2"), (0, 3, "column 3"), (-1, 0, "row -1")]
)
def test_coordinates_outside_the_shape_are_named(row, col, words):
    wrong = COO(torch.tensor([row]), torch.tensor([col]), torch.ones(1), (2, 3))
    for call in (coalesce, coo_to_dense, lambda matrix: coo_matvec(matrix, torch.ones(3))):
        with pytest.raises(ValueError, match=words):
            call(wrong)


def test_a_vector_of_another_length_is_refused():
    with pytest.raises(ValueError, match="3 numbers"):
        coo_matvec(to_coo(torch.eye(3)), torch.ones(4))
