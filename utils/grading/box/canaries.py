"""Canaries: what must not work from inside a box is planted and tried in a real one.

    python -m utils.grading.box.canaries warm       prints, as JSON, what was tried and what came of it

What runs is always a process of its own: a box takes every child of the process that made it for a part of itself.
"""
import contextlib
import inspect
import json
import os
import platform
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import psutil

import utils
from utils.grading.box import attacks, backends, limits, stage, tree, wall
from utils.grading.box.program import WIRE

COURSE = Path(utils.__file__).parents[1]
MARKER = "COURSE_CANARY"
MB = 1 << 20
PATIENCE = 120          # seconds that one back-end's canaries may take

QUICK = (attacks.other_processes, attacks.files_of_the_course, attacks.home_folder, attacks.temporary_files, attacks.environment,
         attacks.memory_of_others, attacks.descriptors, attacks.network, attacks.unix_sockets, attacks.writing_outside, attacks.rights,
         attacks.system_calls, attacks.number_of_processes, attacks.disk, attacks.memory_of_nobody, attacks.in_one_piece)
# what is open though the box holds: these back-ends have no bound for it
KNOWN_OPEN = {"landlock": {"number of processes", "disk"}}


@dataclass(frozen=True)
class Canary:
    """One thing that must not work in a box. seen: what came of trying, in a few words."""

    name: str
    closed: bool
    seen: str


class NoBox(Exception):
    """A back-end made no box here; the text says why."""


def try_all(backend):
    """Tries everything in a box of this back-end. Returns a list of Canary; NoBox when there is no box to try it in."""
    if missing := backends.possible(backend):
        raise NoBox(missing)
    variables = os.environ | {MARKER: secrets.token_hex(8), "PYTHONPATH": str(COURSE)}
    command = [sys.executable, "-P", "-m", "utils.grading.box.canaries", backend]
    done = subprocess.run(command, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    return read(done)


def read(done):
    """The canaries that a finished process has printed."""
    try:
        found = json.loads(done.stdout)
    except ValueError:
        raise NoBox((done.stderr.strip().splitlines() or ["the trial said nothing"])[-1][:300]) from None
    if "problem" in found:
        raise NoBox(found["problem"])
    return [Canary(**one) for one in found["canaries"]]


def broken(name, found):
    """Those that are open although the back-end must hold them."""
    return [one for one in found if not one.closed and name != "none" and one.name not in KNOWN_OPEN.get(name, ())]
