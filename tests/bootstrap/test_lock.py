"""One set-up of a folder at a time."""

import os

import pytest

from bootstrap.lock import alone, is_being_set_up
from bootstrap.venv import stamp_file

from .folder import SUCCEEDS


@pytest.mark.skipif(os.name == "nt", reason="signals are different on Windows")
def test_a_second_course_py_waits_and_then_finds_the_work_done(folder):
    folder.set_up()
    stamp = stamp_file(folder.path).read_text()
    stamp_file(folder.path).unlink()
    with alone(folder.path):
        process = folder.start(SUCCEEDS)
        assert "waiting" in process.stdout.readline()
        stamp_file(folder.path).write_text(stamp)
    process.communicate(timeout=20)
    assert process.returncode == 0 and len(folder.calls) == 1


def test_the_lock_is_free_before_and_after(tmp_path):
    assert not is_being_set_up(tmp_path)
    with alone(tmp_path):
        assert is_being_set_up(tmp_path)
    assert not is_being_set_up(tmp_path)
