import numpy
import pytest
import scipy.sparse

from utils.formats import break_even, pack_2_4, prune_n_m, storage_bits

from .matrices import NOTES, random_matrix


@pytest.mark.parametrize("matrix", [NOTES, random_matrix(30, 20, 0.2)])
def test_bits_are_those_of_scipys_arrays(matrix):
    nnz = int((matrix != 0).sum())
    coo, csr = scipy.sparse.coo_array(matrix.numpy()), scipy.sparse.csr_array(matrix.numpy())
    assert storage_bits("dense", matrix.shape, nnz) == 8 * matrix.nbytes
    assert storage_bits("coo", matrix.shape, nnz) == 8 * (
        coo.data.nbytes + sum(c.astype(numpy.int32).nbytes for c in coo.coords)
    )
    assert storage_bits("csr", matrix.shape, nnz) == 8 * (
        csr.data.nbytes + csr.indices.nbytes + csr.indptr.nbytes
    )


def test_2_4_is_what_the_packed_arrays_take():
    values, metadata = pack_2_4(NOTES.new_ones(6, 16) * prune_n_m(NOTES.new_ones(6, 16)))
    assert storage_bits("2:4", (6, 16), 48) == 8 * (values.nbytes + metadata.nbytes)
    assert [storage_bits("2:4", (1, 4), 2, bits) for bits in (32, 16, 8)] == [
        68,
        36,
        20,
    ]  # 1.88, 1.78 and 1.6 times fewer


def test_the_notes_matrix_of_four_floats_has_128_bits():
    assert storage_bits("dense", (2, 2), 4) == 128


@pytest.mark.parametrize("form", ["bitmask", "coo", "csr"])
@pytest.mark.parametrize("index_bits", [16, 32, 64])
def test_at_break_even_the_sizes_are_equal(form, index_bits):
    shape = (40, 50)
    at = (1 - break_even(form, shape, 32, index_bits)) * 2000
    below, above = (
        storage_bits(form, shape, round(nnz), 32, index_bits) for nnz in (at - 1, at + 1)
    )
    assert below < storage_bits("dense", shape, 0) < above


def test_the_known_break_evens():
    big = (10_000, 10_000)
    assert break_even("bitmask", big) == pytest.approx(1 / 32)
    assert break_even("coo", big) == pytest.approx(2 / 3) and break_even(
        "coo", big, 32, 64
    ) == pytest.approx(0.8)
    assert break_even("csr", big) == pytest.approx(0.5, abs=1e-3) and break_even(
        "csr", big, 32, 64
    ) == pytest.approx(2 / 3, abs=1e-3)


def test_unknown_formats_and_those_without_a_break_even_are_refused():
    with pytest.raises(ValueError, match="known are dense"):
        storage_bits("ellpack", (2, 2), 1)
    with pytest.raises(ValueError, match="2:4"):
        break_even("2:4", (4, 4))


@pytest.mark.parametrize("nnz", [-1, 7])
def test_more_entries_than_the_matrix_has_are_refused(nnz):
    with pytest.raises(ValueError, match=f"store {nnz} entries"):
        storage_bits("csr", (2, 3), nnz)


def test_a_matrix_without_entries_has_no_break_even():
    with pytest.raises(ValueError, match="no entries"):
        break_even("csr", (0, 0))
