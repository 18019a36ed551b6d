"""Due dates, extensions, and what being late costs.

A lab's due date is in nbgrader's gradebook, where formgrader shows it; extensions and the rule are
in grading/late.json, and reach the gradebook with each submission that is graded.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.course.files import write
from grader.course.folders import Course, GradingError
from grader.course.times import local
from grader.course.words import points
from grader.gradebook.database import gradebook
from grader.gradebook.roster import roster

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

DAY = 86400  # seconds


@dataclass(frozen=True)
class Rule:
    """What being late costs, for all labs. percent_a_day: of the points that were reached, for each
    day begun after the days of grace; most_days: later than that, all points are lost."""

    percent_a_day: float = 0.0
    grace_days: int = 0
    most_days: int | None = None

    def __bool__(self) -> bool:
        return bool(self.percent_a_day) or self.most_days is not None

    def penalty(self, score: float, seconds: float) -> float:
        """The points that are taken off a submission with this score."""
        days = ceil(seconds / DAY)
        if self.most_days is not None and days > self.most_days:
            return score
        share = self.percent_a_day / 100 * max(days - self.grace_days, 0)
        return min(max(share, 0), 1) * score

    def words(self) -> str:
        if not self:
            return "nothing is taken off for being late"
        grace = f" after {days_of(self.grace_days)} of grace" if self.grace_days else ""
        most = (
            []
            if self.most_days is None
            else [f"all points are lost after {days_of(self.most_days)}"]
        )
        return ", ".join(
            [f"{self.percent_a_day:g} % of the points for each day begun{grace}", *most]
        )


@dataclass(frozen=True)
class Late:
    """rule: of the course; extensions: {lab: {a student's id or a group: until when, in UTC}}."""

    rule: Rule = field(default_factory=Rule)
    extensions: dict[str, dict[str, str]] = field(default_factory=dict)

    def until(self, lab: str, names: list[str | None]) -> datetime | None:
        """The latest extension for any of these names, in UTC without an offset."""
        theirs = self.extensions.get(lab, {})
        found = [datetime.fromisoformat(theirs[name]) for name in names if name in theirs]
        return max(found, default=None)


def path(course: Course) -> Path:
    return course.folder / "late.json"


def late(course: Course) -> Late:
    """The Late of a course."""
    if not path(course).exists():
        return Late()
    found = json.loads(path(course).read_text(encoding="utf-8"))
    return Late(Rule(**found["rule"]), found["extensions"])


def keep(course: Course, late: Late) -> None:
    write(path(course), json.dumps(asdict(late), indent=1) + "\n")


def set_rule(course: Course, **changes: float | int | None) -> Rule:
    """Changes the rule; what is None stays."""
    before = late(course)
    given = {name: value for name, value in changes.items() if value is not None}
    keep(course, replace(before, rule=replace(before.rule, **given)))
    return late(course).rule


def set_due(course: Course, lab: str, time: datetime | None) -> None:
    """Enters a lab's due date into the gradebook. time: in UTC; None for no due date."""
    date: Any = time and time.replace(tzinfo=None)
    with gradebook(course) as book:
        book.update_or_create_assignment(lab, duedate=date)


def extend(course: Course, lab: str, names: list[str], time: datetime | None) -> None:
    """Gives students, or the students of a group, until then; with None takes it back."""
    known = roster(course)
    everyone = {*known.students, *known.groups} if known else {*names}
    if unknown := [name for name in names if name not in everyone]:
        groups = ", ".join(sorted(known.groups)) if known else ""
        raise GradingError(
            f"{unknown[0]} is neither a student nor a group on the roster. The groups are: "
            f"{groups or 'none'}."
        )
    before = late(course)
    theirs = dict(before.extensions.get(lab, {}))
    for name in names:
        theirs.pop(name, None)
        if time:
            theirs[name] = time.astimezone(UTC).replace(tzinfo=None).isoformat()
    keep(course, replace(before, extensions={**before.extensions, lab: theirs}))


def due(book: Gradebook, lab: str) -> datetime | None:
    """A lab's due date in UTC; None when it has none."""
    from nbgrader.api import MissingEntry

    try:
        assignment: Any = book.find_assignment(lab)
    except MissingEntry:
        return None
    return assignment.duedate


def lines(course: Course, lab: str) -> list[str]:
    """What holds for a lab, for people."""
    with gradebook(course) as book:
        date = due(book, lab)
    theirs = sorted(late(course).extensions.get(lab, {}).items())
    return [
        f"{lab}: due {local(date)}" if date else f"{lab}: no due date",
        *(f"  {name}: until {local(datetime.fromisoformat(time))}" for name, time in theirs),
    ]


def words(rule: Rule, seconds: float, taken_off: float) -> str:
    """How late a submission is, and what that costs; "" when it is not late."""
    if seconds <= 0:
        return ""
    days = ceil(seconds / DAY)
    if taken_off:
        cost = f"{points(taken_off)} points taken off"
    elif days <= rule.grace_days:
        cost = "within the days of grace"
    else:
        cost = "nothing taken off"
    return f"{days_of(days)} late: {cost}"


def days_of(number: int) -> str:
    return f"{number} day{'s' if number != 1 else ''}"
