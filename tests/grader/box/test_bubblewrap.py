"""What bubblewrap's command hides: files of package installers."""

import os
from pathlib import Path

import pytest

from grader.box import bubblewrap
from tests.grader.box.starting import run, starter
from tests.grader.conftest import requires

pytestmark = pytest.mark.xdist_group("boxes")


def test_files_of_package_installers_beside_the_interpreter_are_known(monkeypatch, tmp_path):
    (tmp_path / "pip.conf").touch()
    monkeypatch.setattr(bubblewrap, "interpreter", lambda: [tmp_path, tmp_path / "none"])
    assert bubblewrap.credentials() == [tmp_path / "pip.conf"]


@pytest.mark.parametrize("backend", ["warm", "cold"])
def test_such_a_file_cannot_be_read_in_a_box(backend, tmp_path, monkeypatch):
    requires(backend)
    stands_for_one = Path(os.__file__).with_name("antigravity.py")
    monkeypatch.setattr(bubblewrap, "credentials", lambda: [stands_for_one])
    with starter(backend, tmp_path) as boxes:
        box = boxes.box()
        shown = run(box, f"print('<', open({str(stands_for_one)!r}).read(), '>')")
        box.close()
    assert "PermissionError" in shown or "<  >" in shown
