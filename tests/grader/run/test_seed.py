"""The secret of a course, and the seed of each submission."""

import os
import stat

import pytest

from grader.course.files import partial
from grader.course.folders import Course, GradingError
from grader.run.seed import course_secret, make_secret, submission_seed


@pytest.fixture
def course(tmp_path):
    """A course without a secret."""
    course = Course(tmp_path)
    course.folder.mkdir()
    return course


def test_the_secret_is_made_once_and_for_its_owner_alone(course):
    assert course_secret(course) == course_secret(course)
    assert stat.S_IMODE((course.folder / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "abc", "no hexadecimal digits", "ab" * 31, "ab" * 33])
def test_a_damaged_secret_is_named_and_stays(course, content):
    (course.folder / "secret").write_text(content)
    with pytest.raises(GradingError, match="secret is damaged: it should hold 64 hexadecimal"):
        course_secret(course)
    assert (course.folder / "secret").read_text() == content


def test_every_submission_has_its_own_seed(course):
    secret = course_secret(course)
    seeds = {
        submission_seed(key, lab, student, content)
        for key in (secret, b"other")
        for lab in ("tiny", "big")
        for student in ("ada", "bob")
        for content in (b"first try", b"second try")
    }
    assert len(seeds) == 16 and all(len(seed) == 64 for seed in seeds)


def test_a_secret_is_there_whole_or_not_at_all(course):
    """Two graders make it at the same moment: the first to be done counts."""
    make_secret(course.folder / "secret")
    secret = course_secret(course)
    make_secret(course.folder / "secret")
    assert course_secret(course) == secret and len(secret) == 32
    assert stat.S_IMODE(os.stat(course.folder / "secret").st_mode) == 0o600
    assert not partial(course.folder / "secret").exists()
