"""A course folder whose pip is a few lines of Python, so that nothing is downloaded.

The virtual environments are real but empty.
"""

import subprocess
import sys
import textwrap
import time
from collections import namedtuple
from pathlib import Path

from bootstrap.setup import set_up

ROOT = Path(__file__).resolve().parents[2]

PIP_BEGINS = """
import builtins, pathlib, sys, time
log = open(sys.argv[sys.argv.index("--log") + 1], "a")
def print(text, flush=True):
    builtins.print(text, flush=True)
    builtins.print(text, file=log, flush=True)
def call(text): open("calls.txt", "a").write(text + "\\n")
call(" ".join(sys.argv[1:]))
site = next(pathlib.Path(".venv").glob("[Ll]ib/**/site-packages"))
print("Collecting torch==2.13.0 (from course)")
"""
SUCCEEDS = """
print("Installing collected packages: torch")
(site / "torch-2.13.0.dist-info").mkdir(exist_ok=True)
print("Successfully installed torch-2.13.0")
"""
HAS_NO_NETWORK = """
print("WARNING: Retrying ... NewConnectionError: Temporary failure in name resolution")
print("ERROR: Could not find a version that satisfies the requirement torch==2.13.0")
sys.exit(1)
"""
HANGS_IN_DOWNLOAD = """
print("  Downloading torch-2.13.0-cp311-none-any.whl (200 MB)", flush=True)
call("hangs"); time.sleep(60)
"""
HANGS_IN_INSTALL = """
print("Installing collected packages: torch", flush=True)
(site / "torch").mkdir()
time.sleep(0.5); open("pid.txt", "w").write(str(__import__("os").getpid()))
call("hangs"); time.sleep(60)
"""
DRIVER = """
import sys; sys.path.insert(0, {root!r})
import course, signal
from pathlib import Path
from bootstrap import jupyter, setup
signal.signal(signal.SIGINT, signal.default_int_handler)  # however the tests were started
signal.signal(signal.SIGTERM, signal.SIG_DFL)
jupyter.lab = lambda arguments: setup.set_up("student", course=Path({path!r}),
    pip=[sys.executable, {path!r} + "/pip.py"],
    make_venv=lambda venv: [sys.executable, "-m", "venv", "--without-pip", str(venv)])
setup.shutil.disk_usage = lambda path: type("Usage", (), {{"free": 1e12}})
sys.exit(course.main(["lab"]))
"""


class Folder:
    """A course folder whose pip does what a test says."""

    def __init__(self, path):
        self.path = path
        self.needs("torch==2.13.0")

    def needs(self, requirement):
        text = f'[project]\ndependencies = ["{requirement}"]\n'
        (self.path / "pyproject.toml").write_text(text)

    def options(self, pip_does):
        (self.path / "pip.py").write_text(PIP_BEGINS + pip_does)
        return {
            "course": self.path,
            "pip": [sys.executable, str(self.path / "pip.py")],
            "make_venv": lambda venv: [sys.executable, "-m", "venv", "--without-pip", str(venv)],
        }

    def set_up(self, extra="student", pip_does=SUCCEEDS, again=False):
        set_up(extra, again=again, **self.options(pip_does))

    def start(self, pip_does):
        """`course.py lab` on this folder, in another process, which a test can interrupt."""
        self.options(pip_does)
        code = textwrap.dedent(DRIVER).format(root=str(ROOT), path=str(self.path))
        return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)

    @property
    def calls(self):
        file = self.path / "calls.txt"
        return file.read_text().splitlines() if file.exists() else []

    def wait_until_pip_hangs(self):
        deadline = time.monotonic() + 30
        while "hangs" not in self.calls:
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def plant(self):
        """A file in .venv that a rebuild would remove."""
        (self.path / ".venv" / "planted").touch()

    def was_rebuilt(self):
        return not (self.path / ".venv" / "planted").exists()


def free_space(monkeypatch, gigabytes):
    usage = namedtuple("Usage", "total used free")(0, 0, gigabytes * 1e9)
    monkeypatch.setattr("bootstrap.setup.shutil.disk_usage", lambda path: usage)
