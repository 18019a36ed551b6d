"""The outcome of a submission: one status, one plain sentence."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.course import files
from grader.course.folders import Course

GRADED, WARNED, UNGRADABLE, OUR_FAULT = "graded", "graded with warnings", "ungradable", "our fault"
NOT_YET, NOT_HANDED_IN = "not graded yet", "not handed in"


@dataclass(frozen=True)
class Outcome:
    """status: one of the names above; sentence: why, for the instructor and the student; result:
    the name of the stored result; page: what is wrong with the feedback page, if anything."""

    status: str
    sentence: str
    result: str | None = None
    page: str | None = None

    @property
    def graded(self) -> bool:
        return self.status in (GRADED, WARNED)

    @property
    def words(self) -> str:
        """All of it in one line for the instructor."""
        return "; ".join(filter(None, [self.sentence, self.page]))


def place(course: Course, lab: str, student: str) -> Path:
    return course.folder / "outcomes" / student / f"{lab}.json"


def keep(course: Course, lab: str, student: str, outcome: Outcome) -> None:
    files.write(place(course, lab, student), json.dumps(asdict(outcome)))


def last(course: Course, lab: str, student: str) -> Outcome:
    path = place(course, lab, student)
    return (
        Outcome(**json.loads(path.read_text(encoding="utf-8")))
        if path.exists()
        else Outcome(NOT_YET, "")
    )
