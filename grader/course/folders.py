"""Where everything of a course is: labs, submissions, grades, feedback."""

import contextlib
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from traitlets.config import Config

from bootstrap.manifest import Lab, Manifest, ManifestError
from bootstrap.manifest import read as read_manifest
from grader import HOME
from grader.course import source as sources
from grader.course.cells import Notebook

Check = tuple[str, float, str]  # a graded cell: grade id, points, exercise
NOT_STUDENTS = (".ipynb_checkpoints", ".git")  # what tools leave among the students' folders


class GradingError(Exception):
    """Something the instructor can fix; the text says what and how."""


@dataclass(frozen=True)
class Course:
    """root: the folder with nbgrader_config.py; grading: the folder in it for submissions, grades
    and feedback."""

    root: Path
    grading: str = "grading"

    def __reduce__(self) -> tuple[type, tuple[Path, str]]:
        return Course, (self.root, self.grading)  # another process reads its settings again

    @property
    def folder(self) -> Path:
        """The folder of everything that grading reads and writes."""
        return self.root / self.grading

    @property
    def db_url(self) -> str:
        """The address of the gradebook, as nbgrader_config.py has it."""
        return self.config.CourseDirectory.db_url

    def source(self, lab: str) -> Path:
        return self.root / "solutions" / lab / f"{lab}.ipynb"

    def released(self, lab: str) -> Path:
        return self.root / "labs" / lab / f"{lab}.ipynb"

    def pristine(self, lab: str) -> Path:
        """The lab as it was released, in what a class is handed: students change their own."""
        return self.root / "labs" / ".released" / f"{lab}.ipynb"

    def submitted(self, lab: str, student: str) -> Path:
        return self.folder / "submitted" / student / lab

    def autograded(self, lab: str, student: str) -> Path:
        return self.folder / "autograded" / student / lab / f"{lab}.ipynb"

    def feedback(self, lab: str, student: str) -> Path:
        return self.folder / "feedback" / student / lab / f"{lab}.html"

    def labs(self) -> list[str]:
        """The names of all labs, sorted."""
        return sorted(
            path.stem
            for path in self.root.glob("solutions/*/*.ipynb")
            if path.parent.name == path.stem
        )

    def require(self, lab: str) -> None:
        """GradingError, with the list of labs, when there is no such lab."""
        if lab not in self.labs():
            raise GradingError(
                f"There is no lab {lab!r}. The labs are: {', '.join(self.labs()) or 'none yet'}."
            )

    def read(self, lab: str) -> Notebook:
        """The notebook of a lab's source, see `source.read`; GradingError where it cannot be
        used."""
        self.require(lab)
        try:
            return sources.read(self.source(lab))
        except sources.SourceError as error:
            raise GradingError(f"solutions/{lab} cannot be graded:\n{error}") from None

    def students(self, lab: str) -> list[str]:
        """Who has a folder for this lab, sorted."""
        return sorted(name for name in self.folders(lab) if why_not(name) is None)

    def passed_over(self, lab: str) -> list[str]:
        """The folders for this lab that are nobody's, each with the reason."""
        found = sorted((name, why_not(name)) for name in self.folders(lab))
        return [f"{name.encode(errors='replace').decode()}: {why}" for name, why in found if why]

    def folders(self, lab: str) -> list[str]:
        return [
            path.parent.name
            for path in self.folder.glob(f"submitted/*/{lab}")
            if path.is_dir() and path.parent.name not in NOT_STUDENTS
        ]

    def environment(self) -> dict[str, str]:
        """The environment of nbgrader and of the notebooks that it runs."""
        variables = dict(os.environ)
        variables["COURSE_GRADING"] = self.grading
        # nbgrader calls `alembic` by its name when it makes a gradebook
        variables["PATH"] = os.pathsep.join(
            [str(Path(sys.executable).parent), variables.get("PATH", "")]
        )
        # notebooks run in another folder and import `utils`
        variables["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(HOME), variables.get("PYTHONPATH")])
        )
        return variables

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """This process has the course's environment for a while (not while threads run)."""
        ours = self.environment()
        before = {name: os.environ.get(name) for name in ours}
        os.environ.update(ours)
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name, None) if value is None else os.environ.update({name: value})

    @contextlib.contextmanager
    def alone(self, lab: str, say: Callable[[str], object]) -> Iterator[None]:
        """While inside, no other run grades this lab in this folder: waits for one that does, and
        says so once. The lock ends with the process that holds it, however that ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(
            sqlite3.connect(self.folder / f".{lab}.lock", timeout=0, isolation_level=None)
        ) as lock:
            waited = False
            while not locked(lock):
                if not waited:
                    say(f"Another run is grading {lab}: waiting for it to end.")
                waited = True
                time.sleep(0.2)
            yield

    @property
    def manifest(self) -> Manifest:
        """The Manifest of this course; GradingError where course.toml cannot be used."""
        try:
            return read_manifest(self.root)
        except ManifestError as error:
            raise GradingError(str(error)) from None

    def entry(self, lab: str) -> Lab:
        """What course.toml says of a lab; GradingError when it says nothing."""
        try:
            return self.manifest.lab(lab)
        except ManifestError as error:
            raise GradingError(str(error)) from None

    @cached_property
    def config(self) -> Config:
        """nbgrader's settings for this course, a traitlets Config."""
        from traitlets.config.loader import PyFileConfigLoader

        if not (self.root / "nbgrader_config.py").exists():
            raise GradingError(f"{self.root} is not a course: it has no nbgrader_config.py.")
        with self.entered():
            return PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()

    def checks(self, lab: str) -> list[Check]:
        """The graded cells of a lab in their order: a list of (grade id, points, exercise).

        check_x and hidden_x are marks of the exercise x; any other graded cell is a separate
        exercise.
        """
        cells = json.loads(self.source(lab).read_text(encoding="utf-8"))["cells"]
        graded = [
            cell["metadata"]["nbgrader"]
            for cell in cells
            if cell["metadata"].get("nbgrader", {}).get("grade")
        ]
        return [
            (cell["grade_id"], float(cell["points"]), exercise(cell["grade_id"])) for cell in graded
        ]


def why_not(name: str) -> str | None:
    """Why a folder of this name is not taken for a student's; None when it is."""
    if name.startswith("."):
        return "its name begins with a dot: rename it"
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is not in UTF-8: rename it"
    return None


def of_config(config: Config) -> Course:
    """The Course that nbgrader's settings describe."""
    place = config.CourseDirectory
    return Course(Path(place.root), Path(place.submitted_directory).parent.as_posix())


def locked(lock: sqlite3.Connection) -> bool:
    """Takes a lock, an SQLite connection; False when another process has it."""
    try:
        lock.execute("BEGIN EXCLUSIVE")
        return True
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise GradingError(f"The grading folder cannot be locked: {error}") from None
        return False


def exercise(grade_id: str) -> str:
    """The exercise that a graded cell belongs to, by its name."""
    return grade_id.removeprefix("check_").removeprefix("hidden_")


def maxima(checks: list[Check]) -> dict[str, float]:
    """The exercises in their order and the points of each, as a dict."""
    points = {}
    for _, most, name in checks:
        points[name] = points.get(name, 0) + most
    return points
