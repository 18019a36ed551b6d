"""Grade cells that an answer could forge are named before a lab is released."""

import json

import pytest

from grader.release import lint
from tests.grader.tiny import HERE

ASKED = {"answer"}
READS = ("solutions",)


@pytest.mark.parametrize(
    "text, words",
    [
        ("assert answer(1) == answer(1)", "compares two of the student's values"),
        ("a, b = answer(1), answer(2)\nassert a == b", "compares two of the student's values"),
        ("assert answer(3).shape == (3,)", "only shapes, lengths and types"),
        (
            "assert len(answer(3)) == 3 and isinstance(answer(3), list)",
            "only shapes, lengths and types",
        ),
        ("x = answer(1)\nassert not (abs(x - 2) > 0.1)", "holds for NaN"),
        ("%timeit answer(1)", "not plain Python"),
    ],
)
def test_a_check_that_can_be_forged_is_named(text, words):
    assert any(words in sentence for _, sentence in lint.of_cell(text, ASKED))


@pytest.mark.parametrize(
    "text",
    [
        "assert answer(3) == 6, 'expected 6'",
        "expected = f(3)\nassert expected == answer(3)",
        "assert abs(answer(3) - 6) <= 0.1",
        "assert answer(3).shape == (3,)\nassert answer(3).sum() == 6",
        "check_answer(answer)",
    ],
)
def test_a_check_of_values_is_not(text):
    assert lint.of_cell(text, ASKED) == []


@pytest.mark.parametrize(
    "path", sorted((HERE / "solutions").glob("*/*.ipynb")), ids=lambda path: path.stem
)
def test_no_lab_of_this_course_has_such_a_check(path):
    assert lint.complaints(json.loads(path.read_text(encoding="utf-8"))) == []
