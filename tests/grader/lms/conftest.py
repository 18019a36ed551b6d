"""A course without submissions, and downloads for it, as folders and as .zip files."""

import os
from pathlib import Path

import pytest

from grader.course.folders import Course
from tests.grader.lms.downloads import MADE, make_zip
from tests.grader.tiny import HERE, source_cells, write


@pytest.fixture
def course(tmp_path):
    (tmp_path / "course").mkdir()
    course = Course((tmp_path / "course").resolve())
    (course.root / "nbgrader_config.py").write_text((Path(HERE) / "nbgrader_config.py").read_text())
    write(course.source("tiny"), source_cells())
    return course


@pytest.fixture(params=["folder", "zip"])
def download(request, tmp_path):
    """Makes a download of these files, {path: content}, and returns its place; as a folder and as a
    .zip."""

    def download(files, when=MADE):
        if request.param == "zip":
            return make_zip(tmp_path / "download.zip", files, when)
        for path, content in files.items():
            place = tmp_path / "download" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            os.utime(place, (when.timestamp(), when.timestamp()))
        (tmp_path / "download").mkdir(exist_ok=True)
        return tmp_path / "download"

    return download
