"""How a box is made: the four kinds, best first, and what each of them is.

warm       a fork of a process that has imported torch already, behind a wall of its own, inside bubblewrap
cold       a new process in bubblewrap
landlock   a new process that gives up its rights itself: Landlock, seccomp, limits; no namespaces
none       a new process with limits: for submissions that one trusts
"""

import contextlib
import os
import platform
import re
import shutil
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from grader.box import cgroup, landlock, seccomp, tree
from grader.box.wall import STAND, USER
from grader.wire.frames import Wire, WireError

BEST_FIRST = ("warm", "cold", "landlock", "none")
INSIDE, HOME = "/course", "/home/student"
SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")
START = 180  # seconds that a box may take to be ready; on a busy machine
MOMENT = 0.3  # seconds in which a box may end by itself
PROCESSES = 96  # in a box


class BoxError(Exception):
    """A box could not be made; the text says why."""


@dataclass(frozen=True)
class Plan:
    """What every box of a lab is made from. stage: the folder of `stage.build`; user: whose processes the student's are when root
    grades (limits are counted by user, so every checker has one of its own); opening: the source of the lab's opening cells;
    memory: bytes, for the whole tree of processes; seconds: of CPU time for one process."""

    stage: Path
    user: int = USER
    rooms: tuple = ()
    opening: tuple = ()
    memory: int = 2 << 30
    seconds: float = 600


class Box:
    """A student's process with everything it starts: a wire to it, and how to end it."""

    def __init__(self, connection, pids, exit_code, folder=None):
        self.connection, self.pids, self.exit_code, self.folder, self.group = (
            connection,
            pids,
            exit_code,
            folder,
            None,
        )
        self.wire = Wire(connection.fileno(), connection.fileno())

    def bound(self, plan):
        """Puts what is in the box now, and all it starts, into a control group where one can be made. Returns the box."""
        self.group = cgroup.around(self.pids, plan.memory, PROCESSES + 8)
        return self

    def kill(self):
        if self.group:
            self.group.kill()
        tree.end(self.pids)

    def ran_out(self):
        """Whether the kernel ended something in here for want of memory. Before `close`."""
        return bool(self.group and self.group.ran_out())

    def close(self):
        """Ends everything in the box and takes its folder away. Returns the exit code of the student's process."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)  # what waits for the checker ends by itself
        code = self.exit_code()
        self.kill()
        self.connection.close()
        if self.group:
            self.group.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        return code


# --- which there are


def bubblewrap():
    return shutil.which("bwrap") if platform.system() == "Linux" else None


def is_root():
    return hasattr(os, "getuid") and os.getuid() == 0


def possible(name):
    """None when this machine has what a back-end needs, otherwise what is missing, as one sentence."""
    if name in ("warm", "cold"):
        if platform.system() != "Linux":
            return f"bubblewrap is for Linux, this is {platform.system()}"
        if not bubblewrap():
            return "bubblewrap is not installed: apt install bubblewrap (or dnf, pacman)"
        if not seccomp.supported():
            return f"no seccomp filter for {platform.machine()}"
        problem = refused(name == "warm")
        return f"bubblewrap can make no namespaces here ({problem})" if problem else None
    if name == "landlock":
        enough = landlock.version() >= landlock.OLDEST
        return (
            None
            if enough and seccomp.supported()
            else "the kernel has no Landlock that keeps files from being cut (Linux 6.2 and later, switched on)"
        )
    return None


def best():
    """The best back-end that this machine has."""
    return next(name for name in BEST_FIRST if not possible(name))


# --- how each is started


def starter(name, plan):
    """Something with .wait(), until it can make boxes, .box() and .close() for a back-end."""
    return {"warm": Zygote, "cold": Cold, "landlock": Landlocked, "none": Bare}[name](plan)


def environment(course, home):
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


def settings(plan, **more):
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


def start(command, variables):
    """A process with a connection on its descriptor 0: (process, connection, file of what it says on stderr)."""
    ours, theirs = socket.socketpair()
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env=variables,
        cwd="/",
        start_new_session=True,
    )
    theirs.close()
    return process, ours, log


def python():
    return [sys.executable, "-s", "-P", "-m", "grader.box.program"]


def said(log):
    log.seek(0)
    lines = log.read(100_000).decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it said nothing"


def ready(box, log):
    """The box once its program has said that it is ready; BoxError when it does not."""
    box.connection.settimeout(None)
    timer = Timer(box, START)
    try:
        message, _ = box.wire.receive()
        box.opening = message["opening"]
        return box
    except WireError:
        box.close()
        raise BoxError(f"the student's process did not start: {said(log)}") from None
    finally:
        timer.cancel()


class Timer:
    """Ends a box when it is not ready in time."""

    def __init__(self, box, seconds):
        import threading

        self.timer = threading.Timer(seconds, box.kill)
        self.timer.daemon = True
        self.timer.start()

    def cancel(self):
        self.timer.cancel()


class Cold:
    """Each box a new process in bubblewrap."""

    def __init__(self, plan):
        self.plan = plan

    def wait(self):
        pass

    def box(self):
        command, others = (
            wrapped(self.plan, nested=False) + python(),
            set(tree.children(os.getpid())),
        )
        process, connection, log = start(command, environment(INSIDE, HOME))
        Wire(connection.fileno(), connection.fileno()).send(
            settings(self.plan, user=self.plan.user if is_root() else None)
        )
        return ready(of_process(process, connection, others), log).bound(self.plan)

    def close(self):
        pass


class Landlocked:
    """Each box a new process that gives up its rights before the student's code runs."""

    def __init__(self, plan):
        self.plan = plan

    def wait(self):
        pass

    def box(self):
        folder, others = Path(tempfile.mkdtemp(prefix="box_")), set(tree.children(os.getpid()))
        home, user = folder / "home", other_user(self.plan.user)
        home.mkdir()
        for path in (folder, home):
            path.chmod(0o777 if user else 0o700)
        variables = environment(self.plan.stage, str(home)) | {"TMPDIR": str(home)}
        process, connection, log = start(python(), variables)
        Wire(connection.fileno(), connection.fileno()).send(self.settings(home, user))
        return ready(of_process(process, connection, others, folder), log).bound(self.plan)

    def settings(self, home, user):
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

    def close(self):
        pass


