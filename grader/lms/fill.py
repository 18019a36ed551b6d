"""Marks into the CSV that an instructor downloaded from Canvas or Moodle.

canvas.csv stays as it is; canvas.filled.csv, next to it, differs only in the cells of one column.
It reads Canvas's gradebook (with its rows "Points Possible" and "Manual Posting"), Moodle's offline
grading worksheet, in any language, and Moodle's gradebook export. Students are found by login, ID
number or e-mail address, or by the platform's own number where `collect` wrote it down; never by
name alone. A row is filled only when nothing in it speaks against it.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.course.words import points
from grader.gradebook.rows import Row
from grader.lms.known import Known
from grader.lms.places import find_column, is_student, label, match, worksheet
from grader.lms.sheet import Sheet, read, save

UNTOUCHED = {
    "EX": "excused in the file",
    "N/A": "not assigned to them in the file",
}  # what Canvas has in place of a mark

YES = (  # in the languages of Moodle: a mark that may be changed
    "yes ja oui sí si sì sim kyllä tak ano áno igen da да так ναι evet نعم כן بله हाँ ya có ใช่ "
    "はい 예 네 是 bai jah jā taip já დიახ"
)


@dataclass(frozen=True)
class Filled:
    """The result of filling a file. kept and unmatched_students: why, by student; unmatched_rows:
    students without a submission here."""

    path: Path
    column: str
    scale: str
    matched: tuple
    kept: dict
    unmatched_rows: tuple
    unmatched_students: dict
    replaced: tuple  # matched students who had a different mark in the file


@dataclass(frozen=True)
class Wish:
    """How to fill. column: a title, without it the one named like the lab. A total that still waits
    for marks by hand is too low and would be seen as a final mark, so such a cell stays as it was
    unless with_pending. may_change: the file's word for a mark that may be changed, where it is not
    known."""

    column: str | None = None
    with_pending: bool = False
    may_change: str = ""


def fill(
    path: Path,
    rows: list[Row],
    lab: str,
    wish: Wish | None = None,
    known: dict[str, Known] | None = None,
) -> Filled:
    """Writes FILE.filled.csv next to the file. Returns a Filled; GradingError if the file or its
    column is ambiguous.

    rows: `report.Row`s; known: what else is known of each student.
    """
    wish = wish or Wish()
    sheet = read(path)
    number = find_column(sheet, lab, wish.column)
    places, unmatched = match(sheet, rows, known or {})
    cells, kept, replaced, scales = {}, {}, [], set()
    commas = has_commas(sheet, number)
    for row in (row for row in rows if row.student in places):
        place = places[row.student]
        before, total = sheet.value(place, number), row.total
        reason = why_not(sheet, place, before, row, wish)
        if reason or total is None:
            kept[row.student] = reason
            continue
        scale = scale_of(sheet, place, number)
        scales.add((row.most, scale))
        after = points(total / row.most * scale if scale and row.most else total)
        if before.strip() not in ("", "-") and as_number(before) != as_number(after):
            replaced.append(row.student)
        cells[place] = after.replace(".", ",") if commas else after
    target = path.with_name(f"{path.stem}.filled{path.suffix}")
    save(target, sheet.changed(number, cells))
    others = set(sheet.body) - set(places.values())
    return Filled(
        target,
        sheet.header[number],
        scale_note(scales),
        tuple(student for student in places if student not in kept),
        kept,
        tuple(label(sheet, row) for row in sorted(others) if is_student(sheet, row)),
        unmatched,
        tuple(replaced),
    )


def check(path: Path, lab: str, column: str | None = None) -> None:
    """GradingError when `fill` could not fill this file: better to know before a long run than
    after it."""
    sheet = read(path)
    find_column(sheet, lab, column)
    match(sheet, [], {})


def lines(filled: Filled) -> list[str]:
    """What an instructor must know of it, as lines of text."""
    title = (
        f"{filled.path.absolute()}: {len(filled.matched)} mark{'s' * (len(filled.matched) != 1)} "
        f'in the column "{filled.column}"'
    )
    notes = [f"{title}; {filled.scale}" if filled.scale else title]
    if filled.replaced:
        notes.append(f"  replaced a different mark: {', '.join(filled.replaced)}")
    for reason in dict.fromkeys(filled.kept.values()):
        notes.append(
            f"  left unchanged, {reason}: "
            f"{', '.join(student for student, why in filled.kept.items() if why == reason)}"
        )
    notes += [f"  {student}: {reason}" for student, reason in filled.unmatched_students.items()]
    if filled.unmatched_rows:
        notes.append(
            f"  in the file, but without a submission here: {'; '.join(filled.unmatched_rows)}"
        )
    return notes


# --- which mark ----------------------------------------------------------------------------------


def why_not(sheet: Sheet, place: int, before: str, row: Row, wish: Wish) -> str | None:
    """The reason why a cell stays as it was; None when the mark is written."""
    if row.total is None or not math.isfinite(row.total):
        return row.outcome.status
    if row.pending and not wish.with_pending:
        return "marks by hand are still to come (--with-pending fills them too)"
    if own := worksheet(sheet):
        word = sheet.value(place, own.may_change).strip().lower()
        if word not in {*YES.split(), wish.may_change.lower()} - {""}:
            return f'locked in the file ("{sheet.header[own.may_change]}": {word})'
    return UNTOUCHED.get(before.strip().upper())


def has_commas(sheet: Sheet, number: int) -> bool:
    """Whether the file writes marks, or their maximum, with a comma before the decimals."""
    own = worksheet(sheet)
    columns = {number, own.most if own else number}
    rows = [row for row in range(1, len(sheet.rows)) if sheet.rows[row] != [""]]
    return any(
        re.fullmatch(r"\d+,\d+", sheet.value(row, column).strip())
        for row in rows
        for column in columns
    )


def scale_of(sheet: Sheet, place: int, number: int) -> float | None:
    """The points that the file gives for all of it; None when it does not say, or says 0."""
    if sheet.possible is not None:
        return as_number(sheet.value(sheet.possible, number)) or None
    own = worksheet(sheet)
    return as_number(sheet.value(place, own.most)) or None if own else None


def as_number(text: str) -> float | None:
    """The number of a cell, with a point or a comma before the decimals; None for anything else."""
    *whole, last = re.split("[.,]", text.strip())
    digits = f"{''.join(whole)}.{last}" if whole else last
    return float(digits) if re.fullmatch(r"\d+\.?\d*|\.\d+", digits, re.ASCII) else None


def scale_note(scales: Iterable[tuple[float, float | None]]) -> str:
    """How our points became those of the file, in words; "" where they are the same."""
    notes = []
    for ours, theirs in sorted(scales, key=str):
        if theirs is None:
            notes.append(f"the file does not give the maximum; here it is {points(ours)}")
        elif theirs != ours:
            notes.append(f"scaled from {points(ours)} to {points(theirs)} points")
    return ", ".join(notes)
