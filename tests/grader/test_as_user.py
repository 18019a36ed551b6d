"""How the tests become an ordinary user."""

import subprocess
import sys

import pytest

from tests.grader import as_user
from tests.grader.box.starting import linux

pytestmark = pytest.mark.xdist_group("boxes")


def test_only_what_is_needed_below_a_closed_folder_is_opened(tmp_path):
    (tmp_path / "home" / "python" / "bin").mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    folders = [*reversed(tmp_path.parents), tmp_path, tmp_path / "home"]
    top = next(path for path in folders if not path.stat().st_mode & 0o001)
    assert as_user.closed([tmp_path / "home" / "python", tmp_path / "home" / "python" / "bin"]) == {
        top: [tmp_path / "home" / "python"]
    }


@linux
def test_an_ordinary_user_has_no_right_left():
    if missing := as_user.why_not():
        pytest.skip(missing)
    done = subprocess.run(
        [sys.executable, as_user.__file__, "cat", "/proc/self/status"],
        capture_output=True,
        text=True,
    )
    fields = dict(line.split(":\t") for line in done.stdout.splitlines() if ":\t" in line)
    assert fields["Uid"].split() == [str(as_user.USER)] * 4 and fields["Groups"].strip() == ""
    assert {
        int(fields[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    } == {0}
