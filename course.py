#!/usr/bin/env python3
"""The one door to the course.

    python3 course.py lab          open the course in JupyterLab
    python3 course.py test         run the tests
    python3 course.py release      instructors: make the students' labs from the solutions
    python3 course.py collect LAB  instructors: take in submissions downloaded from Canvas or Moodle
    python3 course.py grade LAB    instructors: grade every submission of a lab
    python3 course.py doctor       look at this computer and say what is missing

Python 3.11 or newer is all it needs. The first command makes the folder .venv beside this file and
installs the course into it; later commands start at once. Everything stays inside this folder.
"""

# Only the standard library: this file runs before anything is installed. It uses no syntax newer than
# Python 3.6, so that an old Python can still read it and say what is wrong.
import contextlib
import errno
import hashlib
import json
import os
import platform
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
WINDOWS = os.name == "nt"
CALL = "py course.py" if WINDOWS else "python3 course.py"
OLDEST_PYTHON = (3, 11)
EXTRAS = ["student", "instructor", "test"]  # of pyproject.toml; each contains the ones before it
GIGABYTE = 1e9
SPACE_FIRST = 2.5 * GIGABYTE  # for a first install
SPACE_MORE = 0.5 * GIGABYTE  # for a few packages more
FIRST_PORT = 8888
START_PAGE = "lectures/00_start_here.ipynb"
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chrome"]


class Stop(Exception):
    """A foreseeable problem. Its text says what happened and what to do; the user sees that text alone."""


class NoNetwork(Stop):
    """pip could not reach the packages."""


def say(text=""):
    print(text, flush=True)


def check_python(version=None):
    version = version or sys.version_info[:3]
    if tuple(version[:2]) < OLDEST_PYTHON:
        found = ".".join(str(part) for part in version)
        raise Stop(
            "The course needs Python {}.{} or newer, this is {} ({}). Install a newer one from "
            "python.org and type the command again with it, for example: python3.12 course.py lab".format(
                OLDEST_PYTHON[0], OLDEST_PYTHON[1], found, sys.executable
            )
        )


# ---------------------------------------------------------------- JupyterLab's command and surroundings


def bin_folder(venv):
    return venv / ("Scripts" if WINDOWS else "bin")


def python_of(course=HERE):
    """The Python of the course's .venv."""
    venv = course / ".venv"
    if Path(sys.prefix).resolve() == venv.resolve():
        return sys.executable
    return str(bin_folder(venv) / ("python.exe" if WINDOWS else "python"))


def environment():
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


def jupyter_command(root, instructor, arguments):
    """The command line and environment that start JupyterLab on the course folder `root`.

    root: Path, this folder or a copy of it elsewhere (the packages and settings/ are always those beside
    this file). instructor: bool, with nbgrader's tools for instructors. arguments: list of str, passed on.
    Returns (argv: list of str, env: dict). Start it with root as the working directory.
    """
    root = Path(root).resolve()
    argv = [python_of(), "-m", "jupyterlab", "--ServerApp.root_dir=" + str(root)]
    if not WINDOWS and os.geteuid() == 0 and "--allow-root" not in arguments:
        argv.append("--allow-root")
    # The page is opened by its address, so that the address that is printed leads to it as well.
    page = next(
        (
            argument
            for argument in arguments
            if not argument.startswith("-")
            and root in (root / argument).resolve().parents
            and (root / argument).exists()
        ),
        None,
    )
    if page or (root / START_PAGE).exists():
        path = (root / (page or START_PAGE)).resolve().relative_to(root).as_posix()
        argv.append("--LabApp.default_url=/lab/tree/" + quote(path))
    argv += [argument for argument in arguments if argument != page]

    env = environment()
    settings = str(HERE / "settings" / ("instructor" if instructor else "student"))
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [settings, env.get("JUPYTER_CONFIG_PATH")])
    )
    env["JUPYTER_PREFER_ENV_PATH"] = "1"
    # The user's open tabs and preferences of other projects stay theirs, and those made here stay here.
    own = root / ".course" / "jupyterlab"
    env.setdefault("JUPYTERLAB_WORKSPACES_DIR", str(own / "workspaces"))
    env.setdefault("JUPYTERLAB_SETTINGS_DIR", str(own / "settings"))
    return argv, env


