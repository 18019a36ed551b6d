"""The canaries: every isolating back-end holds, as root and as an ordinary user; where the wall is
broken they say so."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="boxes are for Linux and macOS")

from grader.selftest import canaries
from grader.selftest.canaries import State
from grader.selftest.canary import Canary, NoBox
from tests.grader.conftest import ISOLATING, WHO, requires
from tests.grader.selftest import holes

pytestmark = pytest.mark.xdist_group("boxes")
COURSE = Path(__file__).resolve().parents[3]
OPEN_WITHOUT_A_BOX = {
    "files of the course",
    "home folder",
    "temporary files",
    "environment",
    "network",
    "unix sockets",
    "rights",
    "system calls",
    "number of processes",
    "disk",
    "memory of nobody",
    "other processes",
    "writing outside",
    "the box before",
}


@pytest.fixture(autouse=True)
def nothing_remembered(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.mark.parametrize("backend", ISOLATING)
@pytest.mark.parametrize("who", WHO)
def test_no_attack_gets_through(found, who, backend):
    assert canaries.broken(backend, found(who, backend)) == []


@pytest.mark.parametrize("backend", ["warm", "cold"])
@pytest.mark.parametrize("who", WHO)
def test_behind_bubblewrap_nothing_is_known_to_be_open(found, who, backend):
    assert [canary for canary in found(who, backend) if not canary.closed] == []


@pytest.mark.skipif(sys.platform != "linux", reason="attacks on Linux")
def test_without_a_box_the_attacks_get_through(found):
    assert {
        canary.name for canary in found(WHO[-1], "none") if not canary.closed
    } >= OPEN_WITHOUT_A_BOX


@pytest.mark.parametrize("backend", ISOLATING)
def test_holes_in_the_wall_are_seen(backend):
    requires(backend)
    done = subprocess.run(
        [sys.executable, "-m", "tests.grader.selftest.holes", backend],
        cwd=COURSE,
        capture_output=True,
        text=True,
        timeout=120,
    )
    canaries_open = {canary.name for canary in canaries.printed(done) if not canary.closed}
    assert holes.OPEN[backend] - canaries_open == set()


def baits():
    """Folders that trials put down. Another test's trial may be on its way, and one that was killed
    has left its own."""
    places = [COURSE / ".course", Path.home(), Path("/tmp"), Path("/dev/shm"), COURSE]
    return {path for place in places for path in place.glob("canary_*")}


BEFORE = baits()


@pytest.mark.parametrize("backend", ISOLATING)
def test_nothing_is_left_of_a_trial(found, backend):
    found(WHO[0], backend)
    left, deadline = baits() - BEFORE, time.monotonic() + 60
    while left & baits() and time.monotonic() < deadline:
        time.sleep(1)
    assert left & baits() == set()


# --- what is made of them

CLOSED, OPEN = Canary("network", True, "refused"), Canary("network", False, "connected")


def states(monkeypatch, **found):
    """The canaries of each back-end are these; a text says why there is no such box."""

    def try_all(backend):
        if isinstance(found[backend], str):
            raise NoBox(found[backend])
        return found[backend]

    monkeypatch.setattr(canaries, "try_all", try_all)


@pytest.mark.parametrize(
    "found, best",
    [
        ({"warm": [CLOSED], "cold": [CLOSED], "landlock": [CLOSED]}, "warm"),
        ({"warm": [OPEN], "cold": [CLOSED], "landlock": [CLOSED]}, "cold"),
        (
            {
                "warm": "not here",
                "cold": [CLOSED, OPEN],
                "landlock": [CLOSED, Canary("disk", False, "full")],
            },
            "landlock",
        ),
        ({"warm": [], "cold": "not here", "landlock": [OPEN]}, "none"),
    ],
)
def test_the_best_back_end_is_the_first_that_holds(monkeypatch, found, best):
    states(monkeypatch, **found)
    assert canaries.best().name == best


def test_the_report_says_what_is_open_and_what_is_used(monkeypatch):
    states(monkeypatch, warm=[OPEN], cold=[CLOSED], landlock="the kernel has no Landlock")
    rows = canaries.report()
    assert [row[0] for row in rows] == ["Box warm", "Box cold", "Box landlock", "Grading uses"]
    assert [row[2] for row in rows] == [False, True, True, True]
    assert (
        "network (connected)" in rows[0][1]
        and rows[2][1] == "the kernel has no Landlock"
        and rows[3][1] == "cold"
    )
    assert rows[0][3] and not rows[1][3]


def test_a_trial_that_breaks_off_is_no_box():
    done = subprocess.run(
        [sys.executable, "-c", "raise SystemExit('bwrap: No permissions to create new namespace')"],
        capture_output=True,
        text=True,
    )
    with pytest.raises(NoBox, match="No permissions to create new namespace"):
        canaries.printed(done)


@pytest.mark.parametrize(
    "setting, value, line",
    [
        (
            "kernel/unprivileged_userns_clone",
            0,
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        ("user/max_user_namespaces", 0, "sudo sysctl -w user.max_user_namespaces=10000"),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            1,
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ],
)
def test_a_setting_of_the_kernel_that_forbids_namespaces_is_named(
    monkeypatch, tmp_path, setting, value, line
):
    for name, number in {
        "kernel/unprivileged_userns_clone": 1,
        "user/max_user_namespaces": 63000,
        "kernel/apparmor_restrict_unprivileged_userns": 0,
        setting: value,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{number}\n")
    monkeypatch.setattr(canaries, "SETTINGS", tmp_path)
    monkeypatch.setattr(canaries.platform, "system", lambda: "Linux")
    monkeypatch.setattr(canaries, "bubblewrap", lambda: "/usr/bin/bwrap")
    monkeypatch.setattr(canaries, "is_root", lambda: False)
    assert canaries.remedy(
        State("cold", problem="bwrap: setting up uid map: Permission denied")
    ).startswith(line)


def test_without_bubblewrap_the_remedy_installs_it(monkeypatch):
    monkeypatch.setattr(canaries.platform, "system", lambda: "Linux")
    monkeypatch.setattr(canaries, "bubblewrap", lambda: None)
    assert canaries.remedy(State("warm", problem="not installed")).endswith(" install bubblewrap")