class Bare(Landlocked):
    """Each box a new process with limits and nothing else."""

    def settings(self, home, user):
        return settings(
            self.plan,
            home=str(home),
            walled=False,
            seccomp=False,
            parent=platform.system() == "Linux",
            processes=None,
        )


class Zygote:
    """One process in bubblewrap that has imported torch; each box is a fork of it behind its own wall."""

    def __init__(self, plan):
        self.plan, self.process, self.pid = plan, None, None
        self.begin()

    def begin(self):
        """Starts it, which takes a few seconds: `wait` for it."""
        command = wrapped(self.plan, nested=True) + python()
        self.process, self.control, self.log = start(command, environment(INSIDE, HOME))
        user = self.plan.user if is_root() else None
        Wire(self.control.fileno(), self.control.fileno()).send(
            settings(self.plan, zygote=True, user=user, own_user=not is_root())
        )

    def wait(self):
        """Until it is ready to fork."""
        self.control.settimeout(START + 60)
        try:
            answer = self.control.recv(1)
        except OSError:
            answer = b""
        if answer != b"r":
            self.close()
            raise BoxError(f"the process that forks boxes did not start: {said(self.log)}")
        self.control.settimeout(10)
        self.pid = tree.descendants(self.process.pid)[-1]

    def again(self):
        self.close()
        self.begin()
        self.wait()

    def box(self):
        if self.pid is None:
            self.wait()
        ours, theirs = socket.socketpair()
        try:
            socket.send_fds(self.control, [b"f"], [theirs.fileno()])
        except OSError:
            raise BoxError("the process that forks boxes is gone") from None
        theirs.close()
        box = Box(ours, lambda: tree.descendants(self.pid), self.exit_code)
        return ready(box, tempfile.TemporaryFile()).bound(self.plan)

    def exit_code(self):
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
            raise BoxError("the process that forks boxes is gone") from None

    def busy(self):
        """Whether something of a submission is left."""
        return bool(tree.descendants(self.pid))

    def close(self):
        if self.process:
            tree.end(lambda: [*tree.descendants(self.process.pid), self.process.pid])
            self.process.wait()
            self.control.close()
            self.process, self.pid = None, None


def of_process(process, connection, others, folder=None):
    """The Box of a process that was started for it. others: children that this process had before."""

    def exit_code():
        try:
            code = process.wait(MOMENT)
        except subprocess.TimeoutExpired:
            tree.end(pids)
            code = process.wait()
        return code - 256 if code > 128 + 64 else 128 - code if code < 0 else code

    def pids():
        # what lost its parent is a child of this process now, when it adopts orphans
        heads = {process.pid, *tree.children(os.getpid())} - others
        return [pid for head in heads for pid in [*tree.descendants(head), head]]

    return Box(connection, pids, exit_code, folder)


def wait_until(true, seconds):
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.005)


def own_user():
    """A number that no other user has and no other checker at work; in a container with few numbers, no other checker started soon after."""
    number = (1 << 20) + os.getpid()
    return number if known_here(number) else 61184 + os.getpid() % 4096


def known_here(user):
    """Whether this user namespace has a user of this number."""
    try:
        ranges = [
            list(map(int, line.split()))
            for line in Path("/proc/self/uid_map").read_text().splitlines()
        ]
    except FileNotFoundError:
        return True
    return any(first <= user < first + count for first, _, count in ranges)


def most_processes(namespace):
    """The limit on processes for the student's user. Where that is the one who grades, those that run already count too: always
    without a user namespace, with one on kernels before 5.14."""
    newer = tuple(map(int, re.findall(r"\d+", platform.release())[:2])) >= (5, 14)
    return PROCESSES if is_root() or namespace and newer else PROCESSES + tree.tasks_of(os.getuid())


def other_user(user):
    """The user for the student's code when root grades, None where that user could not read the interpreter."""
    if not is_root():
        return None
    folders = {
        folder
        for path in [*interpreter(), Path(tempfile.gettempdir())]
        for folder in [path, *path.parents]
    }
    return user if all(folder.stat().st_mode & 0o001 for folder in folders) else None


# --- bubblewrap's command


def interpreter():
    """The folders of the Python that runs this, with what is installed in it."""
    return [
        path
        for path in dict.fromkeys(
            Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix)
        )
        if path != Path("/usr")
    ]


def hidden():
    """An installed copy of the course's library among the packages, which no answer may read."""
    packages = Path(sysconfig.get_path("purelib"))
    return [path for path in (packages / "utils", packages / "grader") if path.is_dir()]


def credentials():
    """Files of package installers beside the interpreter, which can hold passwords."""
    return [
        path
        for folder in interpreter()
        for name in ("pip.conf", ".condarc", "condarc")
        if (path := folder / name).is_file()
    ]


def refused(nested):
    """What bubblewrap says when it can make no namespaces on this machine, or what runs in it none of its own; None when it can."""
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


def namespaces(nested):
    """bubblewrap with namespaces and without rights, but those that are needed to change the user or to make boxes inside."""
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


def wrapped(plan, nested):
    """bubblewrap, up to the program. nested: what runs inside makes boxes of its own."""
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
