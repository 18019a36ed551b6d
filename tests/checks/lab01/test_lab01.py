"""Lab 01: right answers in any form are accepted, oracles agree, and a difference is drawn."""

import numpy as np
import pytest
import scipy.sparse
import torch

from utils import formats
from utils.checks import lab01 as checks
from utils.checks.lab01.matrices import matrices
from utils.checks.report import CheckFailed


def csr_matvec(indptr, indices, data, x):
    return formats.csr_matvec(formats.CSR(indptr, indices, data, (len(indptr) - 1, len(x))), x)


def pack_vectors(matrix, length):
    packed = formats.to_blocks(matrix, 1, length)
    wasted = float((packed.data == 0).float().mean()) if packed.data.numel() else 0.0
    return packed.indptr, packed.indices, packed.data[:, 0], wasted


LIBRARY = {
    checks.check_matmul_ops: formats.matmul_ops,
    checks.check_linear_offset: formats.linear_offset,
    checks.check_to_coo: lambda matrix: formats.to_coo(matrix)[:3],
    checks.check_to_csr: lambda matrix: formats.to_csr(matrix)[:3],
    checks.check_csr_matvec: csr_matvec,
    checks.check_storage_bits: formats.storage_bits,
    checks.check_pack_vectors: pack_vectors,
    checks.check_prune_2_4: formats.prune_n_m,
    checks.check_pack_2_4: formats.pack_2_4,
    checks.check_unpack_2_4: formats.unpack_2_4,
}


@pytest.mark.parametrize("check", LIBRARY, ids=lambda check: check.name)
def test_the_library_is_accepted(check):
    for _ in range(5):
        check(LIBRARY[check])


def test_counts_as_floats_in_a_list_are_right_too():
    checks.check_matmul_ops(lambda m, k, n: [float(m * k * n), m * max(0.0, k - 1) * n])


def test_an_offset_of_numpy_and_an_offset_as_a_tensor_are_right_too():
    def answer(index, shape, order):
        if not all(0 <= i < size for i, size in zip(index, shape)):
            raise IndexError(index)
        return torch.tensor(np.ravel_multi_index(index, shape, order=order))

    checks.check_linear_offset(answer)


def test_coo_in_another_order_as_lists_is_right_too():
    def answer(matrix):
        col, row = matrix.T.nonzero(as_tuple=True)
        return row.tolist(), col.to(torch.int32), matrix[row, col].tolist()

    checks.check_to_coo(answer)


def test_csr_of_scipy_and_columns_in_any_order_are_right_too():
    def scipys(matrix):
        csr = scipy.sparse.csr_array(matrix.numpy())
        return csr.indptr, csr.indices, csr.data

    def backwards(matrix):
        indptr, data, indices = [0], [], []
        for row in matrix.tolist():
            for j in reversed(range(len(row))):
                if row[j]:
                    indices.append(j)
                    data.append(row[j])
            indptr.append(len(data))
        return indptr, indices, data

    checks.check_to_csr(scipys)
    checks.check_to_csr(backwards)


def test_a_product_by_adding_to_rows_is_right_too():
    def answer(indptr, indices, data, x):
        rows = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
        return np.bincount(
            rows, weights=data.numpy() * x.numpy()[indices], minlength=len(indptr) - 1
        )

    checks.check_csr_matvec(answer)


def test_a_product_in_a_list_of_sums_is_right_too():
    def answer(
        indptr, indices, data, x
    ):  # the sum of an empty row is a number, the others are tensors
        return [
            sum(data[k] * x[indices[k]] for k in range(begin, end))
            for begin, end in zip(indptr, indptr[1:])
        ]

    checks.check_csr_matvec(answer)


@pytest.mark.filterwarnings("ignore:Sparse")
def test_a_product_of_torchs_own_sparse_matrix_is_right_too():
    def answer(indptr, indices, data, x):
        return torch.sparse_csr_tensor(indptr, indices, data, (len(indptr) - 1, len(x))) @ x

    checks.check_csr_matvec(answer)


