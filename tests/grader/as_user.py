"""Runs a command as an ordinary user, when root runs the tests: python tests/grader/as_user.py
COMMAND ...

In a mount namespace of its own, in which the folders of this Python and of the course can be
reached though a folder above them is closed to others (a Python in root's home is). No right of
root is left.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

USER = 1000
COURSE = Path(__file__).resolve().parents[2]
INSIDE = "run in the namespace"


def main(command):
    if command[:1] == [INSIDE]:
        return become(command[1], command[2:])
    if missing := why_not():
        print(missing, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="home_") as home:
        os.chown(home, USER, USER)
        return subprocess.run(
            ["unshare", "--mount", sys.executable, __file__, INSIDE, home, *command]
        ).returncode


def why_not():
    """What is missing for a change of user; None when nothing is."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "only root can become an ordinary user"
    missing = [name for name in ("unshare", "setpriv", "mount") if not shutil.which(name)]
    return (
        f"not installed: {', '.join(missing)} (apt install util-linux mount)" if missing else None
    )


def become(home, command):
    """Opens the way to what is needed, then becomes the command."""
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for top, folders in closed(
        [COURSE, *(Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix))]
    ).items():
        open_way(top, folders)
    os.environ.update(HOME=home, USER="student", LOGNAME="student", TMPDIR="/tmp")
    os.chdir("/")
    setpriv = [
        "setpriv",
        f"--reuid={USER}",
        f"--regid={USER}",
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all",
        "--",
    ]
    os.execvp("setpriv", setpriv + command)


def closed(folders):
    """{a folder that others cannot pass: those of `folders` that are below it}"""
    found = {}
    for folder in sorted(set(folders)):
        if any(folder.is_relative_to(other) for others in found.values() for other in others):
            continue
        top = next(
            (one for one in reversed(folder.parents) if not one.stat().st_mode & 0o001), None
        )
        if top:
            found.setdefault(top, []).append(folder)
    return found


def open_way(top, folders):
    """Puts an empty folder over `top`, in which there is nothing but these folders, to be read."""
    aside = [tempfile.mkdtemp(prefix="aside_") for _ in folders]
    for folder, place in zip(folders, aside):
        subprocess.run(["mount", "--bind", str(folder), place], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "none", str(top)], check=True)
    for folder, place in zip(folders, aside):
        folder.mkdir(parents=True)
        subprocess.run(["mount", "--move", place, str(folder)], check=True)
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
        os.rmdir(place)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
