"""Which hand-in counts for whom: each student's own, in a group the newest of the group's."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from grader.course.files import write
from grader.course.folders import Course, GradingError
from grader.course.times import moment
from grader.course.words import listed
from grader.feedback.pages import remove_feedback
from grader.gradebook import entries, outcomes
from grader.gradebook.collected import Record, records
from grader.gradebook.database import gradebook
from grader.gradebook.outcomes import NOT_HANDED_IN, Outcome
from grader.gradebook.roster import path as roster_path
from grader.gradebook.roster import roster
from grader.intake.folder import timestamp

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


@dataclass(frozen=True)
class HandIns:
    """counted: {student: whose hand-in counts for them}; refused: {who handed in: why it does not
    count}; missing: who has not handed in."""

    counted: dict[str, str]
    refused: dict[str, str]
    missing: list[str]

    @property
    def graded(self) -> list[str]:
        """Whose hand-ins are graded."""
        return sorted({*self.counted.values()} | {*self.refused})

    def of(self, student: str) -> str:
        return self.counted.get(student, student)

    def sharing(self, students: Collection[str]) -> dict[str, str]:
        """Those for whom the hand-in of another of these students counts, and whose."""
        return {
            one: source
            for one, source in self.counted.items()
            if source != one and source in students
        }


def hand_ins(course: Course, lab: str) -> HandIns:
    """The HandIns of a lab."""
    there, people = course.students(lab), roster(course)
    if people is None:
        return HandIns({student: student for student in there}, {}, [])
    unknown = f"not on the roster, {roster_path(course)}: add a line, or rename the folder"
    found = HandIns({}, {name: unknown for name in there if name not in people.students}, [])
    for student in people.students:
        members = people.members(student)
        theirs = [member for member in members if member in there]
        newest = newest_of(course, lab, theirs)
        if newest:
            found.counted[student] = newest
        elif theirs:
            found.counted[student] = student if student in theirs else theirs[0]
            why = (
                f"{listed(theirs)} of one group handed in different notebooks, and which is newer "
                "is not known: remove the folder that does not count"
            )
            found.refused.update(dict.fromkeys(theirs, why))
        else:
            found.missing.append(student)
    return found


def newest_of(course: Course, lab: str, students: list[str]) -> str | None:
    """Who of these handed in last; None when there is none, or that is not known."""
    if len(students) < 2:
        return students[0] if students else None
    notebooks = [course.submitted(lab, student) / f"{lab}.ipynb" for student in students]
    contents = {path.read_bytes() for path in notebooks if path.is_file() and not path.is_symlink()}
    if len(contents) == 1:
        return students[0]
    noted = records(course, lab)
    times = {student: handed_in(course, lab, student) for student in students}
    uploads = {student: noted.get(student, Record()).upload for student in students}
    return last(times) or last(uploads)


def last(order: Mapping[str, Any]) -> str | None:
    """Who comes last; None where one has no place, or two have the same."""
    if None in order.values() or len({*order.values()}) < len(order):
        return None
    return max(order, key=lambda student: order[student])


def handed_in(course: Course, lab: str, student: str) -> datetime | None:
    """When a submission was handed in, in UTC, from nbgrader's own file; None when unknown."""
    from nbgrader.utils import parse_utc

    text = timestamp(course.submitted(lab, student))
    if not text:
        return None
    try:
        return moment(text, UTC)
    except GradingError:
        try:
            return parse_utc(text).replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            return None


def note_missing(course: Course, lab: str, students: list[str], book: Gradebook) -> None:
    """Who has not handed in has no marks of before, and their line says so."""
    for student in students:
        outcomes.keep(course, lab, student, Outcome(NOT_HANDED_IN, ""))
        forget(course, lab, student)
        entries.clear(book, lab, student)


def share(course: Course, lab: str, sharing: dict[str, str], book: Gradebook) -> None:
    """Gives each member of a group the marks of the hand-in that counts for them."""
    for student, source in sharing.items():
        outcome = outcomes.last(course, lab, source)
        forget(course, lab, student)
        if outcome.graded:
            entries.share(book, course, lab, source, student)
        else:
            entries.clear(book, lab, student)
        own = course.submitted(lab, student).is_dir()
        words = f"handed in by {source}" + (", later than their own" if own else "")
        sentence = "; ".join(filter(None, [words, outcome.sentence]))
        outcomes.keep(course, lab, student, replace(outcome, sentence=sentence, result=None))


def settle(course: Course, lab: str, found: HandIns, graded: Collection[str]) -> None:
    """After these were graded: their groups share the marks, and who is missing has none."""
    if people := roster(course):
        with gradebook(course) as book:
            entries.enlist(book, people)
            share(course, lab, found.sharing(graded), book)
            note_missing(course, lab, found.missing, book)


def copy_pages(course: Course, lab: str, sharing: dict[str, str]) -> None:
    """Each member of a group gets the page of the hand-in that counts for them."""
    for student, source in sharing.items():
        page = course.feedback(lab, source)
        if page.exists():
            write(course.feedback(lab, student), page.read_bytes())


def forget(course: Course, lab: str, student: str) -> None:
    """Removes the pages of an earlier grading."""
    shutil.rmtree(course.autograded(lab, student).parent, ignore_errors=True)
    remove_feedback(course, lab, student)
