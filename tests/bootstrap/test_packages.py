"""The doctor's rows on packages: a missing one is a row and not a crash."""

import json
import sys
from types import SimpleNamespace

import pytest

from bootstrap import packages
from bootstrap.rows import Row


def test_there_is_a_row_for_each_package_of_the_list():
    lists = packages.project()["optional-dependencies"]
    needed = packages.project()["dependencies"] + lists["student"]
    found = [row.what for row in packages.package_rows()]
    assert found[: len(needed)] == [text.split(">")[0].split("=")[0] for text in needed]


def test_a_wrong_version_is_not_ok():
    row = packages.package_row("numpy>=99")
    assert not row.ok and "needs numpy>=99" in row.found


def test_a_package_that_only_some_need_may_be_missing():
    assert packages.package_row("no-such-package>=1", optional="only the tests need it").ok
    assert not packages.package_row("no-such-package>=1").ok


@pytest.mark.parametrize(
    "row, missing", [(packages.torch_row, "torch"), (packages.widget_row, "plotly")]
)
def test_a_package_that_cannot_be_imported_is_a_row(monkeypatch, row, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    for name in [name for name in sys.modules if name.startswith(missing + ".")]:
        monkeypatch.setitem(sys.modules, name, None)
    assert not row().ok and row().fix


def played(monkeypatch, **done):
    """The program that tries the boxes is played here; it has its own tests."""
    monkeypatch.setattr(
        packages.subprocess, "run", lambda *command, **more: SimpleNamespace(**done)
    )


def test_the_boxes_for_grading_are_tried_and_reported(monkeypatch):
    rows = [
        ["Box cold", "20 of 20 kinds of attack stopped", True, ""],
        ["Grading uses", "cold", True, ""],
    ]
    played(monkeypatch, returncode=0, stdout=json.dumps(rows), stderr="")
    assert packages.box_rows() == [Row(*row) for row in rows]


def test_boxes_that_cannot_be_tried_are_a_row(monkeypatch):
    played(monkeypatch, returncode=1, stdout="", stderr="Traceback\nOSError: no room")
    (row,) = packages.box_rows()
    assert not row.ok and "OSError: no room" in row.found and row.fix


def test_a_students_copy_has_no_row_on_boxes(monkeypatch, tmp_path):
    monkeypatch.setattr(packages, "HERE", tmp_path)
    assert packages.box_rows() == []
