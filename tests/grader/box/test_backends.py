"""A box of every back-end: it runs a cell, ends with everything in it, and leaves nothing."""

import signal

import pytest

from grader.box import backends, tree
from grader.wire.frames import Closed
from tests.grader.box.starting import linux, run

pytestmark = pytest.mark.xdist_group("boxes")


def test_a_box_runs_cells_one_after_the_other_and_ends_with_code_0(boxes):
    box = boxes.box()
    run(box, "six = 2 * 3")
    assert "<7>" in run(box, "print(f'<{six + 1}>')")
    assert box.close() == 0


def test_the_next_box_knows_nothing_of_the_last(boxes):
    first = boxes.box()
    run(first, "import builtins; builtins.left = open('left', 'w').write('here') or 'in memory'")
    first.close()
    second = boxes.box()
    assert "<False False>" in run(
        second,
        'import builtins, os; print(f\'<{hasattr(builtins, "left")} {os.path.exists("left")}>\')',
    )
    second.close()


def test_a_cell_can_import_what_a_cell_before_it_wrote(boxes):
    box = boxes.box()
    run(box, "%%writefile mine.py\ndef six(): return 6")
    assert "<6>" in run(box, "from mine import six; print(f'<{six()}>')")
    box.close()


@pytest.mark.parametrize(
    "end, code",
    [
        ("import os; os._exit(7)", 7),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 128 + signal.SIGKILL),
    ],
)
def test_the_exit_code_comes_out(boxes, end, code):
    box = boxes.box()
    box.wire.send({"do": "cell", "source": end})
    with pytest.raises(Closed):
        box.wire.receive()
    assert box.close() == code


def test_after_a_box_no_process_and_no_folder_is_left(boxes):
    box = boxes.box()
    run(box, "import subprocess, time; subprocess.Popen(['sleep', '60']); time.sleep(0.1)")
    pids = box.pids()
    assert len(pids) >= 2
    box.close()
    assert [pid for pid in pids if not tree.dead(pid)] == []
    assert box.folder is None or not box.folder.exists()


def test_a_machine_without_bubblewrap_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(backends, "bubblewrap", lambda: None)
    monkeypatch.setattr(backends.platform, "system", lambda: "Linux")
    assert "apt install bubblewrap" in backends.possible(
        "warm"
    ) and "apt install bubblewrap" in backends.possible("cold")


@pytest.mark.parametrize("version, there", [(0, False), (2, False), (3, True), (7, True)])
@linux
def test_landlock_is_used_from_the_version_on_that_keeps_files_whole(monkeypatch, version, there):
    monkeypatch.setattr(backends.landlock, "version", lambda: version)
    assert (backends.possible("landlock") is None) == there