# ---------------------------------------------------------------- .venv: is it there, is it whole, is it ours


def stamp_file(course):
    """What the last complete install was. Absent: there was none."""
    return course / ".venv" / "course-installed.json"


def marker_file(course):
    """Exists while .venv is being changed. Found later, it says the change was interrupted."""
    return course / ".venv" / "course-install-running.json"


def log_file(course):
    return course / ".venv" / "course-install.log"


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def write_json(path, content):
    """Writes the file whole or not at all."""
    new = path.with_name(path.name + ".new")
    new.write_text(json.dumps(content), encoding="utf-8")
    os.replace(str(new), str(path))


def list_of_needs(course):
    """A short name for the content of pyproject.toml: it changes when the file does."""
    try:
        return hashlib.sha256((course / "pyproject.toml").read_bytes()).hexdigest()
    except FileNotFoundError:
        raise Stop(
            "pyproject.toml is not beside course.py in {}. Get a complete copy of the course.".format(
                course
            )
        )


def has_extra(stamp, extra):
    return stamp.get("extra") in EXTRAS and EXTRAS.index(stamp["extra"]) >= EXTRAS.index(extra)


def is_installed(course, extra):
    """True when the last complete install covers what is asked and nothing has changed since."""
    stamp = read_json(stamp_file(course))
    return (
        has_extra(stamp, extra)
        and stamp.get("pyproject") == list_of_needs(course)
        and not marker_file(course).exists()
        and why_rebuild(course) is None
    )


def installed_names(course):
    """What lies in the folder where pip installs, by name."""
    library = (
        course / ".venv" / ("Lib" if WINDOWS else "lib/python{}.{}".format(*sys.version_info[:2]))
    )
    try:
        return sorted(
            name for name in os.listdir(str(library / "site-packages")) if name != "__pycache__"
        )
    except FileNotFoundError:
        return []


