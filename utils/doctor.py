"""Is this Python ready for the course? One row a fact; a row that is not ok names the line that fixes it.

    python3 course.py doctor        in a terminal
    from utils.doctor import report  in a notebook

Nothing is imported at the top but the standard library, so that a missing package is a row and not a crash.
"""

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

COURSE = Path(__file__).resolve().parents[1]
CALL = "py course.py" if os.name == "nt" else "python3 course.py"
GIGABYTE = 1e9


class Row(NamedTuple):
    """ok is True or False; fix is one line, empty when there is nothing to do. An optional thing that is
    missing is ok and still has its line."""

    what: str
    found: str
    ok: bool
    fix: str = ""


def project():
    """pyproject.toml, the one list of what the course needs."""
    import tomllib

    return tomllib.loads((COURSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def in_venv():
    return Path(sys.prefix).resolve() == (COURSE / ".venv").resolve()


def how_to_install(requirement, again=""):
    """The line that installs one package into the Python that runs now."""
    if in_venv():
        return f"{CALL} doctor --repair"
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f'{python} -m pip install {again}"{requirement}"'


def how_to_mend(name):
    """The same for a package that is there and does not work."""
    everything = project()["dependencies"] + project()["optional-dependencies"]["student"]
    return how_to_install(
        next(text for text in everything if text.startswith(name)),
        again="--force-reinstall --no-deps ",
    )


def python_row():
    needed = project()["requires-python"].removeprefix(">=")
    found = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info[:2] >= tuple(map(int, needed.split(".")))
    return Row(
        "Python", found, ok, "" if ok else f"install Python {needed} or newer from python.org"
    )


def environment_row():
    if in_venv():
        return Row("Environment", "the course's .venv", True)
    try:
        importlib.metadata.version(project()["name"])
    except importlib.metadata.PackageNotFoundError:
        return Row(
            "Environment",
            f"{sys.prefix}: the course is not installed here",
            False,
            f"close this and start the course with: {CALL} lab",
        )
    return Row(
        "Environment",
        f"{sys.prefix}, not the course's .venv, but the course is installed in it",
        True,
    )


def clean_path_row():
    """PYTHONPATH can put other versions of packages in front of the course's own."""
    found = os.environ.get("PYTHONPATH", "")
    if not found:
        return Row("PYTHONPATH", "not set", True)
    unset = "set PYTHONPATH=" if os.name == "nt" else "unset PYTHONPATH"
    return Row("PYTHONPATH", found, True, f"if imports behave strangely: {unset}")


def package_row(text, optional=""):
    """Is the requirement, such as "numpy>=2", met? optional says who needs it, if not everybody does."""
    try:
        from packaging.requirements import Requirement

        requirement = Requirement(text)
        name, allows = requirement.name, requirement.specifier.contains
    except ImportError:  # packaging itself comes with the course
        name = text.split(">")[0].split("=")[0].split("<")[0].strip()
        allows = lambda version, prereleases: True
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        if optional:
            return Row(name, f"not installed: {optional}", True)
        return Row(name, "not installed", False, how_to_install(text))
    if not allows(version, prereleases=True):
        return Row(name, f"{version}, but the course needs {text}", False, how_to_install(text))
    return Row(name, version, True)


def package_rows():
    lists = project()["optional-dependencies"]
    rows = [package_row(text) for text in project()["dependencies"] + lists["student"]]
    for extra, optional in [
        ("instructor", "only instructors need it"),
        ("test", "only the tests need it"),
    ]:
        rows += [
            package_row(text, optional)
            for text in lists[extra]
            if not text.startswith(project()["name"])
        ]
    return rows


def torch_row():
    """A small product: right, and not unreasonably slow (it takes a few milliseconds)."""
    try:
        import torch
    except Exception as problem:
        return Row(
            "torch works", f"import failed: {problem}".split("\n")[0], False, how_to_mend("torch")
        )
    threads = torch.get_num_threads()
    left = torch.arange(512 * 512, dtype=torch.float32).reshape(512, 512) % 7
    identity = torch.eye(512)
    left @ identity  # the first call prepares the library
    start = time.perf_counter()
    product = left @ identity
    milliseconds = 1000 * (time.perf_counter() - start)
    found = f"product of 512 x 512 matrices in {milliseconds:.1f} ms with {threads} thread{'s' * (threads > 1)}"
    if not torch.equal(product, left):
        return Row("torch works", "a matrix product is wrong", False, how_to_mend("torch"))
    if milliseconds > 500:
        return Row(
            "torch works",
            found,
            True,
            "slow: close other programs, or set OMP_NUM_THREADS=1 before the start",
        )
    return Row("torch works", found, True)


def widget_row():
    try:
        import anywidget  # FigureWidget needs it and says so only when it is made
        import plotly.graph_objects as go

        go.FigureWidget(data=[go.Bar(y=[1, 2])])
    except Exception as problem:
        return Row(
            "Sliders and figures",
            f"{type(problem).__name__}: {problem}".split("\n")[0],
            False,
            how_to_mend("anywidget"),
        )
    return Row(
        "Sliders and figures", f"plotly's FigureWidget on anywidget {anywidget.__version__}", True
    )


def free_memory():
    """Free memory in bytes, or None when it cannot be found out."""
    try:
        import psutil

        return psutil.virtual_memory().available
    except ImportError:
        pass
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        return next(
            1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable")
        )
    except (OSError, StopIteration):
        return None


def memory_row():
    free = free_memory()
    if free is None:
        return Row("Free memory", "unknown", True)
    ok = free > 1 * GIGABYTE
    return Row(
        "Free memory",
        f"{free / GIGABYTE:.1f} GB",
        ok,
        "" if ok else "close other programs: a notebook of the course needs about 1 GB",
    )


def disk_row():
    free = shutil.disk_usage(COURSE).free
    ok = free > 0.5 * GIGABYTE
    return Row(
        "Free disk",
        f"{free / GIGABYTE:.1f} GB",
        ok,
        "" if ok else "free some space, or move the course to a larger disk",
    )


def browser_row():
    names = ["chromium", "chromium-browser", "google-chrome", "chrome"]
    found = next(filter(None, map(shutil.which, names)), None)
    if found:
        return Row("Chromium", found, True)
    way = {"darwin": "brew install --cask chromium", "win32": "winget install Google.Chrome"}.get(
        sys.platform, "sudo apt install chromium"
    )
    return Row(
        "Chromium", "not found: only the tests in a browser need it", True, f"if you want it: {way}"
    )


def box_rows():
    """In which boxes strangers' submissions can be graded here: it is tried, which takes some seconds."""
    if missing := [
        name for name in ("psutil", "nbgrader") if importlib.util.find_spec(name) is None
    ]:
        return [
            Row(
                "Boxes for grading",
                f"not tried without {', '.join(missing)}: only instructors need them",
                True,
            )
        ]
    command = [sys.executable, "-P", "-m", "grader.selftest.canaries"]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": str(COURSE)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        problem = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
        return [
            Row(
                "Boxes for grading",
                f"trying them failed: {problem}",
                False,
                f"{CALL} doctor --repair",
            )
        ]
    return [Row(*row) for row in json.loads(done.stdout)]


def report():
    """The rows (what, found, ok, fix) of what everybody needs."""
    return [
        python_row(),
        environment_row(),
        clean_path_row(),
        *package_rows(),
        torch_row(),
        widget_row(),
        memory_row(),
        disk_row(),
        browser_row(),
    ]


def main():
    rows = [*report(), *box_rows()]
    width = max(len(row.what) for row in rows)
    for row in rows:
        mark = "ok" if row.ok else "!!"
        print(f"{mark}  {row.what:{width}}  {row.found}")
        if row.fix:
            print(f"    {'':{width}}  -> {row.fix}")
    wrong = [row for row in rows if not row.ok]
    print(
        "\nThe course is ready."
        if not wrong
        else f"\nTo be fixed: {', '.join(row.what for row in wrong)}. The line after each -> does it."
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    # The files beside this one must not stand in for packages of the same name.
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != COURSE / "utils"]
    sys.exit(main())
