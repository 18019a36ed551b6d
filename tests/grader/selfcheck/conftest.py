"""The tiny course as a learner has it."""

import copy
import json

import pytest

from grader.selfcheck import judge as judging
from tests.grader.tiny import RIGHT, make_course, write


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("own"))


@pytest.fixture
def notebook(course, tmp_path):
    """notebook(answers, edit=None): the path of the released notebook with these answers."""

    def notebook(answers=RIGHT, edit=None):
        cells = json.loads(course.released("tiny").read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            cell["source"] = answers.get(cell["id"], cell["source"])
        if edit:
            edit(cells)
        write(tmp_path / "own.ipynb", cells)
        return tmp_path / "own.ipynb"

    return notebook


@pytest.fixture
def played(monkeypatch):
    """played(name=points, ...): what the run finds, in place of a run; the others earn all."""

    def play(**points):
        def run(source, imports, notebook, limits):
            checks = {}
            for cell in copy.deepcopy(source["cells"]):
                marks = cell["metadata"].get("nbgrader", {})
                if marks.get("grade") and cell["cell_type"] == "code":
                    given = points.get(marks["grade_id"], marks["points"])
                    words = "" if given == marks["points"] else f"a < b in {marks['grade_id']}"
                    checks[marks["grade_id"]] = {"points": given, "message": words}
            return {"checks": checks, "cells": {}, "events": [], "setup": {}}, "for a test"

        monkeypatch.setattr(judging, "run", run)

    return play
