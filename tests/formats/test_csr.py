import pytest
import scipy.sparse
import torch

from utils.formats import (
    COO,
    coo_to_csr,
    coo_to_dense,
    csr_matvec,
    csr_to_dense,
    rows_of,
    to_coo,
    to_csc,
    to_csr,
)

from .matrices import NOTES, every_matrix, same, with_duplicates


@every_matrix
def test_the_arrays_are_scipys(matrix):
    csr, csc = (getattr(scipy.sparse, f"{form}_array")(matrix.numpy()) for form in ("csr", "csc"))
    assert same(to_csr(matrix)[:3], (csr.indptr, csr.indices, csr.data))
    assert same(to_csc(matrix)[:3], (csc.indptr, csc.indices, csc.data))


@every_matrix
def test_every_matrix_comes_back(matrix):
    assert torch.equal(csr_to_dense(to_csr(matrix)), matrix)
    assert torch.equal(csr_to_dense(to_csc(matrix)), matrix.T)
    assert torch.equal(rows_of(to_csr(matrix)), to_coo(matrix).row)


@every_matrix
def test_products_are_the_dense_one(matrix):
    x = torch.randn(matrix.shape[1], generator=torch.Generator().manual_seed(1))
    assert torch.allclose(csr_matvec(to_csr(matrix), x), matrix @ x, atol=1e-5)


def test_the_notes_example():
    csr = to_csr(NOTES)
    assert csr.indptr.tolist() == [0, 1, 2, 3, 4, 5, 5]  # the last row is empty
    assert csr.indices.tolist() == [2, 1, 3, 4, 3] and csr.data.tolist() == [9, 2, 1, 5, 6]


def test_duplicates_are_added_and_an_explicit_zero_stays():
    shuffled = with_duplicates()
    oracle = scipy.sparse.coo_array(
        (shuffled.data.numpy(), (shuffled.row.numpy(), shuffled.col.numpy())), shape=(4, 3)
    ).tocsr()
    assert 0 in oracle.data
    assert same(coo_to_csr(shuffled)[:3], (oracle.indptr, oracle.indices, oracle.data))
    x = torch.tensor([1.0, 2, 3])
    assert torch.equal(csr_matvec(coo_to_csr(shuffled), x), coo_to_dense(shuffled) @ x)


@pytest.mark.parametrize("row, col", [(2, 0), (0, 3)])
def test_coordinates_outside_the_shape_are_refused(row, col):
    with pytest.raises(ValueError, match="outside"):
        coo_to_csr(COO(torch.tensor([row]), torch.tensor([col]), torch.ones(1), (2, 3)))


def test_a_vector_of_another_length_is_refused():
    with pytest.raises(ValueError, match="3 numbers"):
        csr_matvec(to_csr(torch.eye(3)), torch.ones(4))
