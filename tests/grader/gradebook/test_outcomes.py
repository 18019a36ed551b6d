"""The last outcome of a submission is in a file."""

import json

import pytest

pytestmark = [pytest.mark.xdist_group("regrading"), pytest.mark.box]


def test_outcomes_are_files_that_a_later_run_can_read(course):
    path = course.folder / "outcomes" / "bob" / "tiny.json"
    assert json.loads(path.read_text())["status"] == "graded"
