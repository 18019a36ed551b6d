"""The command `test`."""

import os
import platform
import re
import shutil

from bootstrap import affected
from bootstrap.console import say
from bootstrap.process import HERE, environment, go_home, hand_over, needs_folder, python_of
from bootstrap.setup import set_up

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chrome"]
GET_BROWSER = {
    "Darwin": "brew install --cask chromium",
    "Windows": "winget install Google.Chrome",
    "Linux": "sudo apt install chromium",
}
BY_HAND = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "-s", "--capture=no")


def test(arguments: list[str]) -> int:
    """Runs the tests of the course.

    usage: {call} test [--fast] [--changed[=REVISION]] [anything pytest knows]

    For example: {call} test tests/pruning -k ties
    --fast      without the tests that run a box, a browser, a whole notebook or a long experiment
    --changed   what depends on the files that differ from HEAD, or from REVISION

    The browser tests need Chromium, and those of grading a box for submissions (on Linux,
    bubblewrap). Without them they are skipped, and the summary says so.
    """
    needs_folder("tests", "test")
    fast, since, arguments = options(go_home(arguments))
    chosen, line = affected.choice(HERE, fast, since)
    if line:
        say(line)
    if chosen is None:
        return 0
    set_up("test")
    if find_browser() is None:
        say(
            "No Chromium or Chrome was found, so the tests in a browser cannot run. To get it: "
            + how_to_get_browser()
        )
    if platform.system() == "Linux" and not shutil.which("bwrap"):
        say(
            "No bubblewrap was found, so the tests of grading in its boxes cannot run. To get it: "
            "sudo apt install bubblewrap"
        )
    return hand_over(pytest_command(chosen + arguments), environment())


def options(arguments: list[str]) -> tuple[bool, str | None, list[str]]:
    """(whether --fast is there, the revision of --changed or None, all other arguments)"""
    since = None
    for argument in arguments:
        name, _, revision = argument.partition("=")
        if name == "--changed":
            since = revision or "HEAD"
    others = [word for word in arguments if word.partition("=")[0] not in ("--fast", "--changed")]
    return "--fast" in arguments, since, others


def find_browser() -> str | None:
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def how_to_get_browser() -> str:
    return GET_BROWSER.get(platform.system(), GET_BROWSER["Linux"])


def pytest_command(arguments: list[str]) -> list[str]:
    """pytest on every core, unless the arguments say how (--pdb and -s need a single process)."""
    if not any(
        argument.split("=")[0] in BY_HAND or argument in BY_HAND or re.match(r"-n\w+$", argument)
        for argument in arguments
    ):
        # One more than there are cores, for some tests wait: for a box, a server, a time limit.
        # Each process loads torch and the browser tests a JupyterLab: more than 8 gain nothing.
        workers = min((os.cpu_count() or 1) + 1, 8)
        arguments = ["-n", str(workers), "--dist", "loadgroup", *arguments]
    # -rs: the summary says what was skipped and why
    return [python_of(), "-m", "pytest", "-rs", *arguments]
