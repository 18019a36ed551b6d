"""What nbgrader's own `autograde` and formgrader's button do in this course: grade in a box, as
`course.py grade` does."""

from typing import Any

from nbformat import NotebookNode, read
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.box.backends import best
from grader.course.folders import GradingError, of_config
from grader.run.grade import grade_one
from grader.run.one import Settings


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
