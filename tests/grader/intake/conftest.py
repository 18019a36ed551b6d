"""A folder of a student, and what is read from it."""

import json
import shutil

import nbformat
import pytest

from grader.intake.submitted import read
from tests.grader.tiny import RIGHT, make_course, submit


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def source(course):
    return json.loads(course.source("tiny").read_text(encoding="utf-8"))


@pytest.fixture
def folder(course):
    """An empty folder of a student called ada."""
    folder = course.submitted("tiny", "ada")
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder.parent, ignore_errors=True)


@pytest.fixture
def take(course, source, folder):
    """Reads what is in the folder; with an argument, that notebook or those bytes under the right
    name."""

    def take(content=None, name="tiny.ipynb"):
        if content is not None:
            (folder / name).write_bytes(
                content if isinstance(content, bytes) else json.dumps(content).encode()
            )
        submission = read(course, "tiny", "ada", source)
        assert (submission.notebook is None) == (submission.problem is not None)
        if submission.notebook:
            nbformat.validate(submission.notebook)
        json.dumps(
            [submission.problem, submission.notebook, submission.warnings, submission.remarks],
            ensure_ascii=False,
        ).encode()
        return submission

    return take


@pytest.fixture
def right(course, folder):
    """The notebook with right answers, as a dict."""
    submit(course, "ada", RIGHT)
    notebook = json.loads((folder / "tiny.ipynb").read_text(encoding="utf-8"))
    (folder / "tiny.ipynb").unlink()
    return notebook
