import pytest

from tests.grader.regrading import graded_course


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return graded_course(tmp_path_factory)
