"""The checks of lab 01 accept right answers in any form, and draw what they were given and what they got."""

import numpy as np
import pytest
import scipy.sparse
import torch

from tests.checks.lab01 import EXERCISES, wrong_answers
from utils.checks.report import CheckFailed
from utils.checks import lab01 as checks
from utils import formats
from utils.checks.lab01 import in_time


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
        return torch.tensor(values).reshape(rows, k // 2), torch.tensor(
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


def test_a_failed_check_draws_the_matrix_that_the_answer_says():
    with pytest.raises(CheckFailed) as failure:
        checks.check_to_coo(wrong_answers.TO_COO["ones for data"][0])
    assert str(failure.value) == (
        "check_to_coo: a 2 x 3 matrix, and the matrix that your arrays say\n"
        "  expected              got\n"
        "      .     7     .         . [   1]    .\n"
        "   -1.5     .     2     [   1]    . [   1]\n"
        "The places are right. `data` has other values, or these in another order than `row` and `col`."
    )


def test_a_failed_check_shows_a_small_input():
    with pytest.raises(CheckFailed) as failure:
        checks.check_to_csr(wrong_answers.TO_CSR["counts for starts"][0])
    assert str(failure.value) == (
        "check_to_csr: indptr of a 2 x 3 matrix\n"
        "      .     7     .\n"
        "   -1.5     .     2\n"
        "  expected   0  1  3 \n"
        "  got       [1][2]\n"
        "These are the numbers of entries in each row. `indptr` is their running sum, with a 0 before it."
    )
    with pytest.raises(CheckFailed) as failure:
        checks.check_csr_matvec(wrong_answers.CSR_MATVEC["twice as much"][0])
    assert "y of a 2 x 3 matrix\n      .     7     .\n   -1.5     .     2\n  x = [" in str(
        failure.value
    )
    with pytest.raises(CheckFailed) as failure:
        checks.check_pack_vectors(wrong_answers.PACK_VECTORS["the useful part"][0])
    assert (
        "wasted, of a 2 x 5 matrix in vectors of 3\n      .     4     .     .     3\n      .     .     .  -1.5     .\n"
        in str(failure.value)
    )


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_drawing_is_never_wider_than_a_page(exercise, monkeypatch):
    monkeypatch.setattr(in_time, "SECONDS", 0.2)
    check, _, answers = EXERCISES[exercise]
    for answer, _ in 3 * list(answers.values()):
        with pytest.raises(CheckFailed) as failure:
            check(answer)
        assert max(map(len, str(failure.value).splitlines())) < 220
