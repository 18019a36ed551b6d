"""The doctor's rows on the packages of the course: which are there, and whether they work.

Nothing but the standard library is imported at the top: a missing package is a row, not a crash.
"""

import importlib.metadata
import json
import os
import subprocess
import sys
import time
import tomllib
from functools import cache
from typing import Any

from bootstrap.console import CALL
from bootstrap.process import HERE
from bootstrap.rows import Row, how_to_install, in_venv
from bootstrap.testing import find_browser, how_to_get_browser

SLOW = 500  # milliseconds for a product that takes a few


@cache
def project() -> dict[str, Any]:
    """pyproject.toml, the one list of what the course needs."""
    return tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def environment_row() -> Row:
    if in_venv():
        return Row("Environment", "the course's .venv")
    try:
        importlib.metadata.version(project()["name"])
    except importlib.metadata.PackageNotFoundError:
        found = f"{sys.prefix}: the course is not installed here"
        return Row("Environment", found, False, f"close this and start the course with: {CALL} lab")
    found = f"{sys.prefix}, not the course's .venv, but the course is installed in it"
    return Row("Environment", found)


def package_row(text: str, optional: str = "") -> Row:
    """Is the requirement, such as "numpy>=2", met? optional: who needs it, if not all do."""
    name, allows = parsed(text)
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        if optional:
            return Row(name, f"not installed: {optional}")
        return Row(name, "not installed", False, how_to_install(text))
    if not allows(version):
        return Row(name, f"{version}, but the course needs {text}", False, how_to_install(text))
    return Row(name, version)


def parsed(text: str) -> tuple[str, Any]:
    """(the name in a requirement, a function that says whether a version meets it)"""
    try:
        from packaging.requirements import Requirement
    except ImportError:  # packaging itself comes with the course
        return text.split(">")[0].split("=")[0].split("<")[0].strip(), lambda version: True
    requirement = Requirement(text)
    return requirement.name, lambda one: requirement.specifier.contains(one, prereleases=True)


def package_rows() -> list[Row]:
    lists = project()["optional-dependencies"]
    rows = [package_row(text) for text in project()["dependencies"] + lists["student"]]
    own = [text for text in lists["test"] if not text.startswith(project()["name"])]
    return rows + [package_row(text, "only the tests need it") for text in own]


def broken(what: str, found: str, package: str) -> Row:
    """The row of a package that is there and does not work."""
    lists = project()["dependencies"] + project()["optional-dependencies"]["student"]
    requirement = next(text for text in lists if text.startswith(package))
    return Row(what, found.split("\n")[0], False, how_to_install(requirement, again=True))


def torch_row() -> Row:
    """A small product: right, and not unreasonably slow (it takes a few milliseconds)."""
    what = "torch works"
    try:
        import torch
    except Exception as problem:
        return broken(what, f"import failed: {problem}", "torch")
    threads = torch.get_num_threads()
    left = torch.arange(512 * 512, dtype=torch.float32).reshape(512, 512) % 7
    identity = torch.eye(512)
    left @ identity  # the first call prepares the library
    start = time.perf_counter()
    product = left @ identity
    milliseconds = 1000 * (time.perf_counter() - start)
    if not torch.equal(product, left):
        return broken(what, "a matrix product is wrong", "torch")
    found = f"product of 512 x 512 matrices in {milliseconds:.1f} ms"
    found += f" with {threads} thread{'s' * (threads > 1)}"
    slow = "slow: close other programs, or set OMP_NUM_THREADS=1 before the start"
    return Row(what, found, True, slow if milliseconds > SLOW else "")


def widget_row() -> Row:
    what = "Sliders and figures"
    try:
        import anywidget  # FigureWidget needs it and says so only when it is made
        import plotly.graph_objects as go

        go.FigureWidget(data=[go.Bar(y=[1, 2])])
    except Exception as problem:
        return broken(what, f"{type(problem).__name__}: {problem}", "anywidget")
    return Row(what, f"plotly's FigureWidget on anywidget {anywidget.__version__}")


def browser_row() -> Row:
    if found := find_browser():
        return Row("Chromium", found)
    fix = f"to get one: {how_to_get_browser()}"
    return Row("Chromium", "not found: only the tests in a browser need it", True, fix)


def box_rows() -> list[Row]:
    """In which boxes submissions can be graded here: it is tried, which takes some seconds."""
    what = "Boxes for grading"
    if not (HERE / "grader" / "selftest").is_dir():
        return []
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader.selftest.canaries"],
        env=os.environ | {"PYTHONPATH": str(HERE)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        problem = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        return [Row(what, f"testing them failed: {problem}", False, f"{CALL} doctor --repair")]
    return [Row(*row) for row in json.loads(done.stdout)]
