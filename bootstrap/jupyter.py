"""The command `lab`: JupyterLab on the course, with the course's settings."""

import os
import socket
from itertools import zip_longest
from pathlib import Path
from urllib.parse import quote

from bootstrap.console import WINDOWS, Stop, say
from bootstrap.process import HERE, environment, go_home, hand_over, python_of
from bootstrap.setup import set_up

START_PAGE = "lectures/00_start_here.ipynb"
QUIET = ["--log-level=WARN", "--LabApp.log_level=WARN"]  # the address and warnings, no more


def lab(arguments: list[str]) -> int:
    """Opens the course in JupyterLab, at its first lecture.

    usage: {call} lab [--instructor] [--port N] [--no-browser] [NOTEBOOK] [options of JupyterLab]

    --instructor   with nbgrader's Formgrader and Create Assignment
    --port N       at this port; without it, the first free one from 8888 up
    --no-browser   opens no browser: copy the address that is printed
    NOTEBOOK       opens this notebook instead of the first lecture

    Ctrl-C in this window, twice, ends it.
    """
    instructor = "--instructor" in arguments
    arguments = go_home([argument for argument in arguments if argument != "--instructor"])
    set_up("student")
    if instructor:
        (HERE / "grading").mkdir(exist_ok=True)  # formgrader opens its gradebook there
    arguments = at_that_port(arguments)
    if not any("log" in one and "level" in one or one == "--debug" for one in arguments):
        arguments += QUIET
    say("Starting JupyterLab. To stop it, press Ctrl-C twice in this window.")
    return hand_over(*jupyter_command(HERE, instructor, arguments))


def jupyter_command(
    root: Path, instructor: bool, arguments: list[str]
) -> tuple[list[str], dict[str, str]]:
    """The command line and environment that start JupyterLab on the course folder `root`.

    root: this folder or a copy of it elsewhere (the packages and settings/ are always those of
    this one). instructor: with nbgrader's tools for instructors. arguments: passed on. Start it
    with root as the working directory.
    """
    root = Path(root).resolve()
    argv = [python_of(), "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    if not WINDOWS and os.geteuid() == 0 and "--allow-root" not in arguments:
        argv.append("--allow-root")
    # The page is opened by its address, so that the address that is printed leads to it as well.
    page = next((one for one in arguments if is_page(one, root)), None)
    if page or (root / START_PAGE).exists():
        path = (root / (page or START_PAGE)).resolve().relative_to(root).as_posix()
        argv.append("--LabApp.default_url=/lab/tree/" + quote(path))
    argv += [argument for argument in arguments if argument != page]

    env = environment()
    settings = str(HERE / "settings" / ("instructor" if instructor else "student"))
    theirs = env.get("JUPYTER_CONFIG_PATH")
    env["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [settings, theirs]))
    env["JUPYTER_PREFER_ENV_PATH"] = "1"
    # The user's open tabs and preferences of other projects stay theirs, those made here stay here.
    own = root / ".course" / "jupyterlab"
    env.setdefault("JUPYTERLAB_WORKSPACES_DIR", str(own / "workspaces"))
    env.setdefault("JUPYTERLAB_SETTINGS_DIR", str(own / "settings"))
    return argv, env


def is_page(argument: str, root: Path) -> bool:
    """True for a file or folder inside the course."""
    path = root / argument
    return not argument.startswith("-") and root in path.resolve().parents and path.exists()


def at_that_port(arguments: list[str]) -> list[str]:
    """The arguments; where a port is named, that one and no other. Stop when it is in use.

    Without a named port JupyterLab itself tries the next ones.
    """
    port = None
    for one, after in zip_longest(arguments, arguments[1:], fillvalue=""):
        name, equals, value = one.partition("=")
        if name in ("--port", "--ServerApp.port"):
            port = value if equals else after
    if port is None:
        return arguments
    if port.isdigit() and answers(int(port)):
        raise Stop(
            f"Port {port} is in use by another program, perhaps another JupyterLab. Close it, or "
            f"leave out --port {port} to use a free port."
        )
    return [*arguments, "--ServerApp.port_retries=0"]


def answers(port: int) -> bool:
    """True when a program on this computer listens at the port."""
    try:
        socket.create_connection(("localhost", port), timeout=1).close()
    except (OSError, OverflowError):
        return False
    return True
