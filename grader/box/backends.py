"""How a box is made: the four kinds, best first, and what each of them is.

warm       a fork of a process that has imported torch already, behind its own wall, in bubblewrap
cold       a new process in bubblewrap
landlock   a new process that gives up its rights itself: Landlock, seccomp, limits; no namespaces
none       a new process with limits: for submissions that one trusts
"""

import os
import platform
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.box import landlock, seccomp, tree
from grader.box.bubblewrap import bubblewrap, refused, wrapped
from grader.box.plan import (
    FILES,
    HOME,
    INSIDE,
    SYSTEM,
    BoxError,
    Plan,
    interpreter,
    is_root,
    most_processes,
    other_user,
)
from grader.box.process import MOMENT, START, Box, last_words, of_process, python, ready, start
from grader.wire.frames import Wire

BEST_FIRST = ("warm", "cold", "landlock", "none")


def possible(name: str) -> str | None:
    """None when this machine has what a back-end needs, otherwise a sentence on what is missing."""
    if name in ("warm", "cold"):
        if platform.system() != "Linux":
            return f"bubblewrap needs Linux; this is {platform.system()}"
        if not bubblewrap():
            return "bubblewrap is not installed: apt install bubblewrap (or dnf, pacman)"
        if not seccomp.supported():
            return f"no seccomp filter for {platform.machine()}"
        problem = refused(name == "warm")
        return f"bubblewrap cannot create namespaces here ({problem})" if problem else None
    if name == "landlock":
        if landlock.version() >= landlock.OLDEST and seccomp.supported():
            return None
        return "Landlock is off, or too old to stop files from being truncated (Linux 6.2 or newer)"
    return None


def best() -> str:
    """The best back-end that this machine has."""
    return next(name for name in BEST_FIRST if not possible(name))


# --- how each is started


def starter(name: str, plan: Plan) -> Any:
    """Something with .wait(), until it can make boxes, .box() and .close() for a back-end."""
    return {"warm": Zygote, "cold": Cold, "landlock": Landlocked, "none": Bare}[name](plan)


