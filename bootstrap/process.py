"""The course's folder and the programs of its .venv: how a command starts them."""

import os
import subprocess
import sys
from pathlib import Path

from bootstrap.console import WINDOWS, Stop

HERE = Path(__file__).resolve().parents[1]  # the course's folder


def python_of(course: Path = HERE) -> str:
    """The Python of the course's .venv."""
    venv = course / ".venv"
    if Path(sys.prefix).resolve() == venv.resolve():
        return sys.executable
    return str(venv / ("Scripts/python.exe" if WINDOWS else "bin/python"))


def environment() -> dict[str, str]:
    """The user's environment variables and what every command of the course needs."""
    env = dict(os.environ)
    # Programs of .venv are found by name: nbgrader starts "alembic" so.
    folder = str(Path(python_of()).parent)
    env["PATH"] = folder + os.pathsep + env.get("PATH", os.defpath)
    env["VIRTUAL_ENV"] = str(HERE / ".venv")
    env.pop("PYTHONHOME", None)
    # One thread is the fastest for small networks, above all on a busy computer.
    env.setdefault("OMP_NUM_THREADS", "1")
    env.setdefault("OMP_WAIT_POLICY", "passive")
    return env


def hand_over(argv: list[str], env: dict[str, str]) -> int:
    """Ends this program and runs another in its place, so that Ctrl-C goes to that one.

    Returns its exit code.
    """
    sys.stdout.flush()
    if not WINDOWS:
        os.execve(argv[0], argv, env)
    process = subprocess.Popen(argv, env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # the other program got it too and knows what to do


def go_home(arguments: list[str]) -> list[str]:
    """Enters the course's folder; paths among the arguments keep their meaning."""
    here = Path.cwd()
    if here != HERE:
        arguments = [
            str(here / argument)
            if not argument.startswith("-") and (here / argument.split("::")[0]).exists()
            else argument
            for argument in arguments
        ]
        os.chdir(HERE)
    return arguments


def needs_folder(folder: str, command: str) -> None:
    """Stop in a student's copy, which lacks what only instructors and developers have."""
    if not (HERE / folder).is_dir():
        raise Stop(
            f"This is a student's copy of the course: it has no {folder}, and {command} needs it."
        )
