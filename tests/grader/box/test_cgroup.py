"""Control groups, on a tree of plain files."""

import os
from pathlib import Path

import pytest

from grader.box import cgroup
from tests.grader.box.starting import starter
from tests.grader.conftest import requires

pytestmark = pytest.mark.xdist_group("boxes")


@pytest.fixture
def groups(tmp_path):
    """A tree as the kernel has it, of plain files: slice (which hands on both controllers) / scope
    (this process)."""
    for path, handed_on in (
        (tmp_path, "cpu memory pids"),
        (tmp_path / "slice", "memory pids"),
        (tmp_path / "slice" / "scope", ""),
    ):
        path.mkdir(exist_ok=True)
        (path / "cgroup.subtree_control").write_text(f"{handed_on}\n")
        (path / "cgroup.procs").touch()
    return tmp_path


def test_a_group_is_made_in_the_nearest_that_hands_on_memory_and_pids(groups):
    assert cgroup.base(groups, "/slice/scope") == groups / "slice"


def test_without_both_controllers_there_is_no_group(groups):
    for path in (groups, groups / "slice"):
        (path / "cgroup.subtree_control").write_text("memory hugetlb\n")
    assert cgroup.base(groups, "/slice/scope") is None


def test_nothing_is_made_above_what_may_be_written(groups, monkeypatch):
    real = os.access
    monkeypatch.setattr(
        cgroup.os, "access", lambda path, mode: Path(path) != groups / "slice" and real(path, mode)
    )
    assert cgroup.base(groups, "/slice/scope") is None


def test_a_group_bounds_memory_without_swap_and_processes(groups):
    group = cgroup.Group(groups / "slice")
    group.limit(2 << 30, 96)
    group.add([11, 12])
    written = {path.name: path.read_text().strip() for path in group.path.iterdir()}
    assert written == {
        "memory.max": str(2 << 30),
        "memory.swap.max": "0",
        "memory.oom.group": "1",
        "pids.max": "96",
        "cgroup.procs": "12",
    }


def test_a_group_is_ended_at_once_and_says_whether_memory_ran_out(groups):
    group = cgroup.Group(groups / "slice")
    assert not group.ran_out()
    (group.path / "memory.events").write_text("low 0\nmax 3\noom 1\noom_kill 1\n")
    assert group.ran_out()
    group.kill()
    assert (group.path / "cgroup.kill").read_text().strip() == "1"


@pytest.mark.box
def test_a_box_is_put_into_a_group_whole(groups, monkeypatch, tmp_path_factory):
    requires("landlock")
    monkeypatch.setattr(cgroup, "base", lambda: groups / "slice")
    with starter("landlock", tmp_path_factory.mktemp("stage")) as boxes:
        box = boxes.box()
        assert (box.group.path / "cgroup.procs").read_text().strip() in map(str, box.pids())
        box.close()
        assert (box.group.path / "cgroup.kill").read_text().strip() == "1"


def test_a_tree_that_cannot_be_written_after_all_leaves_the_watchdog_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(cgroup, "base", lambda: tmp_path / "gone")
    assert cgroup.around(lambda: [1], 1 << 30, 96) is None
