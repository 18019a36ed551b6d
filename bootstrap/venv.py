"""The folder .venv: is it there, is it complete, is it ours."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bootstrap.console import WINDOWS, Stop
from bootstrap.process import python_of

EXTRAS = ["student", "test"]  # of pyproject.toml; each contains the ones before it
MARKER = "course-install-running.json"


def stamp_file(course: Path) -> Path:
    """What the last complete install was. Absent: there was none."""
    return course / ".venv" / "course-installed.json"


def marker_file(course: Path) -> Path:
    """Exists while .venv is being changed. Found later, it says the change was interrupted."""
    return course / ".venv" / MARKER


def read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Writes the file whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(content), encoding="utf-8")
    os.replace(new, path)


def needs(course: Path) -> str:
    """A hash of pyproject.toml: it changes when the list of packages does."""
    try:
        return hashlib.sha256((course / "pyproject.toml").read_bytes()).hexdigest()
    except FileNotFoundError:
        raise Stop(
            f"pyproject.toml is not next to course.py in {course}. "
            "Get a complete copy of the course."
        ) from None


def has_extra(stamp: dict[str, Any], extra: str) -> bool:
    return stamp.get("extra") in EXTRAS and EXTRAS.index(stamp["extra"]) >= EXTRAS.index(extra)


def is_installed(course: Path, extra: str) -> bool:
    """True when the last complete install covers what is asked and nothing has changed since."""
    stamp = read_json(stamp_file(course))
    return (
        has_extra(stamp, extra)
        and stamp.get("pyproject") == needs(course)
        and not marker_file(course).exists()
        and why_rebuild(course) is None
    )


def installed_names(course: Path) -> list[str]:
    """What lies in the folder where pip installs, by name."""
    library = "Lib" if WINDOWS else "lib/python{}.{}".format(*sys.version_info[:2])
    try:
        found = os.listdir(course / ".venv" / library / "site-packages")
    except FileNotFoundError:
        return []
    return sorted(name for name in found if name != "__pycache__")


def is_half_changed(course: Path) -> bool:
    """True when .venv is not as it was before the set-up whose marker is still there."""
    return read_json(marker_file(course)).get("names") != installed_names(course)


def why_rebuild(course: Path) -> str | None:
    """Why .venv cannot be used as it is: a sentence, or None."""
    # pip changes nothing before it has everything. A set-up that ended before that did no harm.
    if marker_file(course).exists() and is_half_changed(course):
        return "The last set-up was interrupted half-way"
    try:
        text = (course / ".venv" / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return "The folder .venv is not complete"
    made_by = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
    if made_by and tuple(map(int, made_by.groups())) != sys.version_info[:2]:
        return "The folder .venv was made by Python {}.{}, this is {}.{}".format(
            *made_by.groups(), *sys.version_info[:2]
        )
    try:
        subprocess.run(
            [python_of(course), "-c", ""],
            check=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return "The Python inside the folder .venv does not run"
    return None


def is_foreign(venv: Path) -> bool:
    """True for a .venv that is not a virtual environment: the user's own, not to be touched."""
    if not venv.exists() and not venv.is_symlink():
        return False
    if not venv.is_dir() or venv.is_symlink():
        return True
    # The marker is written before anything else, so a half-made .venv of ours is known by it.
    known = any((venv / name).exists() for name in ("pyvenv.cfg", MARKER))
    return any(venv.iterdir()) and not known


def throw_away(course: Path) -> None:
    """Deletes .venv. It is moved first: an interrupted deletion leaves no half .venv behind."""
    rubbish = course / ".course" / "old-venv"
    try:
        if rubbish.exists():
            shutil.rmtree(rubbish)
        if (course / ".venv").exists():
            os.rename(course / ".venv", rubbish)
            shutil.rmtree(rubbish)
    except OSError as problem:
        raise Stop(
            f"The folder .venv cannot be replaced ({problem.strerror}). Close JupyterLab and every "
            "program that runs from it, then run the command again."
        ) from None


def command(venv: Path) -> list[str]:
    """The command that makes a virtual environment."""
    # Inside a virtual environment the Python below it is asked, so that .venv may replace itself.
    base = getattr(sys, "_base_executable", None) or sys.executable
    return [base, "-m", "venv", "--prompt", "course", str(venv)]


def check_possible() -> None:
    """Stop where this Python cannot make virtual environments."""
    if find_spec("ensurepip") is None or find_spec("venv") is None:
        raise Stop(
            "This Python cannot make virtual environments: its parts venv and ensurepip are "
            "missing. On Debian and Ubuntu: sudo apt install python{}.{}-venv".format(
                *sys.version_info[:2]
            )
        )
