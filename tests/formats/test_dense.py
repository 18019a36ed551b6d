import itertools

import numpy
import pytest
import torch

from utils.formats import linear_offset, matmul_ops, sparse_matmul_ops, strides


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (4, 1), (2, 3, 4), (2, 1, 3, 2)])
def test_an_offset_is_numpys(shape, order):
    for index in itertools.product(*map(range, shape)):
        assert linear_offset(index, shape, order) == (
            numpy.ravel_multi_index(index, shape, order=order) if shape else 0
        )


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (7,)])
def test_strides_are_those_of_torch_and_numpy(shape):
    assert strides(shape) == torch.zeros(shape).stride()
    assert [4 * step for step in strides(shape, "F")] == [
        *numpy.zeros(shape, "float32", order="F").strides
    ]


def test_the_notes_list_is_the_column_major_order():
    memory = [0] * 9
    for i, j in itertools.product(range(3), range(3)):
        memory[linear_offset((i, j), (3, 3), "F")] = 3 * i + j + 1
    assert memory == [1, 4, 7, 2, 5, 8, 3, 6, 9]


def test_bad_indices_and_orders_are_refused():
    with pytest.raises(IndexError, match="axis 1"):
        linear_offset((0, 4), (3, 4))
    with pytest.raises(IndexError):
        linear_offset((-1, 0), (3, 4))
    with pytest.raises(ValueError, match="1 indices for 2 axes"):
        linear_offset((0,), (3, 4))
    with pytest.raises(ValueError, match="row-major"):
        linear_offset((0, 0), (3, 4), "A")


@pytest.mark.parametrize(("m", "k", "n"), [(2, 2, 2), (1, 1, 1), (3, 4, 5), (3, 0, 5), (0, 2, 2)])
def test_operations_are_those_that_three_loops_do(m, k, n):
    multiplications = additions = 0
    for _ in range(m):
        for _ in range(n):
            multiplications += k
            additions += len(range(1, k))
    assert matmul_ops(m, k, n) == (multiplications, additions)
    assert sparse_matmul_ops(torch.ones(m, k), torch.ones(k, n)) == (multiplications, additions)


def test_the_notes_product_costs_8_and_4_and_the_masked_one_4_and_0():
    full, diagonal = torch.tensor([[1.0, 2], [3, 4]]), torch.tensor([[1.0, 0], [0, 4]])
    assert matmul_ops(2, 2, 2) == (8, 4)
    assert sparse_matmul_ops(full, full) == (8, 4)
    assert sparse_matmul_ops(diagonal, full) == (4, 0)


def test_skipped_operations_are_counted_as_by_hand():
    a, b = torch.tensor([[1.0, 0, 2], [0, 0, 0]]), torch.tensor([[1.0, 0], [1, 1], [1, 0]])
    assert sparse_matmul_ops(a, b) == (
        2,
        1,
    )  # only a's first row with b's first column: two products, one sum


def test_negative_sizes_are_refused():
    with pytest.raises(ValueError, match="negative"):
        matmul_ops(-2, 2, 2)
