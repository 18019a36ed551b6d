"""What the platform said of each submission, as `collect` wrote it down in
grading/collected/LAB.json.

It lies apart from the submissions: a file next to a notebook may be the student's own.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from grader.course.files import write
from grader.course.folders import Course


@dataclass(frozen=True)
class Record:
    """platform: None for a file that was named by login; name, number: those that the platform
    gives to the student; upload: Canvas's number of the file; late: the platform's own word, None
    when it has none; time: when it was handed in, None when unknown; seen: the file's time in the
    download; page: the path by which a page goes back to the platform."""

    platform: str | None = None
    name: str | None = None
    number: str | None = None
    upload: int | None = None
    late: bool | None = None
    time: str | None = None
    seen: str | None = None
    page: str | None = None

    @property
    def handed_in(self) -> datetime | None:
        return datetime.fromisoformat(self.time) if self.time else None


def place(course: Course, lab: str) -> Path:
    return course.folder / "collected" / f"{lab}.json"


def records(course: Course, lab: str) -> dict[str, Record]:
    """The Record of each student whose submission was collected."""
    try:
        found = json.loads(place(course, lab).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {student: Record(**record) for student, record in found.items()}


def note(course: Course, lab: str, new: Mapping[str, Record]) -> None:
    """Writes down these, and keeps those of other students."""
    if new:
        kept = {**records(course, lab), **new}
        text = json.dumps(
            {student: asdict(record) for student, record in sorted(kept.items())}, indent=1
        )
        write(place(course, lab), text + "\n")
