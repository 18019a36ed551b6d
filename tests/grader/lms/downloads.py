"""Downloads of a learning platform, made on the spot."""

import datetime
import os
import zipfile

import pytest
from nbgrader.utils import parse_utc

posix = pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")


MADE = datetime.datetime(2026, 3, 1, 12, 30, 44, tzinfo=datetime.UTC)


def make_zip(place, files, when=MADE, **fields):
    """files: {path or ZipInfo: content}; fields of every entry."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            info = (
                path
                if isinstance(path, zipfile.ZipInfo)
                else zipfile.ZipInfo(path, when.astimezone().timetuple()[:6])
            )
            info.compress_type = zipfile.ZIP_DEFLATED
            for name, value in fields.items():
                setattr(info, name, value)
            archive.writestr(info, content)
    return place


def submitted(course):
    """What lies in grading/submitted: {path: content}, times left out."""
    top = course.folder / "submitted"
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in top.rglob("*")
        if path.is_file() and path.name != "timestamp.txt"
    }


def time_of(course, student):
    path = course.submitted("tiny", student) / "timestamp.txt"
    return parse_utc(path.read_text()).replace(tzinfo=datetime.UTC) if path.exists() else None


def said(items):
    return {item.found: (item.student, item.status) for item in items}


def words(items):
    (item,) = items
    return item.words
