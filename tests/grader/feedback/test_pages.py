"""The page of a submission, as formgrader and a student see it."""

import copy
import re

import pytest
from nbconvert import HTMLExporter

from tests.grader.regrading import graded_course

pytestmark = [pytest.mark.xdist_group("regrading"), pytest.mark.box]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return graded_course(tmp_path_factory)


def test_formgraders_page_of_a_submission_has_formulas_and_asks_for_nothing_from_elsewhere(course):
    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = "formgrade"  # as formgrader does
    resources = {
        "base_url": "",
        "index": 0,
        "total": 1,
        "notebook_path": "x",
        "submission_id": "1",
        "notebook_id": "tiny",
        "assignment_id": "tiny",
        "student": "bob",
    }
    page, _ = HTMLExporter(config=config).from_filename(
        str(course.autograded("tiny", "bob")), resources=resources
    )
    assert page.count("<math") >= 3 and "<summary>Hint 1</summary>" in page
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)
