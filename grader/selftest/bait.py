"""What is planted outside a box for the canaries, and what the outside notices of attacks on it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from grader import HOME
from grader.box.backends import Box
from grader.selftest.attacks.reaching import CHANGES
from grader.selftest.canary import MARKER
from grader.selftest.watching import STATES, comm, conditions, forget_shared, state, writable

REAL = ("course.py", "nbgrader_config.py", "utils/checks/__init__.py")
VICTIM = (
    "import ctypes, os, sys; kept = "
    "ctypes.create_string_buffer(os.environ['{marker}'].encode()); print(ctypes.addressof(kept), "
    "flush=True); sys.stdin.read()"
)


class Bait:
    """Files, sockets, a process and a variable that hold `token`; they are there while this is
    open.

    told: what the attacks need to know of them.
    """

    def __init__(self, token: str):
        self.token, self.signals = token, 0
        self.stack = contextlib.ExitStack()
        self.told = {"token": token, "grader": os.getpid()}

    def __enter__(self) -> Bait:
        try:
            for plant in (
                self.plant_files,
                self.plant_victims,
                self.plant_victim,
                self.plant_sockets,
                self.plant_variable,
                self.listen,
            ):
                plant()
            return self
        except BaseException:
            self.stack.close()
            raise

    def __exit__(self, *error: object) -> None:
        self.written()
        forget_shared()
        self.stack.close()

    # --- planting

    def plant_files(self) -> None:
        """A readable file in a folder open to everybody, in each place where a course has something
        to lose."""
        homes, temporary = (
            [Path.home()],
            list(dict.fromkeys([Path("/tmp"), Path(tempfile.gettempdir())])),
        )
        for kind, places in (
            ("course", [HOME / ".course"]),
            ("home", homes),
            ("temporary", temporary),
        ):
            planted = [self.plant_file(place) for place in places if writable(place)]
            self.told[kind] = [(str(path), self.token) for path in planted]
        self.told["course"] += [
            (str(HOME / name), (HOME / name).read_text(encoding="utf-8")[:40])
            for name in REAL
            if (HOME / name).exists()
        ]

    def plant_file(self, place: Path) -> Path:
        folder = Path(
            self.stack.enter_context(
                tempfile.TemporaryDirectory(prefix="canary_", dir=place, ignore_cleanup_errors=True)
            )
        )
        folder.chmod(0o777)
        path = folder / "gradebook.db"
        path.write_text(self.token)
        path.chmod(0o666)
        descriptor = os.open(path, os.O_RDONLY)
        os.set_inheritable(descriptor, True)
        self.stack.callback(os.close, descriptor)
        return path

    def plant_victims(self) -> None:
        """Files to be changed, and folders to be written into."""
        folder = Path(self.told["temporary"][0][0]).parent
        self.victims = {name: folder / name for name in CHANGES}
        for path in self.victims.values():
            path.write_text(self.token)
            path.chmod(0o666)
        self.before = {name: state(path) for name, path in self.victims.items()}
        planted = [
            str(Path(path).parent)
            for kind in ("course", "home", "temporary")
            for path, text in self.told[kind]
            if text == self.token
        ]
        self.writable = [
            *planted,
            str(HOME),
            str(Path.home()),
            "/home",
            "/tmp",
            "/dev/shm",
            "/var/tmp",
            sysconfig.get_path("purelib"),
        ]
        self.told |= {
            "victims": [str(path) for path in self.victims.values()],
            "writable": self.writable,
        }

    def plant_victim(self) -> None:
        command = [sys.executable, "-S", "-E", "-c", VICTIM.format(marker=MARKER)]
        self.victim = subprocess.Popen(
            command, env={MARKER: self.token}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.stack.callback(self.end_victim)
        assert self.victim.stdout
        address = int(self.victim.stdout.readline())
        self.told |= {"victim": self.victim.pid, "address": address}
        self.as_it_was = conditions(self.victim.pid)

    def end_victim(self) -> None:
        self.victim.kill()
        self.victim.communicate()

    def plant_sockets(self) -> None:
        folder = Path(self.told["temporary"][0][0]).parent
        tcp, self.udp = self.bound(socket.SOCK_STREAM), self.bound(socket.SOCK_DGRAM)
        named = [self.unix(f"\0canary-{self.token}"), self.unix(str(folder / "socket"))]
        (folder / "socket").chmod(0o777)
        self.told |= {
            "ports": [tcp.getsockname()[1]],
            "datagrams": self.udp.getsockname()[1],
            "sockets": [
                name.decode() if isinstance(name, bytes) else name
                for name in map(socket.socket.getsockname, named)
            ],
        }

    def bound(self, kind: int) -> socket.socket:
        made = self.stack.enter_context(socket.socket(socket.AF_INET, kind))
        made.bind(("127.0.0.1", 0))
        made.setblocking(False)
        if kind == socket.SOCK_STREAM:
            made.listen()
        return made

    def unix(self, name: str) -> socket.socket:
        made = self.stack.enter_context(socket.socket(socket.AF_UNIX))
        made.bind(name)
        made.listen()
        return made

    def plant_variable(self) -> None:
        before = os.environ.get(MARKER)
        os.environ[MARKER] = self.token
        self.stack.callback(
            lambda: (
                os.environ.pop(MARKER) if before is None else os.environ.update({MARKER: before})
            )
        )

    def listen(self) -> None:
        """Counts signals to this process."""

        def heard(number: int, frame: object) -> None:
            self.signals += 1

        self.stack.callback(signal.signal, signal.SIGUSR1, signal.signal(signal.SIGUSR1, heard))

    # --- what it noticed

    def noticed(self, box: Box) -> dict[str, list[str]]:
        """{name of an attack: what the outside noticed of it}"""
        return {
            "other_processes": self.processes(),
            "network": self.datagram(),
            "writing_outside": self.written(),
            "rights": self.rights(box),
        }

    def processes(self) -> list[str]:
        found = ["a signal came out"] if self.signals else []
        if self.victim.poll() is not None:
            return [*found, "another process was ended"]
        return found + [
            f"the {name} of another process changed"
            for name, value in conditions(self.victim.pid).items()
            if value != self.as_it_was[name]
        ]

    def datagram(self) -> list[str]:
        try:
            return ["a datagram came out"] if self.udp.recv(100) else []
        except BlockingIOError:
            return []

    def written(self) -> list[str]:
        """What was written or changed outside; what was written is removed."""
        found = []
        for folder in self.writable:
            path = Path(folder, self.token)
            if path.exists():
                found.append(f"wrote into {folder}")
                path.unlink()
        return found + [
            f"could change the {name} of a file" if name in STATES else f"could {name} a file"
            for name, path in self.victims.items()
            if state(path) != self.before[name]
        ]

    def rights(self, box: Box) -> list[str]:
        """What of its rights the student's process still has."""
        pid = next((pid for pid in box.pids() if comm(pid) == self.token[:15]), None)
        if pid is None:
            return ["its process was not found"]
        lines = dict(
            line.split(":\t")
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if ":\t" in line
        )
        self.uid = int(lines["Uid"].split()[0])
        found = [
            f"{name} {lines[name]}"
            for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")
            if int(lines[name], 16)
        ]
        return found + [
            f"{name} {lines[name]}"
            for name, wanted in (("NoNewPrivs", "1"), ("Seccomp", "2"))
            if lines[name] != wanted
        ]
