"""What the feedback page says of marks: points by exercise, and which still wait for a mark by hand."""
from nbgrader.preprocessors import GetGrades

from utils.grading.course import exercise, of_config
from utils.grading.outcomes import WARNED
from utils.grading.report import last_outcome


class MarksOnPage(GetGrades):
    """nbgrader's GetGrades, which takes a mark that is still to come for 0 points."""

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id)
        cell.metadata["nbgrader"]["pending"] = grade.manual_score is None and grade.auto_score is None

    def preprocess(self, nb, resources):
        nb, resources = super().preprocess(nb, resources)
        exercises = {}
        for cell in nb.cells:
            mark = cell.metadata.get("nbgrader", {})
            if mark.get("grade"):
                name = exercise(mark["grade_id"])
                row = exercises.setdefault(name, {"name": name, "anchor": mark["grade_id"], "score": 0, "points": 0, "pending": False})
                row["score"] += mark["score"] or 0
                row["points"] += mark["points"]
                row["pending"] |= mark["pending"]
        resources["nbgrader"]["exercises"] = list(exercises.values())
        resources["nbgrader"]["remark"] = remark(self.config, self.assignment_id, self.student_id)
        return nb, resources


def remark(config, lab, student):
    """What was out of the ordinary: a limit that was hit, a cell that was put back; "" where nothing was."""
    outcome = last_outcome(of_config(config), lab, student)
    return outcome.sentence if outcome.status == WARNED else ""
