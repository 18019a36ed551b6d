import pytest

from grader.course.words import listed


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
