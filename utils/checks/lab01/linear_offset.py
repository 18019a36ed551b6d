"""The place of an entry in memory, row-major ("C") or column-major ("F"), in any dimensions.

| the statement | asked by |
|---|---|
| the place of every entry, in both orders | 1 to 5 dimensions, each index with "C" and "F" |
| any number of dimensions, at least one | a vector; random arrays |
| compute it: no walk would finish | a matrix of 10^18 entries, whose places a float rounds |
| IndexError outside the shape | too large and negative, on each axis, in both orders |
"""

import itertools
import math
import operator

import numpy as np
import torch

from utils.checks.exercise import Case, Exercise, Outcome, steps
from utils.checks.lab01.arrays import EXACT, whole

DIMENSIONS = "An array may have any number of dimensions: go through index and shape in a loop."
COMPUTE = "That is too far to walk, and too large for memory: compute the place."
ALL_AXES = "An index can be outside on any of its axes: look at each of them."
OUTSIDE = "There is no such entry: an index outside the shape is an IndexError."
PRODUCT = "The step along an axis is the product of the sizes of all axes that run faster."


def right(index, shape, order):
    if not all(0 <= i < size for i, size in zip(index, shape)):
        raise IndexError(index)
    return int(np.ravel_multi_index(index, shape, order=order))


def faster(axis: int, shape: tuple[int, ...], order: str) -> tuple[int, ...]:
    """The sizes of the axes that run faster than this one, the nearest first."""
    return shape[axis + 1 :] if order == "C" else shape[:axis][::-1]


@steps
def offset_with(
    order_of=lambda order: order,
    inside=lambda i, size: 0 <= i < size,
    stride=lambda axis, shape, order: math.prod(faster(axis, shape, order)),
    unit=lambda offset: offset,
):
    def answer(index, shape, order):
        if not all(map(inside, index, shape)):
            raise IndexError(index)
        axes = range(len(shape))
        return unit(sum(index[axis] * stride(axis, shape, order_of(order)) for axis in axes))

    return answer


def matrices_only(index, shape, order):
    (i, j), (m, n) = index, shape
    return i * n + j if order == "C" else i + j * m


def first_two_dimensions(index, shape, order):
    return index[0] * shape[1] + index[1] if order == "C" else index[0] + index[1] * shape[0]


def own_size(axis, shape, order):
    """The rows for the columns and the columns for the rows, in a matrix."""
    others = faster(axis, shape, order)
    return shape[axis] if len(shape) == 2 and others else math.prod(others)


def turns_the_shape_alone(index, shape, order):
    right(index, shape, order)
    return offset_with(inside=lambda i, size: True)(index, shape[:: -1 if order == "F" else 1], "C")


def first_two_axes(index, shape, order):
    right(index[:2], shape[:2], order)
    return offset_with(inside=lambda i, size: True)(index, shape, order)


def the_sum_alone(index, shape, order):
    offset = offset_with(inside=lambda i, size: True)(index, shape, order)
    if not 0 <= offset < math.prod(shape):
        raise IndexError(index)
    return offset


def walks(index, shape, order):
    right(index, shape, order)
    turn = slice(None, None, 1 if order == "C" else -1)
    places = itertools.product(*map(range, shape[turn]))
    return next(place for place, found in enumerate(places) if found == index[turn])


def looks_into_an_array(index, shape, order):
    right(index, shape, order)
    turn = slice(None, None, 1 if order == "C" else -1)
    return torch.arange(math.prod(shape)).reshape(shape[turn])[index[turn]]


MISTAKES = [
    ('The order was ignored: "F" is column-major.', offset_with(order_of=lambda order: "C")),
    ('The orders are exchanged: "C" is row-major.', offset_with(order_of={"C": "F", "F": "C"}.get)),
    ("Turn both around, the index and the shape.", turns_the_shape_alone),
    ("The first place in memory is 0.", offset_with(unit=lambda offset: offset + 1)),
    ("Count entries, not bytes.", offset_with(unit=lambda offset: 4 * offset)),
    ("A row has as many entries as there are columns.", offset_with(stride=own_size)),
    (PRODUCT, offset_with(stride=lambda axis, shape, order: shape[axis])),
    (PRODUCT, offset_with(stride=lambda axis, shape, order: (*faster(axis, shape, order), 1)[0])),
    ("Multiply each index by its stride.", offset_with(stride=lambda axis, shape, order: 1)),
    (OUTSIDE, offset_with(inside=lambda i, size: True)),
    (EXACT, offset_with(unit=float)),
    ("A negative index is outside too.", offset_with(inside=lambda i, size: i < size)),
    ("An index can be too large as well.", offset_with(inside=lambda i, size: i >= 0)),
    ("The last index is size - 1: compare with `<`.", offset_with(inside=lambda i, n: 0 <= i <= n)),
    (ALL_AXES, first_two_axes),
    (ALL_AXES, the_sum_alone),
    ("numpy raises a ValueError here: an IndexError is asked for.", np.ravel_multi_index),
    (DIMENSIONS, matrices_only),
    (DIMENSIONS, first_two_dimensions),
    (COMPUTE, walks),
    (COMPUTE, looks_into_an_array),
]


def cases(generator: torch.Generator) -> list[Case]:
    asked = [((1, 2), (3, 4)), ((2, 0), (3, 4)), ((0, 3), (3, 4)), ((3,), (5,)), ((0,), (5,))]
    asked += [((1, 2, 3), (2, 3, 4)), ((1, 0, 2), (2, 3, 4)), ((0, 2, 1), (2, 3, 4))]
    for dims in (2, 3, 4, 5):
        shape = torch.randint(1, 9, (dims,), generator=generator).tolist()
        index = [int(torch.randint(size, (), generator=generator)) for size in shape]
        asked.append((tuple(index), tuple(shape)))
    asked.append(((123_456_789_012_345, 567), (10**15, 1000)))
    outside = [((0, -1), (3, 4)), ((7, 1), (3, 4)), ((0, 4), (3, 4)), ((3, 0), (3, 4))]
    outside += [((-1, 0), (3, 4)), ((5,), (5,)), ((0, 3, 0), (2, 3, 4)), ((0, 0, 4), (2, 3, 4))]
    return [
        Case(
            f'linear_offset({index}, {shape}, "{order}")',
            {"index": index, "shape": shape, "order": order},
            raises=error,
            why=OUTSIDE if error else "",
        )
        for places, error in ((asked, None), (outside, IndexError))
        for order in "CF"
        for index, shape in places
    ]


def read(outcome: Outcome, case: Case) -> int:
    return whole("the offset", outcome.returned)


def show(case: Case, expected: Outcome, got: Outcome) -> tuple[str, str, str]:
    return case.words, f"{expected.returned:,}", f"{read(got, case):,}"


check_linear_offset = Exercise(
    name="linear_offset",
    right=right,
    cases=cases,
    mistakes=MISTAKES,
    facts="1 to 5 dimensions, both orders, a place too far to walk to, indices outside the shape",
    read=read,
    same=operator.eq,
    show=show,
    hints={
        "to unpack": DIMENSIONS,
        "index out of range": DIMENSIONS,
        "still running": COMPUTE,
        "MemoryError": COMPUTE,
        "allocate memory": COMPUTE,
    },
    seconds=3,
)
