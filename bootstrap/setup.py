"""Makes .venv ready: built when it cannot be used, changed when pyproject.toml has changed."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from bootstrap import pip as pips
from bootstrap import venv
from bootstrap.console import GIGABYTE, NoNetwork, Stop, say
from bootstrap.lock import alone
from bootstrap.process import HERE, python_of

SPACE_FIRST = 2.5 * GIGABYTE  # for a first install
SPACE_MORE = 0.5 * GIGABYTE  # for a few packages more


def set_up(
    extra: str,
    course: Path = HERE,
    again: bool = False,
    pip: list[str] | None = None,
    make_venv: Callable[[Path], list[str]] = venv.command,
) -> None:
    """Makes .venv ready for `extra`; does nothing when it is, unless it is to be made again.

    pip and make_venv say how pip is started and .venv is made; tests give others. Stop, with a
    sentence, when it fails.
    """
    foreign = venv.is_foreign(course / ".venv")
    if not again and not foreign and venv.is_installed(course, extra):
        return
    with alone(course) as lock:
        if venv.is_foreign(course / ".venv"):
            raise Stop(
                f"{course} contains a .venv that is not a virtual environment, so the course does "
                "not touch it. Rename it and run the command again."
            )
        if not again and venv.is_installed(course, extra):  # meanwhile, by another course.py
            return
        try:
            keep = prepare(course, lock, again, make_venv)
            install(extra, course, lock, pip, keep)
        except OSError as problem:
            raise pips.explain(f"ERROR: {problem}", course, SPACE_FIRST) from None


def prepare(
    course: Path, lock: IO[str], again: bool, make_venv: Callable[[Path], list[str]]
) -> bool:
    """Makes .venv unless there is one that works. Returns True when it was there before."""
    folder = course / ".venv"
    if not again and folder.exists() and any(folder.iterdir()):
        reason = venv.why_rebuild(course)
        if not reason:
            return True
        say(f"{reason}; building it again.")
    venv.check_possible()
    venv.throw_away(course)
    check_space(course, SPACE_FIRST)
    say(f"Setting up the course in {folder}: about 2 GB and a few minutes, this time only.")
    say("(Ctrl-C stops it; run the same command again to continue.)")
    folder.mkdir(exist_ok=True)
    venv.write_json(venv.marker_file(course), {"names": None})
    if pips.run(make_venv(folder), course, lock) != 0:
        raise pips.explain(log_of(course), course, SPACE_FIRST)
    return False


def install(extra: str, course: Path, lock: IO[str], pip: list[str] | None, keep: bool) -> None:
    """Has pip install the course with `extra` into .venv. keep: .venv was there before."""
    before = venv.read_json(venv.stamp_file(course))
    if venv.has_extra(before, extra):
        extra = before["extra"]  # what was installed once stays
    if keep:
        check_space(course, SPACE_MORE if before else SPACE_FIRST)
        say("Updating the course's packages. (Ctrl-C stops it.)")
    if pip is None:
        pip = [python_of(course), "-m", "pip"]
        if "pip" not in venv.installed_names(course):  # a .venv made by uv has none
            pips.run([python_of(course), "-m", "ensurepip"], course, lock)
    venv.write_json(venv.marker_file(course), {"names": venv.installed_names(course)})
    start, said_before = time.monotonic(), len(log_of(course))
    if pips.install(pip, f".[{extra}]", course, lock) == 0:
        stamp = {"extra": extra, "pyproject": venv.needs(course)}
        venv.write_json(venv.stamp_file(course), stamp)
        venv.marker_file(course).unlink()
        say(f"Done in {time.monotonic() - start:.0f} s.")
        return
    failed(extra, course, before, log_of(course)[said_before:])


def failed(extra: str, course: Path, before: dict[str, Any], said: str) -> None:
    """After pip failed: raises what to tell the user, or returns where the old install still does.

    before: the stamp of the last complete install; said: what pip wrote into its log.
    """
    problem = pips.explain(said, course, SPACE_MORE if before else SPACE_FIRST)
    if pips.INSTALLING in said or venv.is_half_changed(course):
        venv.write_json(venv.marker_file(course), {"names": None})
        raise problem  # the marker stays: .venv is half-made
    venv.marker_file(course).unlink()
    if not before:
        raise problem
    sentence = f"{problem}\nWhat was installed before still works."
    if isinstance(problem, NoNetwork) and venv.has_extra(before, extra):
        say(f"{sentence} Continuing with it.")
        return
    raise type(problem)(sentence)


def log_of(course: Path) -> str:
    """The log of the set-ups of this .venv; empty before the first."""
    try:
        return pips.log_file(course).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def check_space(course: Path, space: float) -> None:
    free = shutil.disk_usage(course).free
    if free < space:
        raise Stop(
            f"The disk has {free / GIGABYTE:.1f} GB free, the course needs about "
            f"{space / GIGABYTE:.1f} GB. Free some space (or move the course folder to a larger "
            "disk) and run the command again."
        )
