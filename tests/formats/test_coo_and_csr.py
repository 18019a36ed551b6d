import numpy
import pytest
import scipy.sparse
import torch

from utils.formats import (
    COO,
    coalesce,
    coo_matvec,
    coo_to_csr,
    coo_to_dense,
    csr_matvec,
    csr_to_dense,
    rows_of,
    to_coo,
    to_csc,
    to_csr,
)

from .matrices import NOTES, every_matrix


def same(ours, scipys):
    return all(numpy.array_equal(a.numpy(), b) for a, b in zip(ours, scipys, strict=True))


@every_matrix
def test_the_arrays_are_scipys(matrix):
    coo, csr, csc = (
        getattr(scipy.sparse, f"{form}_array")(matrix.numpy()) for form in ("coo", "csr", "csc")
    )
    assert same(to_coo(matrix)[:3], (*coo.coords, coo.data))
    assert same(to_csr(matrix)[:3], (csr.indptr, csr.indices, csr.data))
    assert same(to_csc(matrix)[:3], (csc.indptr, csc.indices, csc.data))


@every_matrix
def test_every_matrix_comes_back(matrix):
    assert torch.equal(coo_to_dense(to_coo(matrix)), matrix)
    assert torch.equal(csr_to_dense(to_csr(matrix)), matrix)
    assert torch.equal(csr_to_dense(to_csc(matrix)), matrix.T)
    assert torch.equal(rows_of(to_csr(matrix)), to_coo(matrix).row)


@every_matrix
def test_products_are_the_dense_one(matrix):
    x = torch.randn(matrix.shape[1], generator=torch.Generator().manual_seed(1))
    assert torch.allclose(csr_matvec(to_csr(matrix), x), matrix @ x, atol=1e-5)
    assert torch.allclose(coo_matvec(to_coo(matrix), x), matrix @ x, atol=1e-5)


def test_the_notes_example():
    csr = to_csr(NOTES)
    assert csr.indptr.tolist() == [0, 1, 2, 3, 4, 5, 5]  # the last row is empty
    assert csr.indices.tolist() == [2, 1, 3, 4, 3] and csr.data.tolist() == [9, 2, 1, 5, 6]


def test_duplicates_are_added_and_an_explicit_zero_stays():
    shuffled = COO(
        torch.tensor([2, 0, 2, 1, 1]),
        torch.tensor([1, 0, 1, 2, 2]),
        torch.tensor([1.0, 5, 2, 3, -3]),
        (4, 3),
    )
    oracle = scipy.sparse.coo_array(
        (shuffled.data.numpy(), (shuffled.row.numpy(), shuffled.col.numpy())), shape=(4, 3)
    ).tocsr()
    assert (
        same(coo_to_csr(shuffled)[:3], (oracle.indptr, oracle.indices, oracle.data))
        and 0 in oracle.data
    )
    assert numpy.array_equal(coo_to_dense(shuffled), oracle.toarray())
    assert coalesce(shuffled).data.tolist() == [5, 0, 3]
    x = torch.tensor([1.0, 2, 3])
    assert torch.equal(coo_matvec(shuffled, x), coo_to_dense(shuffled) @ x)
    assert torch.equal(csr_matvec(coo_to_csr(shuffled), x), coo_to_dense(shuffled) @ x)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_matrices_without_entries_coalesce(shape):
    assert coalesce(to_coo(torch.zeros(shape))).data.shape == (0,)
