"""Drawings in text: what differs is marked, nothing is too large, and every kind of matrix can be
drawn."""

import pytest
import torch

from utils.checks.drawn import FEW, LARGEST, aligned, side_by_side, with_input


def test_zeros_are_dots_and_what_differs_stands_in_brackets():
    drawing = side_by_side(torch.tensor([[0, 12], [3, 0]]), torch.tensor([[0, 12], [0, 5]]))
    assert drawing.splitlines() == [
        "  expected    got",
        "    .  12       .  12",
        "    3   .     [ .][ 5]",
    ]


def test_equal_matrices_have_no_brackets():
    assert "[" not in side_by_side(torch.eye(3), torch.eye(3))


def test_nan_differs_from_everything_and_true_is_one():
    assert "[nan]" in side_by_side(torch.tensor([[True]]), torch.tensor([[float("nan")]]))
    assert " 1 " in side_by_side(torch.tensor([[True]]), torch.tensor([[True]]))


@pytest.mark.parametrize("place", [(0, 0), (8, 3), (19, 29), (7, 8)])
def test_of_a_large_matrix_the_part_with_the_difference_is_drawn(place):
    matrix = torch.ones(20, 30)
    other = matrix.clone()
    other[place] = 5
    lines = side_by_side(matrix, other).splitlines()
    assert len(lines) <= LARGEST + 2 and any("[5]" in line for line in lines)
    row, column = (LARGEST * (number // LARGEST) for number in place)
    assert lines[-1] == f"  (from row {row} and column {column} of a 20 x 30 matrix)"


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_a_matrix_without_entries_can_be_drawn(shape):
    assert side_by_side(torch.zeros(shape), torch.zeros(shape)).startswith("  expected")


def test_numbers_stand_above_each_other():
    above, below = aligned([0, 1, 10], torch.tensor([0, 2, 10, 11]))
    assert above == "  0   1  10 " and below == "  0 [ 2] 10 [11]"


def test_a_list_that_is_too_short_shows_where_it_ends():
    assert aligned([0, 1, 2], [0, 1]) == (" 0  1  2 ", " 0  1 ")
    assert aligned([1, 2], []) == (" 1  2 ", "nothing")


def test_a_long_list_is_cut_around_the_first_difference():
    numbers = list(range(40))
    above, below = aligned(numbers, numbers[:20] + [0] + numbers[21:])
    assert (
        above.startswith("(from place 16)")
        and "[ 0]" in below
        and below.endswith("...")
        and "24" not in above
    )


def test_a_small_input_is_shown_and_a_large_or_empty_one_only_named():
    assert (
        with_input("two rows", torch.tensor([[0, -1.5], [3, 0]]))
        == "two rows\n      .  -1.5\n      3     ."
    )
    assert "\n" in with_input("a row", torch.ones(1, FEW))
    for shape in [(1, FEW + 1), (0, 3), (3, 0)]:
        assert with_input("a matrix", torch.ones(shape)) == "a matrix"
