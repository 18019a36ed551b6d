"""Does `linear_offset(index, shape, order)` find an entry in memory?"""

import itertools

import numpy as np
import torch

from utils.checks.fresh import fresh_generator
from utils.checks.report import fail, must_raise, passed, run
from utils.checks.lab01.in_time import run_in_time
from utils.checks.lab01.returned import counts

CHECK = "check_linear_offset"
HINTS = {
    "to unpack": "An array may have any number of dimensions: go through index and shape in a loop.",
    "index out of range": "An array may have any number of dimensions: go through index and shape in a loop.",
}


def check_linear_offset(answer) -> None:
    """`answer(index, shape, order)` is the position in memory; an index outside the shape is an IndexError."""
    _check_case(answer, (1, 3), (3, 4))
    for shape in [(3, 4), (5,), (2, 3, 4)]:
        for index in itertools.product(*map(range, shape)):
            _check_case(answer, index, shape)
    generator = fresh_generator()
    for dims in (2, 3, 4, 5):
        shape = torch.randint(1, 9, (dims,), generator=generator).tolist()
        _check_case(
            answer,
            tuple(int(torch.randint(size, (), generator=generator)) for size in shape),
            tuple(shape),
        )
    for order in "CF":
        index, shape = (123_456_789, 5), (10**15, 8)
        tried = f'linear_offset({index}, {shape}, "{order}")'
        came = run_in_time(
            CHECK,
            tried,
            answer,
            index,
            shape,
            order,
            mistake="That is too far to walk: compute the place.",
        )
        _check_place(tried, came, index, shape, order)
    for index in [(0, 4), (3, 0), (0, -1)]:
        must_raise(
            CHECK,
            f'linear_offset({index}, (3, 4), "C")',
            IndexError,
            answer,
            index,
            (3, 4),
            "C",
            why="There is no such entry. Without a look at the shape, the offset would be that of another one.",
        )
    passed(
        CHECK,
        "1 to 5 dimensions, both orders, a place too far to walk to, indices outside the shape",
    )


def _check_case(answer, index: tuple[int, ...], shape: tuple[int, ...]) -> None:
    for order in "CF":
        tried = f'linear_offset({index}, {shape}, "{order}")'
        _check_place(
            tried, run(CHECK, tried, answer, index, shape, order, hints=HINTS), index, shape, order
        )


def _check_place(
    tried: str, came, index: tuple[int, ...], shape: tuple[int, ...], order: str
) -> None:
    expected = int(np.ravel_multi_index(index, shape, order=order))
    got = int(counts(CHECK, tried, "the offset", came, dims=0))
    if got == expected:
        return
    other = int(np.ravel_multi_index(index, shape, order="F" if order == "C" else "C"))
    wrong = {
        expected + 1: "One too many: the first place in memory is 0.",
        other: 'That is the offset in the other order. "C" is row-major: the last index takes the small steps.',
        sum(
            i * size for i, size in zip(index, shape)
        ): "The step along an axis is not its own size: it is the product of the sizes of the axes that run faster.",
        _own_size(
            index, shape, order
        ): "A row has as many entries as there are columns, and a column as many as there are rows.",
        sum(index): "Each index must be multiplied by its stride.",
    }
    fail(CHECK, tried, str(expected), str(got), wrong.get(got, ""))


def _own_size(index, shape, order) -> int:
    """i * rows + j in place of i * columns + j, and the same for columns; -1 when it is not a matrix."""
    if len(index) != 2:
        return -1
    (i, j), (m, n) = index, shape
    return i * m + j if order == "C" else i + j * n
