"""What the feedback page says of marks: points by exercise, and which still wait for a mark by
hand."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.course.folders import Course, exercise, of_config
from grader.gradebook import database, marks, outcomes
from grader.gradebook.outcomes import WARNED


class MarksOnPage(NbGraderPreprocessor):
    """Replaces nbgrader's GetGrades, which counts a missing mark as 0 points. A learner's own page
    comes with its marks, from no gradebook."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        page, course = resources["nbgrader"], of_config(self.config)
        if "exercises" in page:
            return nb, resources
        lab, student = page["assignment"], page["student"]
        with database.gradebook(course) as book:
            given, texts = marks.read(book, lab, student), marks.comment_texts(book, lab, student)
            page["late_penalty"] = marks.late_penalty(book, lab, student)
        for cell in nb.cells:
            own = cell.metadata.get("nbgrader", {})
            name = own.get("grade_id")
            if own.get("grade") or own.get("task"):
                mark = given[name]
                own.update(
                    score=mark.points or 0.0,
                    points=mark.most,
                    pending=mark.auto is None and mark.by_hand is None,
                )
            if own.get("solution") or own.get("task"):
                own["comment"] = texts[name]
        page["score"] = sum(mark.points or 0.0 for mark in given.values()) - page["late_penalty"]
        page["max_score"] = sum(mark.most for mark in given.values())
        page["exercises"] = list(exercises(nb).values())
        page["remark"] = remark(course, lab, student)
        return nb, resources


def exercises(notebook: NotebookNode) -> dict[str, dict[str, Any]]:
    """The rows of the table of marks, by exercise."""
    rows = {}
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("grade"):
            name = exercise(mark["grade_id"])
            row = rows.setdefault(
                name,
                {
                    "name": name,
                    "anchor": mark["grade_id"],
                    "score": 0,
                    "points": 0,
                    "pending": False,
                },
            )
            row["score"] += mark["score"]
            row["points"] += mark["points"]
            row["pending"] |= mark["pending"]
    return rows


def remark(course: Course, lab: str, student: str) -> str:
    """The warnings: a limit that was reached, a cell that was restored; "" without any."""
    outcome = outcomes.last(course, lab, student)
    return outcome.sentence if outcome.status == WARNED else ""
