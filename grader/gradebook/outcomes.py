"""What became of a submission: one status, one plain sentence."""

import json
from dataclasses import asdict, dataclass

from grader.course import files

GRADED, WARNED, UNGRADABLE, OUR_FAULT = "graded", "graded with warnings", "ungradable", "our fault"
NOT_YET = "not graded yet"


@dataclass(frozen=True)
class Outcome:
    """status: one of the names above; sentence: why, for the instructor and the student; result: the name of the stored result."""

    status: str
    sentence: str
    result: str | None = None

    @property
    def graded(self):
        return self.status in (GRADED, WARNED)


def place(course, lab, student):
    return course.folder / "outcomes" / student / f"{lab}.json"


def keep(course, lab, student, outcome):
    files.write(place(course, lab, student), json.dumps(asdict(outcome)))


def last(course, lab, student):
    path = place(course, lab, student)
    return (
        Outcome(**json.loads(path.read_text(encoding="utf-8")))
        if path.exists()
        else Outcome(NOT_YET, "")
    )
