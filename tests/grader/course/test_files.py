"""A file is written whole or not at all."""

import errno
import os

import pytest

from grader.course import files


def test_a_text_keeps_its_line_ends_and_its_folder_is_made(tmp_path):
    path = tmp_path / "new" / "file.csv"
    files.write(path, "a\r\nb\né")
    assert path.read_bytes() == "a\r\nb\né".encode()
    files.write(path, b"\x00")
    assert path.read_bytes() == b"\x00"
    assert os.listdir(path.parent) == ["file.csv"]


def test_what_is_cut_off_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file.txt"
    files.write(path, "old")

    def cut_off(*paths):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", cut_off)
    with pytest.raises(KeyboardInterrupt):
        files.write(path, "new")
    assert path.read_text() == "old"
    assert files.partial(path).read_text() == "new"  # in a file of its own, swept up later


def test_on_a_full_disk_the_old_file_stays_and_no_half_of_the_new_one(tmp_path, monkeypatch):
    path = tmp_path / "file.txt"
    files.write(path, "old")

    def full(temporary, content):
        with open(temporary, "wb") as file:
            file.write(content[:1])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(path, "new")
    assert os.listdir(tmp_path) == ["file.txt"] and path.read_text() == "old"
