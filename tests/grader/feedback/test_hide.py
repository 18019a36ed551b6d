"""Of a hidden check, feedback shows the message and nothing else."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from grader.feedback.hide import HideTests, without_hidden


def hidden_cell(error, message):
    source = (
        "'''on fresh numbers'''\n### BEGIN HIDDEN TESTS\nsecret = 17\nassert f(secret)\n### END "
        "HIDDEN TESTS\nshown()"
    )
    outputs = [
        new_output("stream", name="stdout", text="the input was 17"),
        new_output("error", ename=error, evalue=message, traceback=["----> 2 assert f(secret)"]),
    ]
    return new_code_cell(
        source, outputs=outputs, metadata=nbformat.from_dict({"nbgrader": {"grade": True}})
    )


@pytest.mark.parametrize(
    "error, message, shown",
    [
        ("AssertionError", "expected 3\n  got 4", "expected 3\n  got 4"),
        ("AssertionError", "", "Your answer does not pass this check."),
        ("NameError", "name 'f' is not defined", "NameError: name 'f' is not defined"),
        ("CellTimeoutError", "", "Your code did not finish here."),
    ],
)
def test_of_a_hidden_check_the_message_is_all_that_is_shown(error, message, shown):
    cell, _ = HideTests().preprocess_cell(hidden_cell(error, message), {}, 0)
    assert cell.source == "'''on fresh numbers'''\nshown()"
    assert [output.traceback for output in cell.outputs] == [[shown]]


def test_a_source_without_hidden_tests_stays_as_it_is():
    assert without_hidden("a\nb") == "a\nb"
