"""pip and the other programs of the set-up: how they are run, stopped and explained."""

import platform
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

from bootstrap.console import GIGABYTE, WINDOWS, NoNetwork, Stop
from bootstrap.process import environment

LAST_LINES = 60  # of the log, where the reason of a failure is looked for
UNKNOWN = "The set-up failed; the lines above are its last output."
INSTALLING = "Installing collected packages:"  # pip says it before it changes .venv

FAILURES = [  # what pip says, and what that means
    (
        r"No space left|Errno 28\b|WinError 112\b",
        Stop,
        "There is no space left on the disk. Free about {space:.1f} GB (pip also uses the folder "
        "for temporary files) and run the command again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        NoNetwork,
        "The connection to the packages is not trusted: check the clock of this computer, or ask "
        "your network's administrator for its certificate (pip's setting is called \"cert\").",
    ),
    (
        r"name resolution|getaddrinfo failed|nodename nor servname|NewConnectionError|"
        r"ConnectTimeoutError|Network is unreachable|Read timed out|ReadTimeoutError|"
        r"Connection (?:refused|reset|aborted)|ProxyError|IncompleteRead|incomplete-download|"
        r"Max retries exceeded",
        NoNetwork,
        "The packages could not be reached: no network, or a proxy that pip does not know. Check "
        "the connection and run the command again: it continues where it stopped.",
    ),
    (
        r"Long Path support",
        Stop,
        "A path is too long for Windows. Move the course to a shorter one, such as C:\\course, "
        "and run the command again.",
    ),
    (
        r"being used by another process|WinError 32\b|WinError 5\b|Access is denied",
        Stop,
        "A file in .venv is in use. Close JupyterLab and run the command again.",
    ),
    (
        r"Permission denied|PermissionError|Read-only file system",
        Stop,
        "A file cannot be written. Copy the whole course folder to a place where you can write, "
        "and run the command there.",
    ),
    (
        r"No matching distribution|Could not find a version",
        Stop,
        "pip found no build of a package for this computer (Python {python}, "
        "{machine}). Another Python may help: a 64-bit one, 3.11 or newer but not the newest. (For "
        "Macs with an Intel processor, torch is no longer built.)",
    ),
    (
        r"ensurepip",
        Stop,
        "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install "
        "python{minor}-venv",
    ),
]


def log_file(course: Path) -> Path:
    return course / ".venv" / "course-install.log"


def run(argv: list[str], course: Path, lock: IO[str], shown: bool = False) -> int:
    """Runs a program of the set-up. Returns its exit code.

    shown: its output goes to the user, as pip's does, which has a bar and writes the log as well;
    otherwise to the log.
    """
    env = environment() | {"PIP_USER": "0"}
    options: dict[str, Any] = {}
    if not WINDOWS:
        # pip keeps the lock as well: should this process be killed, the next waits until pip ends.
        # In its own session it does not see Ctrl-C; we pass it on once, so that pip tidies up.
        options = {"pass_fds": [lock.fileno()], "start_new_session": True}
    with log_file(course).open("ab") as log:
        process = subprocess.Popen(
            argv,
            env=env,
            cwd=course,
            stdin=subprocess.DEVNULL,
            stdout=None if shown else log,
            stderr=None if shown else subprocess.STDOUT,
            **options,
        )
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                stop(process)


def stop(process: subprocess.Popen[Any]) -> None:
    if not WINDOWS:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def install(pip: list[str], what: str, course: Path, lock: IO[str]) -> int:
    """Has pip install `what`, such as ".[student]", with its bar and its messages on the screen."""
    options = ["--no-input", "--disable-pip-version-check", "--log", str(log_file(course))]
    return run([*pip, "install", *options, "--editable", what], course, lock, shown=True)


def explain(text: str, course: Path, space: float) -> Stop:
    """What to raise for a failed set-up. text: what was said; space: bytes that it needs."""
    last = "\n".join(text.splitlines()[-LAST_LINES:])
    fits = ((kind, sentence) for pattern, kind, sentence in FAILURES if re.search(pattern, last))
    kind, sentence = next(fits, (Stop, UNKNOWN))
    sentence = sentence.format(
        space=space / GIGABYTE,
        python=platform.python_version(),
        minor="{}.{}".format(*sys.version_info[:2]),
        machine=f"{platform.system()} {platform.machine()}",
    )
    return kind(f"{sentence}\n(All of it: {log_file(course)})")
