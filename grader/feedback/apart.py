"""Pages made in other processes: a student's text may end one, and it is started again."""

import atexit
import os
from pathlib import Path
from typing import Any

from grader.course.folders import Course
from grader.course.partner import NoAnswer, Partner

IDLE: list[Partner] = []
SECONDS = 60  # for a page, on the clock; of processor time it has fewer, see renderer.CPU
WORDS = {  # how a process ended, and what that says of the page
    "SIGXCPU": "it took too long",
    "SIGSEGV": "something in it is nested too deeply",
    "SIGABRT": "it needs too much memory",
    "MemoryError": "it needs too much memory",
    "RecursionError": "something in it is nested too deeply",
}


def made(
    course: Course, template: str, path: Path, resources: dict[str, Any]
) -> tuple[str, str | None]:
    """A submission as HTML, and None; where that fails a plain page, and why. path: of its
    notebook; resources: what the template asks for. NoAnswer when both fail."""
    message = {
        "root": str(course.root),
        "grading": course.grading,
        "template": template,
        "path": str(path),
        "resources": resources,
        "gradebook": os.environ.get("COURSE_GRADEBOOK", ""),  # of now: the process is older
    }
    try:
        return asked({**message, "plain": ""}), None
    except NoAnswer as error:
        why = next((words for sign, words in WORDS.items() if sign in str(error)), str(error))
        return asked({**message, "plain": why}), why


def asked(message: dict[str, Any]) -> str:
    """The page that a process made; NoAnswer when it failed."""
    try:
        renderer = IDLE.pop()
    except IndexError:
        renderer = Partner("grader.feedback.renderer")
    try:
        answer = renderer.ask(message, SECONDS)
    except BaseException:
        renderer.process.kill()
        renderer.close()
        raise
    IDLE.append(renderer)
    if "failed" in answer:
        raise NoAnswer(answer["failed"])
    return answer["page"]


def stop() -> None:
    """Ends the processes that wait."""
    while IDLE:
        IDLE.pop().close()


atexit.register(stop)
