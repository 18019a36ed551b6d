"""Breaks the wall of a box on purpose, in many places at once, and prints what the canaries say:
python -m tests.grader.selftest.holes BACKEND

For each back-end: what is broken, and the canaries that must then be open.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from grader import HOME
from grader.box import backends, plan, process, stage
from grader.selftest import canary, trial

SIZES = (str(64 << 20), str(256 << 20))


def of_bubblewrap():
    """The places of the course, of the home folder and of temporary files are shared; no namespace
    but that of mounts; no size is bounded."""
    real = backends.wrapped

    def wrapped(plan, nested):
        command = [str(1 << 30) if part in SIZES else part for part in real(plan, nested)]
        command = [
            part
            for part in command
            if part
            not in (
                "--unshare-pid",
                "--unshare-net",
                "--unshare-ipc",
                "--die-with-parent",
                "--disable-userns",
            )
        ]
        # the last mount stands on top
        binds = [
            part
            for place in (HOME, Path.home(), Path("/tmp"), Path("/dev/shm"))
            for part in ("--bind", str(place), str(place))
        ]
        at = len(command) - 1 - command[::-1].index("--remount-ro")
        return [*command[:at], *binds, *command[at:]]

    backends.wrapped = wrapped


def of_the_start():
    """The environment goes along, and so do open descriptors."""
    clean, popen = backends.environment, subprocess.Popen
    backends.environment = lambda course, home: dict(os.environ) | clean(course, home)
    process.subprocess = type(
        "Open",
        (),
        {
            "Popen": staticmethod(lambda *given, **named: popen(*given, close_fds=False, **named)),
            **{name: getattr(subprocess, name) for name in ("DEVNULL", "TimeoutExpired")},
        },
    )


def of_the_program(**changes):
    """No filter of system calls, no limit on processes or memory, no other user."""
    real = backends.settings
    changes = {
        "seccomp": False,
        "walled": False,
        "processes": None,
        "memory": 64 << 30,
        "user": None,
    } | changes
    backends.settings = lambda plan, **more: real(plan, **more) | changes


def of_the_end():
    """What leaves its parent is lost from sight, and so is memory."""
    trial.rights.adopt_orphans = lambda: None
    trial.tree.memory = lambda pids, enough: 0


def in_the_stage(name, *pairs):
    """Changes a file of the box's own program."""
    build = stage.build

    def built(folder, *more):
        build(folder, *more)
        path = folder / "grader" / "box" / name
        text = path.read_text()
        for old, new in pairs:
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, new)
        path.write_text(text)

    stage.build = built


def cold():
    of_bubblewrap()
    of_the_start()
    of_the_program()
    of_the_end()


def landlock():
    of_the_program(landlock=None)
    of_the_end()


def warm():
    """The second wall alone, which keeps a submission from the next."""
    in_the_stage(
        "program.py",
        ("            wall.new_root()\n", ""),
        ("        os.closerange(3, WIRE)\n", ""),
    )
    in_the_stage("wall.py", ("NEWIPC | NEWPID", "0"))
    of_the_program(walled=True, user=plan.own_user() if plan.is_root() else None)


EVERYTHING = {
    "files of the course",
    "home folder",
    "temporary files",
    "environment",
    "descriptors",
    "network",
    "unix sockets",
    "rights",
    "system calls",
    "number of processes",
    "disk",
    "memory of nobody",
    "memory in one piece",
    "memory in many pieces",
    "other processes",
    "writing outside",
    "outliving",
    "the box before",
}
OPEN = {
    "cold": EVERYTHING,
    "landlock": EVERYTHING - {"environment", "descriptors", "network"},
    "warm": {
        "other processes",
        "descriptors",
        "rights",
        "system calls",
        "memory of nobody",
        "number of processes",
        "memory in one piece",
        "the box before",
    },
}


def main(name):
    {"cold": cold, "landlock": landlock, "warm": warm}[name]()
    try:
        print(json.dumps({"canaries": [asdict(one) for one in trial.tried(name)]}))
    except (canary.NoBox, plan.BoxError) as error:
        print(json.dumps({"problem": str(error)}))


if __name__ == "__main__":
    main(sys.argv[1])
