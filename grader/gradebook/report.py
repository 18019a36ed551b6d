"""What is known of every submission: outcomes kept as small files, marks from the gradebook; and the table of them."""

from collections import Counter
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from grader.course.folders import maxima
from grader.gradebook import marks as gradebook_marks
from grader.gradebook import outcomes
from grader.gradebook.export import points
from grader.gradebook.outcomes import GRADED, NOT_YET, OUR_FAULT, UNGRADABLE, WARNED, Outcome

COLOURS = {
    GRADED: "green",
    WARNED: "yellow",
    UNGRADABLE: "red",
    OUR_FAULT: "bold red",
    NOT_YET: "dim",
}


@dataclass(frozen=True)
class Row:
    """A line of the table. points: by exercise, None where there is no mark; total: with what was taken off for being late, None for
    what has no grade."""

    student: str
    first_name: str | None
    last_name: str | None
    email: str | None
    points: dict
    total: float | None
    most: float
    pending: bool
    outcome: Outcome
    taken_off: float = 0.0  # points, for being late


def rows(course, lab):
    """A Row for every student with a folder for this lab."""
    checks = course.checks(lab)
    with gradebook_marks.gradebook(course) as book:
        known = {student.id: student for student in book.students}
        return [
            row(book, checks, lab, student, known.get(student), outcomes.last(course, lab, student))
            for student in course.students(lab)
        ]


def row(book, checks, lab, student, known, outcome):
    marks = gradebook_marks.read(book, lab, student) if outcome.graded else {}
    late = gradebook_marks.late_penalty(book, lab, student) if outcome.graded else 0.0
    if outcome.graded and not marks:  # a gradebook that was taken away is no row of zeros
        outcome = Outcome(NOT_YET, "")
    return Row(
        student,
        known and known.first_name,
        known and known.last_name,
        known and known.email,
        gradebook_marks.by_exercise(checks, marks),
        max(sum(mark.points or 0 for mark in marks.values()) - late, 0) if outcome.graded else None,
        sum(maxima(checks).values()),
        any(mark.pending for mark in marks.values()),
        outcome,
        late,
    )


def table(checks, rows, numbers):
    """A rich Table. Exercises are columns by number; `legend` names them.

    numbers: the number of each exercise, as course.toml has them.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("student", overflow="fold", max_width=20)
    table.add_column(f"of {points(sum(maxima(checks).values()))}", justify="right", no_wrap=True)
    for name in maxima(checks):
        table.add_column(numbers.get(name, "?"), justify="right", no_wrap=True, style="dim")
    table.add_column("status", no_wrap=True)
    table.add_column("", overflow="fold", ratio=1)
    for row in rows:
        total = points(row.total) + ("+" if row.pending else "")
        marks = [
            ("?" if value is None else points(value)) if row.total is not None else ""
            for value in row.points.values()
        ]
        status = Text(row.outcome.status, style=COLOURS[row.outcome.status])
        table.add_row(
            Text(row.student),
            total if row.total is not None else "-",
            *marks,
            status,
            Text(sentence(row)),
        )
    return table


def sentence(row):
    late = [f"{points(row.taken_off)} points taken off for being late"] if row.taken_off else []
    return "; ".join(filter(None, [row.outcome.sentence, *late]))


def legend(checks, rows, numbers):
    """What the numbers and signs of the table mean, as lines of text."""
    named = [
        f"{numbers.get(name, '?')} {name} ({points(most)})" for name, most in maxima(checks).items()
    ]
    waiting = sum(row.pending for row in rows)
    return [
        "exercises (points): " + ", ".join(named),
        *(
            [
                f"? and +: {waiting} submission{'s wait' if waiting > 1 else ' waits'} for marks by hand, in formgrader"
            ]
            if waiting
            else []
        ),
    ]


def summary(rows):
    """How many of each status, as one line."""
    number = Counter(row.outcome.status for row in rows)
    return f"{len(rows)} submission{'s' if len(rows) != 1 else ''}: " + ", ".join(
        f"{number[status]} {status}" for status in COLOURS if number[status]
    )
