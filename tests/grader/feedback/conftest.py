"""A course without a class."""

import shutil

import pytest

from grader.course.folders import Course
from tests.grader.tiny import HERE, source_cells, write


@pytest.fixture
def course(tmp_path):
    shutil.copy(HERE / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path.resolve())
    write(course.source("tiny"), source_cells())
    return course
