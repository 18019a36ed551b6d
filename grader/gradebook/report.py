"""What is known of every submission: outcomes kept as small files, marks from the gradebook; and
the table of them."""

from collections import Counter

from rich.table import Table
from rich.text import Text

from grader.course.folders import Check, maxima
from grader.course.words import points
from grader.gradebook.outcomes import GRADED, NOT_HANDED_IN, NOT_YET, OUR_FAULT, UNGRADABLE, WARNED
from grader.gradebook.rows import Row

COLOURS = {
    GRADED: "green",
    WARNED: "yellow",
    UNGRADABLE: "red",
    OUR_FAULT: "bold red",
    NOT_YET: "dim",
    NOT_HANDED_IN: "dim",
}


def table(checks: list[Check], rows: list[Row], numbers: dict[str, str]) -> Table:
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
            Text(row.sentence),
        )
    return table


def legend(checks: list[Check], rows: list[Row], numbers: dict[str, str]) -> list[str]:
    """What the numbers and signs of the table mean, as lines of text."""
    named = [
        f"{numbers.get(name, '?')} {name} ({points(most)})" for name, most in maxima(checks).items()
    ]
    waiting = sum(row.pending for row in rows)
    return [
        "exercises (points): " + ", ".join(named),
        *(
            [
                (
                    f"? and +: {waiting} submission{'s wait' if waiting > 1 else ' waits'} for "
                    "marks by hand, in formgrader"
                )
            ]
            if waiting
            else []
        ),
    ]


def summary(rows: list[Row]) -> str:
    """How many of each status, as one line."""
    number = Counter(row.outcome.status for row in rows)
    there = len(rows) - number[NOT_HANDED_IN]
    return f"{there} submission{'s' if there != 1 else ''}: " + ", ".join(
        f"{number[status]} {status}" for status in COLOURS if number[status]
    )