def environment(course: Path | str, home: str) -> dict[str, str]:
    """All that the student's code finds in its environment."""
    binaries = [
        f"{course}/bin",
        str(Path(sys.executable).parent),
        "/usr/local/bin",
        "/usr/bin",
        "/bin",
    ]
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return kept | {
        "PATH": os.pathsep.join(binaries),
        "HOME": home,
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "USER": "student",
        "PYTHONPATH": str(course),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "IPYTHONDIR": f"{home}/.ipython",
        "COURSE_UNATTENDED": "1",
        "PLOTLY_RENDERER": "plotly_mimetype",
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def settings(plan: Plan, **more: Any) -> dict[str, Any]:
    """The first frame to a program in a box."""
    return {
        "zygote": False,
        "rooms": list(plan.rooms),
        "opening": list(plan.opening),
        "home": HOME,
        "memory": plan.memory,
        "seconds": plan.seconds,
        "processes": most_processes(namespace=True),
        "user": None,
        "own_user": False,
        "walled": True,
        "landlock": None,
        "seccomp": True,
        "alone": True,
        "parent": False,
        **more,
    }


class Cold:
    """Each box a new process in bubblewrap."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def wait(self) -> None:
        pass

    def box(self) -> Box:
        command, others = (
            wrapped(self.plan, nested=False) + python(),
            set(tree.children(os.getpid())),
        )
        process, connection, log = start(command, environment(INSIDE, HOME))
        Wire(connection.fileno(), connection.fileno()).send(
            settings(self.plan, user=self.plan.user if is_root() else None)
        )
        return ready(of_process(process, connection, others), log).bound(self.plan)

    def close(self) -> None:
        pass


class Landlocked:
    """Each box a new process that gives up its rights before the student's code runs."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def wait(self) -> None:
        pass

    def box(self) -> Box:
        folder, others = Path(tempfile.mkdtemp(prefix="box_")), set(tree.children(os.getpid()))
        home, user = folder / "home", other_user(self.plan.user)
        home.mkdir()
        for path in (folder, home):
            path.chmod(0o777 if user else 0o700)
        variables = environment(self.plan.stage, str(home)) | {"TMPDIR": str(home)}
        process, connection, log = start(python(), variables)
        Wire(connection.fileno(), connection.fileno()).send(self.settings(home, user))
        return ready(of_process(process, connection, others, folder), log).bound(self.plan)

    def settings(self, home: Path, user: int | None) -> dict[str, Any]:
        readable = [
            "/usr",
            *SYSTEM,
            *FILES,
            "/proc/cpuinfo",
            "/proc/meminfo",
            "/sys/devices/system/cpu",
            "/dev/urandom",
            "/dev/random",
            "/dev/zero",
            *map(str, interpreter()),
            str(self.plan.stage),
        ]
        return settings(
            self.plan,
            home=str(home),
            user=user,
            landlock=[readable, [str(home), "/dev/null"]],
            alone=False,
            parent=True,
            processes=most_processes(namespace=False),
        )

    def close(self) -> None:
        pass


class Bare(Landlocked):
    """Each box a new process with limits and nothing else."""

    def settings(self, home: Path, user: int | None) -> dict[str, Any]:
        return settings(
            self.plan,
            home=str(home),
            walled=False,
            seccomp=False,
            parent=platform.system() == "Linux",
            processes=None,
        )


class Zygote:
    """One process in bubblewrap that has imported torch; each box is a fork of it behind its own
    wall."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.process: subprocess.Popen | None = None
        self.pid = 0  # of the process that forks, once it is ready
        self.begin()

    def begin(self) -> None:
        """Starts it, which takes a few seconds: `wait` for it."""
        command = wrapped(self.plan, nested=True) + python()
        process, self.control, self.log = start(command, environment(INSIDE, HOME))
        self.process, self.pid = process, 0
        user = self.plan.user if is_root() else None
        Wire(self.control.fileno(), self.control.fileno()).send(
            settings(self.plan, zygote=True, user=user, own_user=not is_root())
        )

    def wait(self) -> None:
        """Until it is ready to fork."""
        self.control.settimeout(START + 60)
        try:
            answer = self.control.recv(1)
        except OSError:
            answer = b""
        if answer != b"r":
            self.close()
            raise BoxError(f"the process that forks boxes did not start: {last_words(self.log)}")
        self.control.settimeout(10)
        self.pid = tree.descendants(self.process.pid if self.process else 0)[-1]

    def again(self) -> None:
        self.close()
        self.begin()
        self.wait()

    def box(self) -> Box:
        if not self.pid:
            self.wait()
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self.control, [b"f"], [theirs.fileno()])
        except OSError:
            raise BoxError("the process that forks boxes has ended") from None
        theirs.close()
        box = Box(ours, lambda: tree.descendants(self.pid), self.exit_code)
        return ready(box, tempfile.TemporaryFile()).bound(self.plan)

    def exit_code(self) -> int:
        """Waits a moment for the box to end by itself, ends it otherwise; how it ended."""
        try:
            self.control.sendall(b"w")
            self.control.settimeout(MOMENT)
            try:
                answer = self.control.recv(4)
            except TimeoutError:
                self.control.settimeout(10)
                tree.end(lambda: tree.descendants(self.pid))
                answer = self.control.recv(4)
            self.control.settimeout(10)
            return struct.unpack("=i", answer)[0]
        except (OSError, struct.error):
            raise BoxError("the process that forks boxes has ended") from None

    def busy(self) -> bool:
        """Whether something of a submission is left."""
        return bool(tree.descendants(self.pid))

    def needs_renewal(self) -> bool:
        return self.process is None or self.process.poll() is not None or self.busy()

    def close(self) -> None:
        if process := self.process:
            tree.end(lambda: [*tree.descendants(process.pid), process.pid])
            process.wait()
            self.control.close()
            self.process, self.pid = None, 0
