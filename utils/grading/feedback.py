"""One page for each student, through nbgrader's generate_feedback."""
import shutil

from utils.grading.outcomes import last_error
from utils.grading.release import nbgrader


def write_feedback(course, lab, student):
    """Writes grading/feedback/STUDENT/LAB/LAB.html. Returns None, or the reason why it could not."""
    with nbgrader(course) as api:
        result = api.generate_feedback(lab, student, force=True)
    if result["success"] and course.feedback(lab, student).exists():
        return None
    return last_error(result["log"] + (result.get("error") or ""))


def remove_feedback(course, lab, student):
    """Takes away the page of an earlier version of what cannot be graded now."""
    shutil.rmtree(course.feedback(lab, student).parent, ignore_errors=True)
