"""nbgrader's own pages are made in another process: formgrader's and generate_feedback's."""

import copy
import json
import re

import pytest
from nbformat.v4 import new_markdown_cell

from grader.feedback import apart
from grader.feedback.formgrader import Apart
from grader.gradebook.assignment import nbgrader
from tests.grader.feedback.pages_of import RESOURCES, graded, notebook
from tests.grader.tiny import HERE, new_course, source_cells

READS = ("settings",)


@pytest.fixture
def exporter(course):
    config = copy.deepcopy(course.config)
    config.HTMLExporter.template_name = "formgrade"  # as formgrader does
    return Apart(config=config)


def test_formgraders_page_of_a_submission_has_formulas_and_asks_for_nothing_from_elsewhere(
    course, exporter
):
    path = notebook(course, source_cells())
    page, _ = exporter.from_filename(str(path), resources=dict(RESOURCES))
    assert page.count("<math") >= 3 and "<summary>Hint 1</summary>" in page
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)


def test_a_text_that_ends_its_process_leaves_this_one_and_is_shown_plain(
    course, exporter, monkeypatch
):
    def asked(message, made=apart.asked):
        if not message["plain"]:
            apart.IDLE[-1].process.kill()  # as a formula too deep for its reader does
        return made(message)

    path = notebook(course, [new_markdown_cell("**x**")])
    exporter.from_filename(str(path), resources=dict(RESOURCES))
    monkeypatch.setattr(apart, "asked", asked)
    page, _ = exporter.from_filename(str(path), resources=dict(RESOURCES))
    assert "because it could not be laid out: it was ended by SIGKILL." in page
    assert "<pre>**x**</pre>" in page


def test_nbgraders_own_feedback_is_made_there_too(tmp_path, monkeypatch):
    templates, course = [], new_course(tmp_path)

    def asked(message, made=apart.asked):
        templates.append(message["template"])
        return made(message)

    graded(course, {"ada": source_cells()})
    monkeypatch.setattr(apart, "asked", asked)
    with course.entered(), nbgrader(course) as api:
        assert api.generate_feedback("tiny", "ada")["success"]
    assert templates == ["feedback"]
    assert "6 of 10 points" in course.feedback("tiny", "ada").read_text(encoding="utf-8")


def test_the_instructors_jupyterlab_loads_this_formgrader_and_not_nbgraders():
    path = HERE / "settings" / "instructor" / "jupyter_server_config.json"
    extensions = json.loads(path.read_text())["ServerApp"]["jpserver_extensions"]
    assert extensions["grader.feedback.formgrader"]
    assert not extensions["nbgrader.server_extensions.formgrader"]
