"""One page for each student, from the settings and templates that nbgrader's generate_feedback
uses."""

import shutil
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.progress import track

from grader.course.files import write
from grader.course.folders import Course
from grader.course.partner import NoAnswer
from grader.feedback.apart import made

FEW = 20  # pages that are not worth one more process, which needs some seconds to start


def write_feedback(course: Course, lab: str, student: str) -> str | None:
    """Writes grading/feedback/STUDENT/LAB/LAB.html. Returns None, or what is wrong with it."""
    about = {"notebook": lab, "assignment": lab, "student": student, "db_url": course.db_url}
    resources = {"metadata": {"name": lab}, "unique_key": lab, "nbgrader": about}
    try:
        html, why = made(course, "feedback", course.autograded(lab, student), resources)
        write(course.feedback(lab, student), html)
    except (NoAnswer, OSError) as error:
        return f"there is no feedback page: {error}"
    return why and f"the feedback page shows plain text: {why}"


def write_all(
    course: Course, lab: str, students: list[str], jobs: int, console: Console
) -> dict[str, str | None]:
    """Writes the pages of all these students, up to `jobs` at a time. Returns what is wrong with
    them, by student."""
    pool = ThreadPoolExecutor(max(1, min(jobs, len(students) // FEW)))
    try:
        made = pool.map(lambda student: write_feedback(course, lab, student), students)
        shown = track(made, "feedback", len(students), console=console)
        return dict(zip(students, shown, strict=True))
    finally:
        pool.shutdown(cancel_futures=True)


def remove_feedback(course: Course, lab: str, student: str) -> None:
    """Removes the page of an earlier version of a submission that cannot be graded now."""
    shutil.rmtree(course.feedback(lab, student).parent, ignore_errors=True)
