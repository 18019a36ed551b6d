"""The doctor's rows on this computer: Python, memory, disk, the state of .venv, pip's settings."""

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from bootstrap import venv
from bootstrap.console import CALL, GIGABYTE
from bootstrap.lock import is_being_set_up
from bootstrap.packages import project
from bootstrap.process import HERE, python_of
from bootstrap.rows import Row


def of_computer() -> list[Row]:
    """What a bare Python can say."""
    return [
        python_row(),
        Row("System", platform.platform()),
        Row("Processor", f"{os.cpu_count()} cores; memory {in_gigabytes(memory())}"),
        Row("Folder", f"{HERE}; {in_gigabytes(shutil.disk_usage(HERE).free)} free"),
        venv_row(),
        *(Row("pip", line) for line in pip_configuration() if line),
    ]


def python_row() -> Row:
    needed = project()["requires-python"].removeprefix(">=")
    ok = sys.version_info[:2] >= tuple(map(int, needed.split(".")))
    fix = "" if ok else f"install Python {needed} or newer from python.org"
    return Row("Python", f"{platform.python_version()} ({sys.executable})", ok, fix)


def venv_row(course: Path = HERE) -> Row:
    found, fix = state_of_venv(course)
    return Row(".venv", found, not fix, fix)


def state_of_venv(course: Path) -> tuple[str, str]:
    """(what is there, the line that fixes it or "")"""
    if venv.is_foreign(course / ".venv"):
        return "not a virtual environment, so it is left alone", "rename the folder .venv"
    if not (course / ".venv").exists():
        return "not there yet", f"{CALL} lab"
    if is_being_set_up(course):
        return "being set up by another course.py right now", f"{CALL} doctor"
    if rebuild := venv.why_rebuild(course):
        return f"{rebuild}; it will be built again", f"{CALL} lab"
    stamp = venv.read_json(venv.stamp_file(course))
    if not stamp:
        return "its set-up has not finished", f"{CALL} lab"
    if stamp.get("pyproject") != venv.needs(course):
        return "pyproject.toml has changed since it was made", f"{CALL} lab"
    return f"complete (for: {stamp['extra']})", ""


def pip_configuration() -> list[str]:
    """pip's own settings, without the passwords that addresses may contain."""
    python = python_of() if os.path.exists(python_of()) else sys.executable
    try:
        text = subprocess.run(
            [python, "-m", "pip", "config", "list"],
            timeout=60,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        return []
    return re.sub(r"//[^/@\s]+@", "//***@", text).split("\n")


def memory() -> float | None:
    """The computer's memory in bytes, or None."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        pass
    try:
        import ctypes

        kilobytes = ctypes.c_ulonglong()
        windows = ctypes.windll.kernel32  # type: ignore[attr-defined]
        windows.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
        return kilobytes.value * 1024 or None
    except (AttributeError, OSError):
        return None


def free_memory() -> float | None:
    """Free memory in bytes, or None when it cannot be found out."""
    try:
        import psutil

        return psutil.virtual_memory().available
    except ImportError:
        pass
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    found = [line.split()[1] for line in lines if line.startswith("MemAvailable")]
    return 1024 * int(found[0]) if found else None


def in_gigabytes(number: float | None) -> str:
    return "unknown" if number is None else f"{number / GIGABYTE:.1f} GB"


def memory_row() -> Row:
    free = free_memory()
    ok = free is None or free > 1 * GIGABYTE
    fix = "" if ok else "close other programs: a notebook of the course needs about 1 GB"
    return Row("Free memory", in_gigabytes(free), ok, fix)


def disk_row() -> Row:
    free = shutil.disk_usage(HERE).free
    ok = free > 0.5 * GIGABYTE
    fix = "" if ok else "free some space, or move the course to a larger disk"
    return Row("Free disk", in_gigabytes(free), ok, fix)


def clean_path_row() -> Row:
    """PYTHONPATH can put other versions of packages in front of the course's own."""
    found = os.environ.get("PYTHONPATH", "")
    if not found:
        return Row("PYTHONPATH", "not set")
    unset = "set PYTHONPATH=" if os.name == "nt" else "unset PYTHONPATH"
    return Row("PYTHONPATH", found, True, f"if imports behave strangely: {unset}")
