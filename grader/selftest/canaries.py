"""Which boxes hold on this machine: what must not work from inside a box is planted and tried in a
real one.

python -m grader.selftest.canaries     says it of every back-end, as JSON, for course.py doctor
"""

import json
import os
import platform
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader import HOME
from grader.box import backends
from grader.box.bubblewrap import bubblewrap
from grader.box.plan import is_root
from grader.selftest import remembered
from grader.selftest.canary import MARKER, PATIENCE, Canary, NoBox, NotHere

# what a back-end does not promise: without namespaces nothing bounds these, and a Python that root
# alone can reach is root's to run
KNOWN_OPEN = {"landlock": {"number of processes", "disk", "another user"}}


def try_all(backend: str) -> list[Canary]:
    """Tries everything in boxes of this back-end. Returns a list of Canary; NoBox when no box can
    be made."""
    return printed(
        subprocess.run(
            command(backend),
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    )


def command(backend: str) -> list[str]:
    """Tries a back-end and prints the result."""
    return [sys.executable, "-P", "-m", "grader.selftest.trial", backend]


def environment() -> dict[str, str]:
    """With a variable that no box may see."""
    return os.environ | {MARKER: secrets.token_hex(8), "PYTHONPATH": str(HOME)}


def printed(done: subprocess.CompletedProcess[str]) -> list[Canary]:
    """The canaries that a finished process has printed."""
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise NoBox(
            (done.stderr.strip().splitlines() or ["the trial ended without a message"])[-1][:300]
        ) from None
    if "missing" in found:
        raise NotHere(found["missing"])
    if "problem" in found:
        raise NoBox(found["problem"])
    return [Canary(**one) for one in found["canaries"]]


def broken(name: str, found: Iterable[Canary]) -> list[Canary]:
    """Those that are open although a back-end of this name must hold them."""
    return [
        one
        for one in found
        if not one.closed and name != "none" and one.name not in KNOWN_OPEN.get(name, ())
    ]


# --- which back-end to use


@dataclass(frozen=True)
class State:
    """The result of a back-end's canaries on this machine. problem: why such a box cannot be made,
    otherwise empty; when: the day, where it is remembered."""

    name: str
    found: tuple = ()
    problem: str = ""
    when: str = ""

    @property
    def holds(self) -> bool:
        """Whether it keeps what it promises; without a box nothing is promised."""
        return self.name == "none" or bool(self.found) and not broken(self.name, self.found)

    def __str__(self) -> str:
        """One line for a report."""
        if self.name == "none":
            return "no box: for trusted submissions only"
        if self.problem:
            return self.problem
        wrong, known = (
            broken(self.name, self.found),
            [one.name for one in self.found if not one.closed],
        )
        if wrong:
            return "not used, because these attacks succeeded: " + "; ".join(
                f"{one.name} ({one.seen})" for one in wrong
            )
        return (
            f"{sum(one.closed for one in self.found)} of {len(self.found)} kinds of attack stopped"
            + (f"; open, as known: {', '.join(known)}" if known else "")
            + (f"; tried on {self.when}" if self.when else "")
        )


def look(name: str) -> State:
    """Tries a back-end. That it has held is remembered, see `remembered`; that it has not never
    is."""
    remembered.forget(name)
    try:
        state = State(name, tuple(try_all(name)) if name != "none" else ())
    except NoBox as error:
        return State(name, problem=str(error))
    except subprocess.TimeoutExpired:
        return State(name, problem=f"its canaries took over {PATIENCE} s")
    if state.found and state.holds:
        remembered.keep(name, state.found)
    return state


def known(name: str) -> State:
    """The State of a back-end: from its last trial where that still counts, otherwise tried now."""
    if kept := remembered.recall(name):
        found, when = kept
        state = State(name, tuple(found), when=time.strftime("%d %B", time.localtime(when)))
        if state.holds:
            return state
    return look(name)


def best() -> State:
    """The State of the best back-end that holds on this machine; its name is "none" where no box
    does."""
    return next(state for state in map(known, backends.BEST_FIRST) if state.holds)


def report() -> list[tuple[str, str, bool, str]]:
    """For `course.py doctor`: a list of (what, found, ok, the line that makes it better)."""
    with ThreadPoolExecutor(len(backends.BEST_FIRST)) as pool:
        states = list(pool.map(look, backends.BEST_FIRST))
    use = next(state.name for state in states if state.holds)
    rows = [
        (
            f"Box {state.name}",
            str(state),
            state.holds or not state.found,
            "" if state.holds else remedy(state),
        )
        for state in states
    ]
    return [
        *rows[:-1],
        (
            "Grading uses",
            use if use != "none" else "no box, and only with --trust-submissions",
            True,
            "",
        ),
    ]


def remedy(state: State) -> str:
    """What to do about a missing back-end; empty when unknown."""
    if platform.system() != "Linux":
        return (
            "grade in Linux: a virtual machine, or on Windows WSL 2" if state.name == "warm" else ""
        )
    if state.found:
        return "it is not used; report this to the maintainers of the course"
    if state.name == "landlock":
        return ""
    if not bubblewrap():
        return f"sudo {installer()} install bubblewrap"
    for setting, value in NAMESPACES.items():
        if not is_root() and system_setting(setting) not in (None, value):
            return (
                f"sudo sysctl -w {setting}={value}   (to keep it: a line in "
                "/etc/sysctl.d/60-namespaces.conf)"
            )
    return (
        "in a container: allow it to create namespaces (docker run --privileged), or grade outside "
        "it"
    )


# what lets an ordinary user make namespaces: Debian's switch, everybody's, and that of Ubuntu 23.10
# and later, which is for AppArmor. A profile of AppArmor for bwrap alone does it too; Ubuntu's own,
# bwrap-userns-restrict, is enough for cold and not for warm.
SETTINGS = Path("/proc/sys")
NAMESPACES = {
    "kernel.unprivileged_userns_clone": 1,
    "user.max_user_namespaces": 10000,
    "kernel.apparmor_restrict_unprivileged_userns": 0,
}


def system_setting(name: str) -> int | None:
    """A number of the kernel's settings; None where the kernel has no such setting. A maximum that
    is not 0 is enough."""
    try:
        number = int(SETTINGS.joinpath(*name.split(".")).read_text())
    except (OSError, ValueError):
        return None
    return NAMESPACES[name] if name.startswith("user.") and number else number


def installer() -> str:
    return next((name for name in ("apt", "dnf", "zypper") if shutil.which(name)), "apt")


if __name__ == "__main__":
    print(json.dumps(report()))
