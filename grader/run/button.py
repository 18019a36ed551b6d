"""What nbgrader's own `autograde` and `generate_feedback`, and formgrader's buttons, do in this
course: they grade in a box, as `course.py grade` does, and copy nothing but the notebook.

nbgrader copies what lies next to a notebook, and follows links: a link to the instructor's own
files would bring them into the feedback.
"""

import os
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, read
from nbgrader.converters import base
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.box.backends import best
from grader.course.folders import GradingError, of_config
from grader.intake.folder import COMPANIONS, FILE, kind_of, of_folder
from grader.run.grade import grade_one
from grader.run.one import Settings

STUDENTS: set[str] = set()  # folders whose files are not copied
all_files = base.find_all_files


def leave_files(notebooks: list[str], **_: Any) -> None:
    """nbgrader's hook before it converts a submission."""
    STUDENTS.update(os.path.realpath(os.path.dirname(notebook)) for notebook in notebooks)
    base.find_all_files = own_files


def own_files(path: str, exclude: list[str] | None = None) -> list[str]:
    """In the place of nbgrader's `find_all_files`: of a submission, the small files that nbgrader
    puts there itself."""
    if os.path.realpath(path) not in STUDENTS:
        return all_files(path, exclude or [])
    places = [Path(path, name) for name in COMPANIONS]
    return [str(place) for place in places if kind_of(place) == FILE]


class PlainFile(NbGraderPreprocessor):
    """Before anything of a submission is written: it is a file in a folder, and not a link."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        course, about = of_config(self.config), resources["nbgrader"]
        place = course.submitted(about["assignment"], about["student"])
        path = place / f"{about['notebook']}.ipynb"
        if problem := of_folder(place):
            raise GradingError(problem)
        if kind_of(path) not in (None, FILE):
            raise GradingError(f"{path} is {kind_of(path)}, not a file")
        return nb, resources


class GradeInBox(NbGraderPreprocessor):
    """In the place of nbgrader's Execute and SaveAutoGrades."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        course = of_config(self.config)
        lab, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        backend = best()
        if backend == "none":
            raise GradingError(
                "There is no box for submissions here: python3 course.py doctor says how to "
                "get one."
            )
        outcome = grade_one(course, lab, student, Settings(backend))
        if not outcome.graded:
            raise GradingError(f"{outcome.status}: {outcome.sentence}")
        self.log.info("%s: %s", outcome.status, outcome.sentence)
        return read(course.autograded(lab, student), as_version=4), resources
