"""A box ends with the process that made it, and says why it did not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.box import backends, plan, process, tree

pytestmark = pytest.mark.xdist_group("boxes")


COURSE = Path(__file__).resolve().parents[3]


HOLDER = """
import sys, tempfile, time
from pathlib import Path
from grader.box import backends, plan, stage
folder = Path(tempfile.mkdtemp(dir=sys.argv[2]))
stage.build(folder, (), plan.own_user(), plan.HOME)
box = backends.starter(sys.argv[1], plan.Plan(folder, plan.own_user())).box()
print(*box.pids(), flush=True)
time.sleep(60)
"""


def test_a_box_ends_with_the_process_that_made_it(backend, tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDER, backend, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(COURSE), "TMPDIR": str(tmp_path)},
    )
    pids = [int(pid) for pid in holder.stdout.readline().split()]
    holder.kill()
    holder.communicate()
    process.wait_until(lambda: all(map(tree.dead, pids)), 5)
    assert pids and [pid for pid in pids if not tree.dead(pid)] == []


def test_a_box_that_does_not_start_says_why(backend, tmp_path):
    (tmp_path / "utils").mkdir()  # a stage without the program
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").touch()
    with pytest.raises(plan.BoxError, match="did not start"):
        backends.starter(backend, plan.Plan(tmp_path)).box()
