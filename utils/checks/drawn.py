"""The target drawn next to an answer, in plain text: zeros are dots, and what differs stands in
brackets."""

from itertools import zip_longest

from torch import Tensor

LARGEST = 8  # rows and columns of a drawing; of more, the part with the first difference is drawn
FEW = 12  # numbers of an input that is shown in full


def side_by_side(expected: Tensor, got: Tensor) -> str:
    """Two matrices of the same shape beside each other, under the headings "expected" and "got"."""
    rows, columns = expected.shape
    differ = expected != got
    i, j = differ.nonzero()[0].tolist() if differ.any() else (0, 0)
    top, left = i // LARGEST * LARGEST, j // LARGEST * LARGEST
    part = slice(top, top + LARGEST), slice(left, left + LARGEST)
    wanted, came = _written(expected[part]), _written(got[part])
    size = max((len(entry) for row in wanted + came for entry in row), default=0)
    left_side = ["expected"] + [_line(row, [False] * len(row), size) for row in wanted]
    right_side = ["got"] + [
        _line(row, marks, size) for row, marks in zip(came, differ[part].tolist())
    ]
    width = max(map(len, left_side))
    lines = [f"  {a:<{width}}    {b}".rstrip() for a, b in zip(left_side, right_side)]
    if rows > LARGEST or columns > LARGEST:
        lines.append(f"  (from row {top} and column {left} of a {rows} x {columns} matrix)")
    return "\n".join(lines)


def with_input(name: str, matrix: Tensor) -> str:
    """What a matrix is called, and a drawing of it below when it has at most FEW numbers."""
    if not 0 < matrix.numel() <= FEW:
        return name
    rows = _written(matrix)
    width = max(len(entry) for row in rows for entry in row)
    return "\n".join(
        [name] + [f"  {_line(row, [False] * len(row), width)}".rstrip() for row in rows]
    )


def aligned(expected, got) -> tuple[str, str]:
    """Two lists of numbers, to be written one above the other: column by column, with brackets in
    the second."""
    expected, got = ([float(value) for value in numbers] for numbers in (expected, got))
    differ = [a != b for a, b in zip_longest(expected, got)]
    begin = differ.index(True) // LARGEST * LARGEST if any(differ) else 0
    part = slice(begin, begin + LARGEST)
    above, below = ([f"{value:g}" for value in numbers[part]] for numbers in (expected, got))
    width = max(map(len, above + below), default=0)
    more = ["..." if len(numbers) > part.stop else "" for numbers in (expected, got)]
    start = f"(from place {begin}) " if begin else ""
    return (
        start + _line(above, [False] * len(above), width) + more[0],
        start + _line(below, differ[part], width) + more[1],
    )


def _written(matrix: Tensor) -> list[list[str]]:
    return [[f"{value:g}" if value else "." for value in row] for row in matrix.double().tolist()]


def _line(written: list[str], marked: list[bool], width: int) -> str:
    return (
        "".join(
            f"[{entry:>{width}}]" if mark else f" {entry:>{width}} "
            for entry, mark in zip(written, marked)
        )
        or "nothing"
    )
