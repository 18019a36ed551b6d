"""What a trial of a box found, remembered: a box that has held is not tried again for a week, as
long as nothing has changed that it depends on.

One small file for each back-end, in ~/.cache/sparsity-course (or XDG_CACHE_HOME). `course.py
doctor` always tries again; deleting the folder does it too.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grader import HOME
from grader.box import cgroup
from grader.box.bubblewrap import bubblewrap
from grader.selftest.canary import Canary

DAYS = 7
SOURCES = ("grader/wire", "grader/box", "grader/selftest")
READ = (  # files of the system that say which machine, which start of it, and with which rights
    "/etc/machine-id",
    "/proc/sys/kernel/random/boot_id",
    "/proc/sys/kernel/unprivileged_userns_clone",
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    "/proc/sys/user/max_user_namespaces",
    "/proc/self/attr/current",
    "/proc/self/uid_map",
)
RIGHTS = ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp:")  # lines of /proc/self/status
NAMESPACES = ("user", "mnt", "pid", "net", "cgroup")  # another container is another machine


def place(name: str) -> Path:
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache, "sparsity-course", f"box_{name}.json")


def recall(name: str) -> tuple[list[Canary], float] | None:
    """What the trial of a back-end found and when, in seconds since 1970; None where it must be
    tried again."""
    try:
        path = place(name)
        about = path.lstat()
        if about.st_uid != os.getuid() or about.st_mode & 0o022:
            return None  # someone else can write there
        kept = json.loads(path.read_text(encoding="utf-8"))
        fresh = 0 <= time.time() - kept["when"] < DAYS * 86400
        if not fresh or kept["depends"] != depends():
            return None
        return [Canary(**one) for one in kept["found"]], kept["when"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError):
        return None


def keep(name: str, found: Iterable[Canary]) -> None:
    """Remembers a box that has held, where the folder can be written."""
    text = json.dumps(
        {"when": time.time(), "depends": depends(), "found": [asdict(one) for one in found]}
    )
    with contextlib.suppress(OSError, RuntimeError):
        path = place(name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(0o600)
        temporary.replace(path)


def forget(name: str) -> None:
    with contextlib.suppress(OSError, RuntimeError):
        place(name).unlink()


def depends() -> str:
    """A SHA-256 of all that decides whether a box holds: the machine and its start, the kernel and
    its settings, the user and the rights of this process, bubblewrap, Python, torch and this
    course's own code."""
    found: list[Any] = [
        platform.uname(),
        os.getuid(),
        os.getgroups(),
        [line for line in read("/proc/self/status").splitlines() if line.startswith(RIGHTS)],
        [read(path) for path in READ],
        [linked(f"/proc/self/ns/{name}") for name in NAMESPACES],
        str(cgroup.base()),
        of_file(bubblewrap()),
        [sys.version, sys.executable, importlib.metadata.version("torch")],
        [
            path.read_text(encoding="utf-8")
            for folder in SOURCES
            for path in sorted((HOME / folder).rglob("*.py"))
        ],
    ]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()


def read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def linked(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def of_file(path: str | None) -> list[Any]:
    """Which file a program is: its name, size and times."""
    if path is None:
        return []
    about = os.stat(path)
    return [os.path.realpath(path), about.st_size, about.st_mtime_ns, about.st_ino]
