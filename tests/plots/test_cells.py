"""Boxes carry what they were given, equal groups have equal colours, and black text is readable on
each of them.
"""

import itertools

import pytest

from utils.plots import cells
from utils.plots.cells import PAGE, TINTS, tint

from .test_style import contrast


def test_each_entry_is_written_in_its_place_and_none_leaves_it_empty():
    trace = cells([("a", [1, None, 3]), ("", []), ("b", ["x"])]).data[0]
    assert [list(row) for row in trace.text] == [["1", "", "3"], ["", "", ""], ["x", "", ""]]
    assert [[z is None for z in row] for row in trace.z] == [
        [False, True, False],
        [True] * 3,
        [False, True, True],
    ]


def test_equal_groups_have_equal_colours_and_neighbouring_ones_differ():
    groups = [[0, 1, 2, 1, 0, 7, 8]]
    z = list(cells([("", list("abcdefg"))], groups).data[0].z[0])
    assert z[0] == z[4] == 0 and z[1] == z[3] != z[2]
    assert (
        len({tint(number) for number in range(len(TINTS))}) == len(TINTS) and tint(len(TINTS)) == 1
    )


def test_black_text_is_readable_on_every_tint_and_the_tints_differ():
    assert all(contrast("#000000", colour) > 7 for colour in TINTS)
    assert len(set(TINTS)) == len(TINTS)


def test_a_tint_is_where_the_scale_has_it():
    scale, last = cells([("", [1])]).data[0].colorscale, len(TINTS) - 1
    for number, colour in enumerate(TINTS):
        around = [
            c
            for (low, c), (high, _) in itertools.pairwise(scale)
            if low < number / last < high or low == number / last == 0
        ]
        assert colour in around or scale[-1][1] == colour


@pytest.mark.parametrize("count", [1, 15, 32])
def test_many_boxes_stay_on_the_page(count):
    assert cells([("memory", [1] * count)]).layout.width <= PAGE


def test_a_mark_frames_its_box():
    (shape,) = cells([("", [1, 2]), ("", [3, 4])], marks=[(1, 0)]).layout.shapes
    assert shape.x0 < 0 < shape.x1 and shape.y0 < 1 < shape.y1 and shape.y1 - shape.y0 < 1


def test_groups_that_do_not_match_the_rows_are_refused():
    with pytest.raises(ValueError):
        cells([("", [1, 2])], [[0]])
