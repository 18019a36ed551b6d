"""bubblewrap's command: what a box sees of this machine, and what it may not do."""

import os
import platform
import shutil
import subprocess
import sysconfig
from pathlib import Path

from grader.box.plan import FILES, INSIDE, SYSTEM, Plan, interpreter, is_root
from grader.box.wall import STAND, USER


def bubblewrap() -> str | None:
    return shutil.which("bwrap") if platform.system() == "Linux" else None


def hidden() -> list[Path]:
    """An installed copy of the course's library among the packages, which no answer may read."""
    packages = Path(sysconfig.get_path("purelib"))
    return [path for path in (packages / "utils", packages / "grader") if path.is_dir()]


def credentials() -> list[Path]:
    """Files of package installers next to the interpreter, which can contain passwords."""
    return [
        path
        for folder in interpreter()
        for name in ("pip.conf", ".condarc", "condarc")
        if (path := folder / name).is_file()
    ]


def refused(nested: bool) -> str | None:
    """What bubblewrap says when it can make no namespaces on this machine, or what runs in it none
    of its own; None when it can."""
    inside = [
        shutil.which("unshare") or "true",
        *(
            ["--mount", *([] if is_root() else ["--user"]), "true"]
            if shutil.which("unshare")
            else []
        ),
    ]
    command = [
        *namespaces(nested),
        "--ro-bind",
        "/",
        "/",
        "--proc",
        "/proc",
        "--",
        *(inside if nested else ["true"]),
    ]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.defpath},
    )
    return (
        (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:300]
        if done.returncode
        else None
    )


def namespaces(nested: bool) -> list[str]:
    """bubblewrap with namespaces and without rights, but those that are needed to change the user
    or to make boxes inside."""
    command = [
        bubblewrap(),
        "--unshare-pid",
        "--unshare-net",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
    ]
    if is_root():
        for name in ("SETUID", "SETGID", "SETPCAP", *(["SYS_ADMIN"] if nested else [])):
            command += ["--cap-add", f"CAP_{name}"]
    else:
        command += ["--unshare-user"] + (
            [] if nested else ["--disable-userns", "--uid", str(USER), "--gid", str(USER)]
        )
    return command


def wrapped(plan: Plan, nested: bool) -> list[str]:
    """bubblewrap, up to the program. nested: what runs inside makes boxes itself."""
    command = [*namespaces(nested), "--ro-bind", "/usr", "/usr"]
    for path in SYSTEM:
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            command += ["--ro-bind", path, path]
    for path in FILES:
        if os.path.exists(path):
            command += ["--ro-bind", path, path]
    # before what may lie below them
    for path, size in (("/tmp", 64 << 20), ("/home", 256 << 20)):
        command += ["--perms", "1777", "--size", str(size), "--tmpfs", path]
    made = {Path("/tmp"), Path("/home")}
    for path in interpreter():
        if Path("/usr") in path.parents:
            continue
        for parent in reversed(path.parents[:-1]):
            if parent not in made and parent not in interpreter():
                command += ["--perms", "0755", "--dir", str(parent)]
                made.add(parent)
        command += ["--ro-bind", str(path), str(path)]
    for path in hidden():
        command += ["--size", "4096", "--tmpfs", str(path), "--remount-ro", str(path)]
    for path in credentials():
        command += ["--ro-bind", os.devnull, str(path)]
    command += [
        "--ro-bind",
        str(plan.stage),
        INSIDE,
        "--ro-bind",
        str(plan.stage / "etc" / "passwd"),
        "/etc/passwd",
    ]
    command += [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        "--perms",
        "1777",
        "--size",
        str(64 << 20),
        "--tmpfs",
        "/dev/shm",
        "--remount-ro",
        "/dev",
    ]
    return [*command, "--dir", STAND, "--remount-ro", "/", "--chdir", "/", "--"]
