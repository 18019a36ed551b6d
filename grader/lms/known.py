"""What is known of a student beyond the name of their folder: by the roster, and by `collect`."""

from dataclasses import dataclass

from grader.course.folders import Course
from grader.gradebook.collected import Record, records
from grader.gradebook.roster import Student, roster
from grader.lms.names import CANVAS, MOODLE


@dataclass(frozen=True)
class Known:
    """keys: logins and addresses, in lower case; canvas: Canvas's numbers; participant: the number
    that Moodle gave them in this assignment, and the name next to it."""

    keys: frozenset[str] = frozenset()
    canvas: frozenset[str] = frozenset()
    participant: str | None = None
    name: str | None = None


def known(course: Course, lab: str) -> dict[str, Known]:
    """What is known, by student."""
    people, noted = roster(course), records(course, lab)
    students = people.students if people else {}
    return {
        student: of(students.get(student), noted.get(student, Record()))
        for student in {*students, *noted}
    }


def of(student: Student | None, record: Record) -> Known:
    canvas = set(student.numbers if student else ())
    if record.platform == CANVAS and record.number:
        canvas.add(record.number)
    by_moodle = record.platform == MOODLE
    return Known(
        student.keys if student else frozenset(),
        frozenset(canvas),
        record.number if by_moodle else None,
        record.name if by_moodle else None,
    )
