#!/usr/bin/env python3
"""The one door to the course.

    python3 course.py lab          open the course in JupyterLab
    python3 course.py check LAB    grade your own notebook of a lab
    python3 course.py test         run the tests
    python3 course.py release      instructors: make the students' labs from the solutions
    python3 course.py collect LAB  instructors: take in submissions downloaded from Canvas or Moodle
    python3 course.py due LAB      instructors: due dates, extensions, what being late costs
    python3 course.py grade LAB    instructors: grade every submission of a lab
    python3 course.py new ...        contributors: make a lecture, a lab or a method to start from
    python3 course.py doctor       look at this computer and say what is missing

Python 3.11 or newer is all it needs. The first command makes the folder .venv next to this file
and installs the course into it; later commands start at once. Everything stays inside this folder.
"""

# This file uses no syntax newer than Python 3.6, so that an old Python can still read it and say
# what is wrong. What it starts is in bootstrap/, which needs nothing but the standard library.
import contextlib
import importlib
import inspect
import io
import signal
import sys
from pathlib import Path

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

OLDEST_PYTHON = (3, 11)
COMMANDS = {  # command: the module of bootstrap/ that has it, as a function of that name
    "lab": "jupyter",
    "check": "grading",
    "test": "testing",
    "release": "grading",
    "collect": "grading",
    "due": "grading",
    "grade": "grading",
    "new": "new",
    "doctor": "doctor",
}


def too_old(version):
    """The sentence for a Python that is too old, or None."""
    if tuple(version[:2]) >= OLDEST_PYTHON:
        return None
    return (
        "The course needs Python {}.{} or newer, this is {} ({}). Install a newer one from "
        "python.org and run the command again with it, for example: python3.12 course.py lab"
    ).format(*(OLDEST_PYTHON + (".".join(str(part) for part in version[:3]), sys.executable)))


def command(name):
    """The function of a command: it takes the list of arguments and returns an exit code."""
    return getattr(importlib.import_module("bootstrap." + COMMANDS[name]), name)


def help_for(name):
    from bootstrap.console import CALL

    return (inspect.getdoc(command(name)) or "").format(call=CALL)


def run(name, arguments):
    from bootstrap.console import Stop
    from bootstrap.process import HERE
    from bootstrap.venv import is_installed

    if name not in COMMANDS:
        raise Stop(
            'There is no command "{}". The commands are: {}.'.format(name, ", ".join(COMMANDS))
        )
    # The grader knows its options best, once it is installed.
    passed_on = COMMANDS[name] == "grading" and is_installed(HERE, "student")
    if {"-h", "--help"} & set(arguments) and not passed_on:
        print(help_for(name))
        return 0
    return command(name)(arguments)


def end_like_ctrl_c():
    """A closed window or a polite kill ends this program as Ctrl-C does, so pip is stopped too."""

    def interrupt(number, frame):
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, interrupt)


def main(arguments):
    problem = too_old(sys.version_info)
    if problem:
        print("\n" + problem)
        return 1
    from bootstrap.console import CALL, Stop, say

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # an old console must not fail over a letter in a path
            stream.reconfigure(errors="replace")
    try:
        end_like_ctrl_c()
        if not arguments or arguments[0] in ("-h", "--help", "help"):
            say((__doc__ or "").strip().replace("python3 course.py", CALL))
            say("\nEach command has --help.")
            return 0
        return run(arguments[0], arguments[1:])
    except Stop as stop:
        say("\n" + str(stop))
        return 1
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):  # the window may be closed
            say("\nInterrupted. Run the same command again to continue.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
