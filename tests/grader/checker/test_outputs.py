"""What a cell showed is in nbformat's form and bounded, whatever came."""

import json

import pytest

from grader.checker.outputs import validated
from grader.checker.session import Session
from tests.grader.checker.boxes import LIMITS


@pytest.mark.parametrize(
    "output",
    [
        None,
        5,
        [],
        {},
        {"output_type": []},
        {"output_type": "widget"},
        {"output_type": "stream"},
        {"output_type": "stream", "text": 5, "name": {}},
        {"output_type": "stream", "text": "x" * 10**6},
        {"output_type": "error", "ename": None, "evalue": [], "traceback": "abc"},
        {
            "output_type": "error",
            "ename": "x" * 1000,
            "evalue": "y" * 10**5,
            "traceback": ["z" * 10**5] * 100,
        },
        {"output_type": "display_data"},
        {"output_type": "display_data", "data": []},
        {"output_type": "display_data", "data": {5: 5}},
        {
            "output_type": "execute_result",
            "data": {
                "text/plain": 5,
                "text/html": "<b>",
                "application/javascript": "alert(1)",
                "image/png": '" onerror="alert(1)',
                "image/jpeg": "abc=",
            },
            "metadata": {"a": 1},
        },
    ],
    ids=lambda output: str(output)[:50],
)
def test_an_output_is_in_nbformats_form_whatever_came(output):
    import nbformat

    came = validated(output)
    if came is not None:
        cell = {
            "cell_type": "code",
            "id": "a",
            "metadata": {},
            "source": "",
            "execution_count": None,
            "outputs": [came],
        }
        nbformat.validate({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        assert len(json.dumps(came)) < 1_000_000 and "alert" not in json.dumps(came)


def test_the_outputs_of_a_submission_have_an_end():
    huge = {"output_type": "stream", "name": "stdout", "text": "x" * 190_000}
    session = Session(None, [], LIMITS)
    assert len(session.outputs.fitting([huge] * 250)) == 26
    for _ in range(10):
        session.outputs.fitting([huge] * 250)
    assert session.outputs.fitting([huge] * 250) == []
