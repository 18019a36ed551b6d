"""grading/LAB.csv: a line for every student, for spreadsheets and learning platforms."""

import csv
import io
from pathlib import Path

from grader.course.files import write
from grader.course.folders import Check, maxima
from grader.course.words import points
from grader.gradebook.rows import Row


def guarded(value: object) -> str:
    """A cell that no spreadsheet reads as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def write_csv(path: Path, checks: list[Check], rows: list[Row]) -> None:
    """rows: `report.Row`s; checks: those of the lab."""
    exercises = maxima(checks)
    header = [
        "student",
        "first name",
        "last name",
        "email",
        "group",
        *exercises,
        "late penalty",
        "total",
        "max",
        "manual marks pending",
        "status",
        "sentence",
    ]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(guarded(cell) for cell in header)
    for row in rows:
        marks = [points(row.points[name]) for name in exercises]
        pending = "yes" if row.pending else "no"
        cells = [
            row.student,
            row.first_name,
            row.last_name,
            row.email,
            row.group,
            *marks,
            points(row.taken_off or None),
            points(row.total),
            points(row.most),
        ]
        writer.writerow(
            guarded(cell) for cell in [*cells, pending, row.outcome.status, row.sentence]
        )
    write(path, text.getvalue())
