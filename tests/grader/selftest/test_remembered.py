"""A trial is remembered as long as all it depends on is the same, and for a week."""

import json
import platform
import sys
import time

import pytest

pytest.importorskip("resource", reason="boxes are for Linux and macOS")

from grader.selftest import canaries, remembered
from grader.selftest.canary import Canary, NoBox

CLOSED, OPEN = Canary("network", True, "refused"), Canary("network", False, "connected")
KNOWN = Canary("disk", False, "full")  # what landlock does not promise


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sparsity-course"


@pytest.fixture
def trials(monkeypatch):
    """The names of the back-ends that were tried; `trials.found` is what is found."""

    class Trials(list):
        found = [CLOSED]

        def try_all(self, name):
            self.append(name)
            if not self.found:
                raise NoBox("not here")
            return self.found

    made = Trials()
    monkeypatch.setattr(canaries, "try_all", made.try_all)
    return made


def test_a_box_that_held_is_tried_once_and_says_when(trials):
    first, second = canaries.known("warm"), canaries.known("warm")
    assert trials == ["warm"] and second.found == first.found == (CLOSED,)
    assert str(second) == f"{first}; tried on {time.strftime('%d %B')}"


def test_what_landlock_does_not_promise_is_remembered_as_open(trials):
    trials.found = [CLOSED, KNOWN]
    assert [canaries.known("landlock").found for _ in range(2)] == [(CLOSED, KNOWN)] * 2
    assert trials == ["landlock"]


@pytest.mark.parametrize("found", [[OPEN], []], ids=["it is open", "there is none"])
def test_a_box_that_did_not_hold_is_never_remembered(trials, cache, found):
    trials.found = found
    assert not any(canaries.known("warm").holds for _ in range(2))
    assert trials == ["warm", "warm"] and not list(cache.glob("*"))


def test_the_doctor_always_tries_again_and_its_result_counts(trials):
    canaries.known("warm")
    trials.found = [OPEN]
    canaries.report()
    assert trials.count("warm") == 2
    assert not canaries.known("warm").holds


def test_no_box_at_all_is_not_remembered_as_one(trials, cache):
    assert canaries.known("none").holds and not list(cache.glob("*"))


CHANGES = {
    "the kernel": lambda patch, path: patch.setattr(
        remembered.platform, "uname", lambda kept=platform.uname(): kept._replace(release="9.9")
    ),
    "the user": lambda patch, path: patch.setattr(remembered.os, "getgroups", lambda: [7]),
    "the start of the machine": lambda patch, path: patch.setattr(
        remembered, "read", lambda name: "other" if name.endswith("boot_id") else ""
    ),
    "the container": lambda patch, path: patch.setattr(remembered, "linked", lambda name: name),
    "bubblewrap": lambda patch, path: patch.setattr(
        remembered, "bubblewrap", lambda: sys.executable
    ),
    "the course": lambda patch, path: patch.setattr(remembered, "SOURCES", ("grader/wire",)),
    "torch": lambda patch, path: patch.setattr(
        remembered.importlib.metadata, "version", lambda name: "0.1"
    ),
    "a week": lambda patch, path: later(path, remembered.DAYS + 1),
    "a clock that was wrong": lambda patch, path: later(path, -1),
    "a file that others can write": lambda patch, path: path.chmod(0o666),
    "half a file": lambda patch, path: path.write_text(path.read_text()[:50]),
    "another form": lambda patch, path: path.write_text("[]"),
}


def later(path, days):
    kept = json.loads(path.read_text())
    path.write_text(json.dumps(kept | {"when": kept["when"] - 86400 * days}))


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_tried_again_after_a_change_of(trials, cache, monkeypatch, change):
    canaries.known("warm")
    CHANGES[change](monkeypatch, cache / "box_warm.json")
    canaries.known("warm")
    assert trials == ["warm", "warm"]


def test_without_a_cache_it_is_tried_each_time(trials, cache):
    cache.parent.write_text("a file where the folder should be")
    assert [canaries.known("warm").holds for _ in range(2)] == [True, True]
    assert trials == ["warm", "warm"]