def test_vectors_in_lists_are_right_too():
    def answer(matrix, length):
        indptr, indices, values, zeros = [0], [], [], 0
        for row in matrix.tolist():
            row += [0.0] * (-len(row) % length)
            for j in range(0, len(row), length):
                if any(row[j : j + length]):
                    indices.append(j // length)
                    values.append(row[j : j + length])
                    zeros += values[-1].count(0.0)
            indptr.append(len(values))
        return indptr, indices, values, zeros / (length * len(values)) if values else 0

    checks.check_pack_vectors(answer)


def test_a_boolean_mask_and_the_last_of_equal_weights_are_right_too():
    def answer(weight):
        if weight.shape[1] % 4:
            raise ValueError(weight.shape)
        groups = weight.abs().reshape(-1, 4)
        places = groups.argsort(dim=1, stable=True)[:, 2:]
        return (
            torch.zeros(groups.shape, dtype=torch.bool)
            .scatter_(1, places, True)
            .reshape(weight.shape)
        )

    checks.check_prune_2_4(answer)


def test_other_free_places_and_the_second_place_first_are_right_too():
    def answer(weight):
        formats.pack_2_4(weight)  # refuses what must be refused
        values, metadata = [], []
        for row in weight.reshape(-1, 4).tolist():
            places = ([j for j in range(4) if row[j]] + [j for j in (3, 2, 1, 0) if not row[j]])[
                1::-1
            ]
            values += [row[j] for j in places]
            metadata.append(places[0] + 4 * places[1])
        rows, k = weight.shape
        bytes_ = [low + 16 * high for low, high in zip(metadata[::2], metadata[1::2])]
        return torch.tensor(values, dtype=weight.dtype).reshape(rows, k // 2), torch.tensor(
            bytes_, dtype=torch.uint8
        ).reshape(rows, k // 8)

    checks.check_pack_2_4(answer)


def test_masks_and_packed_matrices_in_lists_are_right_too():
    checks.check_prune_2_4(lambda weight: formats.prune_n_m(weight).tolist())
    checks.check_pack_2_4(
        lambda weight: [formats.pack_2_4(weight)[0].tolist(), formats.pack_2_4(weight)[1].numpy()]
    )
    checks.check_unpack_2_4(lambda values, metadata: formats.unpack_2_4(values, metadata).tolist())


def test_a_matrix_put_together_by_masks_is_right_too():
    def answer(values, metadata):
        bits = metadata.numpy()[:, :, None] >> np.array([0, 2, 4, 6], dtype=np.uint8) & 3
        places = bits.reshape(len(values), values.shape[1] // 2, 2)
        pairs = values.numpy().reshape(places.shape)
        return sum((places[..., [s]] == np.arange(4)) * pairs[..., [s]] for s in (0, 1)).reshape(
            len(values), 2 * values.shape[1]
        )

    checks.check_unpack_2_4(answer)


def told(check, answer):
    with pytest.raises(CheckFailed) as failure:
        check(answer)
    return str(failure.value)


def test_a_failed_check_draws_the_matrix_that_the_answer_says():
    def ones(matrix):
        row, col = matrix.nonzero(as_tuple=True)
        return row, col, torch.ones(len(row))

    assert told(checks.check_to_coo, ones) == (
        "check_to_coo: a 2 x 3 matrix, and the matrix that your arrays say\n"
        "  expected              got\n"
        "      .     7     .         . [   1]    .\n"
        "   -1.5     .     2     [   1]    . [   1]\n"
        "`data` holds the values, not ones."
    )


def test_a_failed_check_shows_a_small_input():
    def counts(matrix):
        indptr, indices, data, _ = formats.to_csr(matrix)
        return indptr.diff(), indices, data

    assert told(checks.check_to_csr, counts) == (
        "check_to_csr: indptr of a 2 x 3 matrix\n"
        "      .     7     .\n"
        "   -1.5     .     2\n"
        "  expected   0  1  3 \n"
        "  got       [1][2]\n"
        "These are the numbers of entries in each row. `indptr` is their running sum, after a 0."
    )
    twice = told(checks.check_csr_matvec, lambda *csr: 2 * csr_matvec(*csr))
    assert "y of a 2 x 3 matrix\n      .     7     .\n   -1.5     .     2\n  x = [" in twice
    useful = told(checks.check_pack_vectors, lambda *given: (*pack_vectors(*given)[:3], 0.5))
    small = "      .     4     .     .     3\n      .     .     .  -1.5     .\n"
    assert f"wasted, of a 2 x 5 matrix in vectors of 3\n{small}" in useful


@pytest.mark.parametrize("check", LIBRARY, ids=lambda check: check.name)
def test_a_drawing_is_never_wider_than_a_page(check):
    for case in check.cases(torch.Generator().manual_seed(0)):
        right = check.outcome(check.right, case)
        for _, mistake in check.mistakes[:8]:
            wrong = check.problem(case, right, check.outcome(mistake, case))
            assert all(len(line) < 160 for part in wrong for line in part.splitlines())


def test_the_right_operations_are_those_of_the_definition():
    for m, k, n in torch.randint(1, 9, (9, 3)).tolist():
        entries = [[1] * k for _ in range(m * n)]
        multiplied, added = sum(map(len, entries)), sum(len(entry[1:]) for entry in entries)
        assert checks.check_matmul_ops.right(m, k, n) == (multiplied, added)


def test_the_right_csr_is_that_of_scipy():
    for _, matrix in matrices(torch.Generator().manual_seed(0)):
        csr = scipy.sparse.csr_array(matrix.numpy())
        for ours, theirs in zip(
            checks.check_to_csr.right(matrix), (csr.indptr, csr.indices, csr.data)
        ):
            assert np.array_equal(ours, theirs)


def test_the_right_bits_are_counted_on_a_matrix():
    mask = torch.rand(5, 7) < 0.4
    kept, groups = int(mask.sum()), 5 * len(range(0, 7, 4))
    right = checks.check_storage_bits.right
    csr = scipy.sparse.csr_array(mask.numpy())
    assert right("dense", (5, 7), kept, 16, 8) == 16 * mask.numel()
    assert right("bitmask", (5, 7), kept, 16, 8) == 16 * kept + mask.numel()
    assert right("coo", (5, 7), kept, 16, 8) == 16 * kept + 8 * mask.nonzero().numel()
    assert right("csr", (5, 7), kept, 16, 8) == 16 * kept + 8 * (len(csr.indptr) + len(csr.indices))
    assert right("2:4", (5, 7), kept, 16, 8) == groups * (2 * 16 + 2 * 2)


def test_the_right_pair_of_2_4_gives_the_weight_back():
    for case in checks.check_pack_2_4.cases(torch.Generator().manual_seed(0)):
        if not case.raises:
            (weight,) = case.arguments.values()
            values, metadata = checks.check_pack_2_4.right(weight)
            assert torch.equal(checks.check_unpack_2_4.right(values, metadata), weight.double())


def test_float32_for_float64_is_rejected():
    def answer(matrix):
        row, col = matrix.nonzero(as_tuple=True)
        data = torch.zeros(len(row))
        data[:] = matrix[row, col]
        return row, col, data

    assert "keep the type of the matrix" in told(checks.check_to_coo, answer)


def test_floats_in_a_list_are_read_in_full():
    checks.check_to_coo(lambda m: [part.tolist() for part in formats.to_coo(m)[:3]])
