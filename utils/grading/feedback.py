"""One page for each student, through nbgrader's generate_feedback."""
import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor

from rich.progress import track

from utils.grading.outcomes import last_error
from utils.grading.release import nbgrader

FEW = 4                 # pages that are not worth a second process


def write_feedback(course, lab, student):
    """Writes grading/feedback/STUDENT/LAB/LAB.html. Returns None, or the reason why it could not."""
    with nbgrader(course) as api:
        result = api.generate_feedback(lab, student, force=True)
    if result["success"] and course.feedback(lab, student).exists():
        return None
    return last_error(result["log"] + (result.get("error") or ""))


def write_all(course, lab, students, jobs, console):
    """Writes the pages of all these students, `jobs` at a time. Returns the reasons of those that failed, by student."""
    if jobs == 1 or len(students) <= FEW:
        made = map(write_feedback, *columns(course, lab, students))
        return reasons(students, track(made, "feedback", len(students), console=console))
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        made = pool.map(write_feedback, *columns(course, lab, students), chunksize=4)
        return reasons(students, track(made, "feedback", len(students), console=console))


def columns(course, lab, students):
    return [course] * len(students), [lab] * len(students), students


def reasons(students, made):
    return {student: reason for student, reason in zip(students, made, strict=True) if reason}


def remove_feedback(course, lab, student):
    """Takes away the page of an earlier version of what cannot be graded now."""
    shutil.rmtree(course.feedback(lab, student).parent, ignore_errors=True)
