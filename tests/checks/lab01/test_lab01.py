"""Lab 01: right answers in any form are accepted, oracles agree, and a difference is drawn."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse
import torch
from torch import nn

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


def gathered(make):
    """An answer for a matrix, entry by entry, in Python."""

    def answer(matrix):
        found = [
            (i, j, matrix[i, j])
            for i in range(matrix.shape[0])
            for j in range(matrix.shape[1])
            if matrix[i, j] != 0
        ]
        row, col, data = zip(*found) if found else ((), (), ())
        return make(matrix, torch.tensor(row), torch.tensor(col), matrix.new_tensor(data))

    return answer


def torchs_coo(matrix):
    sparse = matrix.to_sparse().coalesce()
    return [*sparse.indices().int(), sparse.values()]


def downwards(matrix):
    col, row = matrix.T.nonzero(as_tuple=True)
    return row, col, matrix[row, col]


def scipys(matrix):
    """Of float16, which SciPy does not know, through float32."""
    csr = scipy.sparse.csr_array(matrix.to(torch.promote_types(matrix.dtype, torch.int8)).numpy())
    return tuple(map(torch.from_numpy, (csr.indptr, csr.indices, csr.data)))


def by_bincount(matrix, row, col, data):
    counts = torch.bincount(row.long(), minlength=len(matrix))
    return torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)]), col, data


def backwards(matrix):
    columns = [row.nonzero()[:, 0].flip(0) for row in matrix]
    indptr = [0, *itertools.accumulate(map(len, columns))]
    if not columns:
        return torch.tensor(indptr), torch.tensor([]), matrix.flatten()
    data = torch.cat([row[places] for row, places in zip(matrix, columns)])
    return torch.tensor(indptr), torch.cat(columns), data


def added_to_rows(indptr, indices, data, x):
    rows = torch.arange(len(indptr) - 1).repeat_interleave(indptr.diff())
    return data.new_zeros(len(indptr) - 1).scatter_add(0, rows, data * x[indices])


def added_in_python(indptr, indices, data, x):
    sums = [
        sum(float(data[k]) * float(x[indices[k]]) for k in range(begin, end))
        for begin, end in itertools.pairwise(indptr.tolist())
    ]
    return torch.tensor(sums, dtype=data.dtype)


def torchs_product(indptr, indices, data, x):
    return torch.sparse_csr_tensor(indptr, indices, data, (len(indptr) - 1, len(x))) @ x


def vector_by_vector(matrix, length):
    indptr, indices, values = [0], [], []
    for row in matrix:
        for begin in range(0, len(row), length):
            vector = matrix.new_zeros(length)
            vector[: len(row) - begin] = row[begin : begin + length]
            if vector.any():
                indices.append(begin // length)
                values.append(vector)
        indptr.append(len(values))
    stored = torch.stack(values) if values else torch.tensor([])
    wasted = Fraction(int((stored == 0).sum()), max(stored.numel(), 1))
    return torch.tensor(indptr), torch.tensor(indices), stored, wasted


def fits(weight, multiple=4):
    if weight.shape[1] % multiple:
        raise ValueError(weight.shape)


def the_last_of_equal_ones(weight):
    fits(weight)
    groups = weight.abs().reshape(-1, 4)
    places = groups.argsort(dim=1, stable=True)[:, 2:]
    return torch.zeros_like(groups).bool().scatter(1, places, True).reshape(weight.shape)


def by_squares_and_ranks(weight):
    fits(weight)
    ranks = weight.square().unflatten(1, (-1, 4)).argsort(-1).argsort(-1)
    return (ranks >= 2).int().flatten(1)


def other_free_places_first(weight):
    """Free places from the right, and the second place of a group before the first."""
    formats.pack_2_4(weight)  # refuses what must be refused
    values, bytes_ = torch.zeros_like(weight[:, ::2]), weight[:, ::8].byte() * 0
    for i, row in enumerate(weight.unflatten(1, (-1, 4))):
        for g, group in enumerate(row):
            free = [j for j in (3, 2, 1, 0) if not group[j]]
            second, first = ([j for j in range(4) if group[j]] + free)[:2]
            values[i, 2 * g : 2 * g + 2] = group[[first, second]]
            bytes_[i, g // 2] += (first + 4 * second) * 16 ** (g % 2)
    return [values, bytes_]


def by_one_hot(values, metadata):
    places = torch.stack([metadata.int() // 4**s % 4 for s in range(4)], -1).flatten(1)
    spread = nn.functional.one_hot(places.long(), 4) * values[..., None]
    return spread.unflatten(1, (values.shape[1] // 2, 2)).sum(2).flatten(1).to(values.dtype)


def number_by_number(values, metadata):
    matrix = values.new_zeros(len(values), 2 * values.shape[1])
    for i, row in enumerate(values):
        for s, value in enumerate(row):
            matrix[i, 4 * (s // 2) + (int(metadata[i, s // 4]) >> 2 * (s % 4) & 3)] = value
    return matrix


def offset(turn):
    """The place in memory, handed back as `turn` makes it."""

    def answer(index, shape, order):
        if any(not 0 <= i < size for i, size in zip(index, shape)):
            raise IndexError(index)
        return turn(int(np.ravel_multi_index(index, shape, order=order)))

    return answer


RIGHT = {
    checks.check_matmul_ops: [
        lambda m, k, n: [np.int64(m * k * n), torch.tensor(m * k * n - m * n if k else 0)],
        lambda m, k, n: (Fraction(m * k * n), m * n * (k - bool(k))),
    ],
    checks.check_linear_offset: [offset(np.int64), offset(torch.tensor), offset(Fraction)],
    checks.check_to_coo: [torchs_coo, downwards, gathered(lambda matrix, *coo: coo)],
    checks.check_to_csr: [scipys, backwards, gathered(by_bincount)],
    checks.check_csr_matvec: [added_to_rows, added_in_python, torchs_product],
    checks.check_storage_bits: [lambda *given: torch.tensor(formats.storage_bits(*given))],
    checks.check_pack_vectors: [vector_by_vector],
    checks.check_prune_2_4: [the_last_of_equal_ones, by_squares_and_ranks],
    checks.check_pack_2_4: [other_free_places_first],
    checks.check_unpack_2_4: [by_one_hot, number_by_number],
}


@pytest.mark.filterwarnings("ignore:Sparse")
@pytest.mark.parametrize(
    "check, answers", RIGHT.items(), ids=lambda each: getattr(each, "name", "")
)
def test_right_answers_in_other_forms_are_accepted(check, answers):
    for answer in answers:
        for _ in range(2):
            check(answer)


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


def test_a_list_in_place_of_a_tensor_is_told_how_to_become_one():
    def lists(matrix):
        return [part.tolist() for part in formats.to_coo(matrix)[:3]]

    assert "A list is not a tensor: torch.tensor makes one" in told(checks.check_to_coo, lists)


def test_a_count_that_a_float_rounds_is_told_apart():
    rounded = told(checks.check_storage_bits, lambda *given: float(formats.storage_bits(*given)))
    assert "Count in whole numbers" in rounded
