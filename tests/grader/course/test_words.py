import pytest

from grader.course.words import listed, points


@pytest.mark.parametrize(
    "names, text",
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b and 3 more"),
    ],
)
def test_long_lists_are_cut(names, text):
    assert listed(names) == text


@pytest.mark.parametrize(
    "value, text", [(3.0, "3"), (2.5, "2.5"), (1 / 3, "0.33"), (0, "0"), (None, ""), (100.0, "100")]
)
def test_points_are_written_as_short_as_can_be(value, text):
    assert points(value) == text