def why_rebuild(course):
    """Why .venv cannot be used as it is: a sentence, or None."""
    venv = course / ".venv"
    marker = marker_file(course)
    if marker.exists():
        # pip changes nothing before it has everything. A set-up that ended before that point did no harm.
        if read_json(marker).get("names") != installed_names(course):
            return "The last set-up was interrupted half-way"
    try:
        text = (venv / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return "The folder .venv is not complete"
    made_by = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", text, re.MULTILINE)
    if made_by and tuple(int(part) for part in made_by.groups()) != sys.version_info[:2]:
        return "The folder .venv was made by Python {}.{}, this is {}.{}".format(
            *(made_by.groups() + sys.version_info[:2])
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
        return "The Python inside the folder .venv does not run (any more)"
    return None


def is_foreign(venv):
    """True for a .venv that is no virtual environment: somebody's own folder or file, not to be touched."""
    if not venv.exists() and not venv.is_symlink():
        return False
    if not venv.is_dir() or venv.is_symlink():
        return True
    # The marker is written before anything else, so a half-made .venv of ours is known by it.
    known = ["pyvenv.cfg", "course-install-running.json"]
    return any(venv.iterdir()) and not any((venv / name).exists() for name in known)


def throw_away(course):
    """Deletes .venv. It is moved first, so that an interrupted deletion leaves no half .venv behind."""
    rubbish = course / ".course" / "old-venv"
    try:
        if rubbish.exists():
            shutil.rmtree(str(rubbish))
        if (course / ".venv").exists():
            os.rename(str(course / ".venv"), str(rubbish))
            shutil.rmtree(str(rubbish))
    except OSError as problem:
        raise Stop(
            "The folder .venv cannot be replaced ({}). Close JupyterLab and every program that runs "
            "from it, then type the command again.".format(problem.strerror)
        )


# ---------------------------------------------------------------- one set-up at a time


def try_lock(file):
    """True when the lock is ours. The system frees it when its last holder ends, however it ends."""
    try:
        if WINDOWS:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        # Some network file systems have no locks: then go on without one.
        return problem.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
    return True


def is_being_set_up(course):
    """True while another course.py (or the pip it started) is at work on this folder."""
    try:
        with open(str(course / ".course" / "set-up.lock"), "a") as file:
            return not try_lock(file)
    except OSError:
        return False


@contextlib.contextmanager
def alone(course):
    """Holds the lock of this course folder; waits for another course.py that has it."""
    folder = course / ".course"
    try:
        folder.mkdir(exist_ok=True)
        file = open(str(folder / "set-up.lock"), "a")
    except OSError as problem:
        raise Stop(
            "The course cannot write into its folder {} ({}). Copy the whole folder to a place of your "
            "own, for example your home folder, and type the command there.".format(
                course, problem.strerror
            )
        )
    with file:
        if not try_lock(file):
            say("Another course.py is setting up this folder; waiting for it to finish ...")
            while not try_lock(file):
                time.sleep(0.5)
        yield file


# ---------------------------------------------------------------- running pip and saying how it goes


class Progress:
    """Reads pip's lines and says in one line what it is doing."""

    def __init__(self, course):
        self.course = course
        self.start = self.said = time.monotonic()
        self.terminal = sys.stdout.isatty()
        self.names = set()
        self.doing = "making .venv"
        self.before = self.total = 0

    def read(self, line):
        """Takes one line of pip's output. Returns True at the line after which pip changes .venv."""
        collecting = re.match(r"\s*(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line)
        wheel = re.match(
            r"\s*(Downloading|Using cached|Processing) \S*?([\w.]+)-[^/\\\s]*\.(?:whl|tar\.gz)"
            r"(?: \(([\d.]+ \w?B)\))?",
            line,
        )
        if collecting:
            self.names.add(collecting.group(1).lower())
            self.doing = "looking for what {} needs".format(collecting.group(1))
        elif wheel:
            self.names.add(wheel.group(2).lower())
            verb = "downloading" if wheel.group(1) == "Downloading" else "reading"
            size = " ({})".format(wheel.group(3)) if wheel.group(3) else ""
            self.doing = "{} {}{}".format(verb, wheel.group(2), size)
        elif line.startswith("Installing collected packages:"):
            self.total = line.count(",") + 1
            self.before = self.count()
            self.doing = "installing"
            self.show(now=not self.terminal)
            return True
        return False

    def count(self):
        return sum(name.endswith(".dist-info") for name in installed_names(self.course))

    def text(self):
        seconds = int(time.monotonic() - self.start)
        clock = "{}:{:02d}".format(seconds // 60, seconds % 60)
        if self.total:
            done = min(max(self.count() - self.before, 0), self.total)
            bar = ("#" * (20 * done // self.total)).ljust(20, ".")
            return "{}  installing {} packages [{}] {}".format(clock, self.total, bar, done)
        if self.names:
            return "{}  packages found: {}; {}".format(clock, len(self.names), self.doing)
        return "{}  {}".format(clock, self.doing)

    def show(self, now=False):
        """On a terminal the line is rewritten in place; elsewhere a new one comes every 20 seconds."""
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stdout.write("\r" + ("  " + self.text())[:width].ljust(width))
            sys.stdout.flush()
        elif now or time.monotonic() - self.said > 20:
            self.said = time.monotonic()
            say("  " + self.text())

    def end(self):
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stdout.write("\r" + " " * width + "\r")
            sys.stdout.flush()


def run(argv, course, lock, progress, on_change=None):
    """Runs a program of the set-up; its output goes to the log and to `progress`.

    Calls on_change() before pip changes .venv. Returns (exit code, list of output lines).
    """
    env = environment()
    env.update(PYTHONUNBUFFERED="1", PYTHONIOENCODING="utf-8", PIP_USER="0")
    options = {}
    if not WINDOWS:
        # pip keeps the lock as well: should this process be killed, the next one waits until pip has ended.
        # In a session of its own it does not see Ctrl-C; we pass it on, once, so that pip tidies up.
        options = {"pass_fds": [lock.fileno()], "start_new_session": True}
    process = subprocess.Popen(
        argv,
        env=env,
        cwd=str(course),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **options,
    )
    lines, arrived = [], queue.Queue()

    def listen():
        for raw in process.stdout:
            arrived.put(raw.decode("utf-8", "replace").rstrip())
        arrived.put(None)

    threading.Thread(target=listen, daemon=True).start()
    try:
        with open(str(log_file(course)), "a", encoding="utf-8") as log:
            while True:
                try:
                    line = arrived.get(timeout=0.5)
                except queue.Empty:
                    progress.show()
                    continue
                if line is None:
                    break
                if progress.read(line) and on_change:
                    on_change()
                log.write(line + "\n")
                log.flush()
                lines.append(line)
                progress.show()
        return process.wait(), lines
    finally:
        if process.poll() is None:
            stop_process(process)
        progress.end()


def stop_process(process):
    if not WINDOWS:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


WHAT_WENT_WRONG = [  # what pip says, and what that means
    (
        r"No space left|Errno 28\b|WinError 112\b",
        Stop,
        "There is no space left on the disk. Free about {space:.1f} GB (pip also uses the folder for temporary "
        "files) and type the command again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        NoNetwork,
        "The connection to the packages is not trusted: check the clock of this computer, or ask whoever runs "
        'your network for its certificate (pip\'s setting is called "cert").',
    ),
    (
        r"name resolution|getaddrinfo failed|nodename nor servname|NewConnectionError|ConnectTimeoutError|"
        r"Network is unreachable|Read timed out|ReadTimeoutError|Connection (?:refused|reset|aborted)|ProxyError|"
        r"IncompleteRead|incomplete-download|Max retries exceeded",
        NoNetwork,
        "The packages could not be reached: no network, or a proxy that pip does not know. Check the "
        "connection and type the command again: it goes on where it stopped.",
    ),
    (
        r"Long Path support",
        Stop,
        "A path became too long for Windows. Move the course to a short one, such as C:\\course, and type the "
        "command again.",
    ),
    (
        r"being used by another process|WinError 32\b|WinError 5\b|Access is denied",
        Stop,
        "A file in .venv is in use. Close JupyterLab and type the command again.",
    ),
    (
        r"Permission denied|PermissionError|Read-only file system",
        Stop,
        "A file may not be written. Copy the whole course folder to a place of your own and type the command there.",
    ),
    (
        r"No matching distribution|Could not find a version",
        Stop,
        "Where pip looks there is no build of a package for this computer (Python {python}, {machine}). Another "
        "Python may help: a 64-bit one, 3.11 or newer but not the newest. (For Macs with an Intel processor there is "
        "no build of torch any more.)",
    ),
    (
        r"ensurepip",
        Stop,
        "This Python cannot make virtual environments. On Debian and Ubuntu: sudo apt install python{minor}-venv",
    ),
]


def explain(lines, course, space):
    """The sentence for a failed set-up, from pip's last lines."""
    text = "\n".join(lines[-60:])
    for pattern, kind, sentence in WHAT_WENT_WRONG:
        if re.search(pattern, text):
            shown = [line for line in lines if re.search(pattern, line)][-1:]
            break
    else:
        kind, sentence, shown = (
            Stop,
            "The set-up failed; the lines above are the last it said.",
            lines[-12:],
        )
    for line in shown:
        say("  | " + line.strip()[:200])
    sentence = sentence.format(
        space=space / GIGABYTE,
        python=platform.python_version(),
        minor="{}.{}".format(*sys.version_info[:2]),
        machine=platform.system() + " " + platform.machine(),
    )
    return kind("{}\n(All of it: {})".format(sentence, log_file(course)))


def check_space(course, space):
    free = shutil.disk_usage(str(course)).free
    if free < space:
        raise Stop(
            "The disk has {:.1f} GB free, the course needs about {:.1f} GB. Free some space (or move the "
            "course folder to a larger disk) and type the command again.".format(
                free / GIGABYTE, space / GIGABYTE
            )
        )


def check_venv_module():
    from importlib.util import find_spec

    if find_spec("ensurepip") is None or find_spec("venv") is None:
        raise Stop(
            "This Python cannot make virtual environments: its parts venv and ensurepip are missing. "
            "On Debian and Ubuntu: sudo apt install python{}.{}-venv".format(*sys.version_info[:2])
        )


def venv_command(venv):
    # Inside a virtual environment the Python below it is asked, so that .venv may replace itself.
    base = getattr(sys, "_base_executable", None) or sys.executable
    return [base, "-m", "venv", "--prompt", "course", str(venv)]


def set_up(extra, course=HERE, anew=False, pip=None, make_venv=venv_command):
    """Makes .venv ready for `extra`; does nothing when it is, unless it is to be made anew.

    pip and make_venv say how pip is started and .venv is made; tests give others.
    """
    if not anew and not is_foreign(course / ".venv") and is_installed(course, extra):
        return
    with alone(course) as lock:
        if is_foreign(course / ".venv"):
            raise Stop(
                "There is a .venv in {} that is not a virtual environment, so the course does not touch "
                "it. Rename it and type the command again.".format(course)
            )
        if anew:
            check_venv_module()
            throw_away(course)
        elif is_installed(course, extra):  # meanwhile, by another course.py
            return
        try:
            install(extra, course, lock, pip, make_venv)
        except OSError as problem:
            raise explain(["ERROR: {}".format(problem)], course, SPACE_FIRST)


def install(extra, course, lock, pip, make_venv):
    """Makes .venv if there is none that can be used, and has pip install the course into it."""
    venv, marker = course / ".venv", marker_file(course)
    is_there = venv.exists() and any(venv.iterdir())
    reason = why_rebuild(course) if is_there else None
    if reason:
        say(reason + "; it is built again.")
    keep = is_there and not reason
    if not keep:
        check_venv_module()
        throw_away(course)
    before = read_json(stamp_file(course))
    if has_extra(before, extra):
        extra = before["extra"]  # what was installed once stays
    space = SPACE_MORE if before else SPACE_FIRST
    check_space(course, space)
    if before:
        say("Bringing the packages of the course up to date.")
    else:
        say("Setting up the course in {}: about 2 GB and some minutes, this once.".format(venv))
    say("(Ctrl-C stops it; the same command goes on later.)")

    progress = Progress(course)
    if not keep:
        venv.mkdir(exist_ok=True)
        write_json(marker, {"names": None})
        code, lines = run(make_venv(venv), course, lock, progress)
        if code != 0:
            raise explain(lines, course, space)

    if pip is None:
        pip = [python_of(course), "-m", "pip"]
        if "pip" not in installed_names(course):  # a .venv made by uv has none
            run([python_of(course), "-m", "ensurepip"], course, lock, progress)
    write_json(marker, {"names": installed_names(course)})
    progress.doing = "looking for the packages"
    command = pip + [
        "install",
        "--no-input",
        "--progress-bar",
        "off",
        "--disable-pip-version-check",
        "--editable",
        ".[{}]".format(extra),
    ]
    code, lines = run(
        command, course, lock, progress, on_change=lambda: write_json(marker, {"names": None})
    )
    if code == 0:
        write_json(stamp_file(course), {"extra": extra, "pyproject": list_of_needs(course)})
        marker.unlink()
        say("Done in {:.0f} s.".format(time.monotonic() - progress.start))
        return

    problem = explain(lines, course, space)
    if read_json(marker).get("names") != installed_names(course):
        raise problem  # the marker stays: .venv is half-made
    marker.unlink()
    if not before:
        raise problem
    sentence = "{}\nWhat was installed before still works.".format(problem)
    if isinstance(problem, NoNetwork) and has_extra(before, extra):
        say(sentence + " Going on with it.")
        return
    raise type(problem)(sentence)


# ---------------------------------------------------------------- the commands


def hand_over(argv, env):
    """Ends this program and runs another in its place, so that Ctrl-C goes to it. Returns its exit code."""
    sys.stdout.flush()
    if not WINDOWS:
        os.execve(argv[0], argv, env)
    process = subprocess.Popen(argv, env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass  # the other program got it too and knows what to do


def go_home(arguments):
    """Makes the course folder the working directory; paths among the arguments keep their meaning."""
    here = Path.cwd()
    if here != HERE:
        arguments = [
            str(here / argument)
            if not argument.startswith("-") and (here / argument.split("::")[0]).exists()
            else argument
            for argument in arguments
        ]
        os.chdir(str(HERE))
    return arguments


def value_of(option, arguments):
    """The value given to an option as "--port 8889", "--port=8889" or "--ServerApp.port=8889", or None."""
    found = None
    for here, after in zip(arguments, arguments[1:] + [None]):
        name, equals, value = here.partition("=")
        if name in ("--" + option, "--ServerApp." + option):
            found = value if equals else after
    return found


def is_free(port, host="localhost"):
    """True when a server could listen on the port, on every address that the host name stands for."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return True  # JupyterLab will say what is wrong with the name
    for family, kind, protocol, _, address in addresses:
        try:
            with socket.socket(family, kind, protocol) as trial:
                if WINDOWS:
                    trial.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
                else:
                    trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    trial.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                trial.bind(address)
        except OSError as problem:
            if problem.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
    return True


def with_port(arguments):
    """The arguments with a port that is free."""
    host = value_of("ip", arguments) or "localhost"
    host = None if host == "*" else host
    asked = value_of("port", arguments)
    if asked is not None:
        if asked.isdigit() and 0 < int(asked) < 65536 and not is_free(int(asked), host):
            raise Stop(
                "Port {0} is in use by another program, perhaps a JupyterLab that still runs. Close that, "
                "or leave out --port {0}: a free one is then found.".format(asked)
            )
        return arguments + ["--ServerApp.port_retries=0"]
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        if is_free(port, host):
            if port != FIRST_PORT:
                say(
                    "Port {} is in use by another program (perhaps another JupyterLab); using {}.".format(
                        FIRST_PORT, port
                    )
                )
            return arguments + ["--port={}".format(port)]
    raise Stop(
        "The ports {} to {} are all in use. Close some JupyterLabs, or name a free one: {} lab --port 9999".format(
            FIRST_PORT, FIRST_PORT + 99, CALL
        )
    )


def lab(arguments):
    """Opens the course in JupyterLab, at its first lecture.

    usage: {call} lab [--instructor] [--port N] [--no-browser] [NOTEBOOK] [anything JupyterLab knows]

    --instructor   with nbgrader's Formgrader and Create Assignment
    --port N       at this port; without it, the first free one from 8888 up
    --no-browser   opens no browser: copy the address that is printed
    NOTEBOOK       opens this notebook instead of the first lecture

    Ctrl-C in this window, twice, ends it.
    """
    instructor = "--instructor" in arguments
    arguments = go_home([argument for argument in arguments if argument != "--instructor"])
    set_up("instructor" if instructor else "student")
    if instructor:
        (HERE / "grading").mkdir(exist_ok=True)  # formgrader opens its gradebook there
    arguments = with_port(arguments)
    if not any(
        "log-level" in argument or "log_level" in argument or argument == "--debug"
        for argument in arguments
    ):
        arguments += [
            "--log-level=WARN",
            "--LabApp.log_level=WARN",
        ]  # the address and warnings, no more
    say("JupyterLab starts. Ctrl-C in this window, twice, ends it.")
    return hand_over(*jupyter_command(HERE, instructor, arguments))


def find_browser():
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_command(arguments):
    """pytest on every core, unless the arguments say how (--pdb and -s need a single process)."""
    by_hand = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "-s", "--capture=no")
    if not any(
        argument.split("=")[0] in by_hand or argument in by_hand or re.match(r"-n\w+$", argument)
        for argument in arguments
    ):
        # Each process loads torch and the browser tests a JupyterLab: more than 8 gain nothing.
        arguments = ["-n", "auto", "--maxprocesses", "8", "--dist", "loadgroup"] + arguments
    # -rs: the summary says what was skipped and why
    return [python_of(), "-m", "pytest", "-rs"] + arguments


def test(arguments):
    """Runs the tests of the course.

    usage: {call} test [anything pytest knows]

    For example: {call} test tests/pruning -k ties
    The browser tests need Chromium, and those of grading a box for submissions (on Linux, bubblewrap).
    Without them they are skipped, and the summary says so.
    """
    teaching_part("tests", "test")
    arguments = go_home(arguments)
    set_up("test")
    if find_browser() is None:
        way = {
            "Darwin": "brew install --cask chromium",
            "Windows": "winget install Google.Chrome",
        }.get(platform.system(), "sudo apt install chromium")
        say(
            "No Chromium or Chrome was found, so the tests in a browser cannot run. To get it: "
            + way
        )
    if platform.system() == "Linux" and not shutil.which("bwrap"):
        say(
            "No bubblewrap was found, so the tests of grading in its boxes cannot run. To get it: "
            "sudo apt install bubblewrap"
        )
    return hand_over(pytest_command(arguments), environment())


def release(arguments):
    """Makes the students' labs in labs/ from the solutions in solutions/. For instructors.

    usage: {call} release [LAB]
           {call} release --bundle

    For example: {call} release lab03_magnitude_pruning
    Without a LAB all are made. A lab is refused unless its reference earns every point and an untouched
    release none. --bundle writes the archive for a class: lectures, labs and library, no solutions.
    """
    return grading("release", arguments)


def collect(arguments):
    """Puts the notebooks of a download from Canvas or Moodle where grade reads them. For instructors.

    usage: {call} collect LAB FOLDER_OR_ZIP [--dry-run]

    Also for a folder of files LOGIN_LAB.ipynb, or of folders named by login. Each goes to
    grading/submitted/STUDENT/LAB/, with the time it was handed in; what was there before is kept.
    --dry-run writes nothing and says what would be done.
    """
    return grading("collect", arguments)


def grade(arguments):
    """Grades every submission of a lab: a table, marks, one feedback page a student, a CSV. For instructors.

    usage: {call} grade LAB
           {call} grade LAB --fill FILE.csv
           {call} grade --demo

    Submissions are in grading/submitted/STUDENT/LAB/; each runs in a box. --fill enters the marks into a
    copy of the CSV that you downloaded from Canvas or Moodle. --demo shows the whole cycle on a small class of
    example submissions.
    """
    return grading("grade", arguments)


def teaching_part(folder, what):
    """What instructors and developers have and a student's copy has not."""
    if not (HERE / folder).is_dir():
        raise Stop(
            "This is a student's copy of the course: it has no {}, and {} needs it.".format(
                folder, what
            )
        )


def grading(step, arguments):
    teaching_part("grader", step)
    arguments = go_home(arguments)
    set_up("instructor")
    return hand_over([python_of(), "-m", "grader", step] + arguments, environment())


def memory():
    """The computer's memory in bytes, or None."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        pass
    try:
        import ctypes

        kilobytes = ctypes.c_ulonglong()
        ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
        return kilobytes.value * 1024 or None
    except (AttributeError, OSError):
        return None


def state_of_venv(course=HERE):
    """(what is there, the line that fixes it or None)"""
    venv = course / ".venv"
    if is_foreign(venv):
        return "not a virtual environment, so not touched", "rename the folder .venv"
    if not venv.exists():
        return "not there yet", CALL + " lab"
    if is_being_set_up(course):
        return "being set up by another course.py right now", CALL + " doctor"
    rebuild = why_rebuild(course)
    stamp = read_json(stamp_file(course))
    if rebuild:
        return rebuild + "; it will be built again", CALL + " lab"
    if not stamp:
        return "its set-up has not finished", CALL + " lab"
    if stamp.get("pyproject") != list_of_needs(course):
        return "pyproject.toml has changed since it was made", CALL + " lab"
    return "complete (for: {})".format(stamp["extra"]), None


def pip_configuration():
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
        text = ""
    return re.sub(r"//[^/@\s]+@", "//***@", text).split("\n")


def doctor(arguments):
    """Looks at this computer and the course's set-up; for what is missing it names the line that fixes it.

    usage: {call} doctor [--repair]

    --repair   makes .venv anew first (close JupyterLab before)
    """
    if "--repair" in arguments:
        set_up(read_json(stamp_file(HERE)).get("extra", "student"), anew=True)
    total = memory()
    say("Python      {} ({})".format(platform.python_version(), sys.executable))
    say("System      {}".format(platform.platform()))
    say(
        "Processor   {} cores; memory {}".format(
            os.cpu_count(), "unknown" if total is None else "{:.1f} GB".format(total / GIGABYTE)
        )
    )
    say("Folder      {}; {:.1f} GB free".format(HERE, shutil.disk_usage(str(HERE)).free / GIGABYTE))
    found, fix = state_of_venv()
    say(".venv       {}".format(found))
    label = "pip         "
    for line in filter(None, pip_configuration()):
        say(label + line)
        label = "            "
    if fix:
        say("\nTo fix it, type: " + fix)
        return 1
    say()
    os.chdir(str(HERE))
    # -P: the files beside doctor.py must not stand in for packages of the same name.
    return hand_over([python_of(), "-P", str(HERE / "utils" / "doctor.py")], environment())


COMMANDS = {
    "lab": lab,
    "test": test,
    "release": release,
    "collect": collect,
    "grade": grade,
    "doctor": doctor,
}


def end_like_ctrl_c():
    """A closed window or a polite kill ends this program as Ctrl-C does, so that pip is stopped as well."""

    def interrupt(number, frame):
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, interrupt)


def help_for(command):
    import inspect

    return inspect.getdoc(command).format(call=CALL)


def main(arguments):
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # an old console must not fail over a letter in a path
    try:
        check_python()
        end_like_ctrl_c()
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            say(__doc__.strip().replace("python3 course.py", CALL))
            say("\nEach command has --help.")
            return 0
        name, rest = arguments[0], arguments[1:]
        if name not in COMMANDS:
            raise Stop(
                'There is no command "{}". The commands are: {}.'.format(name, ", ".join(COMMANDS))
            )
        if "-h" in rest or "--help" in rest:
            # These know their options best, once they are installed.
            if name not in ("release", "collect", "grade") or not is_installed(HERE, "instructor"):
                say(help_for(COMMANDS[name]))
                return 0
        return COMMANDS[name](rest)
    except Stop as problem:
        say("\n{}".format(problem))
        return 1
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):  # the window may be closed
            say("\nInterrupted; type the same command again: it goes on.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
