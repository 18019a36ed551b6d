"""Marks into the CSV that an instructor downloaded from Canvas or Moodle.

canvas.csv stays as it is; canvas.filled.csv beside it differs in the cells of one column and in nothing else. Read are
Canvas's gradebook (with its rows "Points Possible" and "Manual Posting"), Moodle's offline grading worksheet and
Moodle's gradebook export. Students are found by login, ID number or e-mail address, never by name.
"""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course.folders import GradingError
from grader.gradebook.export import points
from grader.lms.sheet import plain, read, save, written

IDENTITY = re.compile(  # titles of the columns that tell who a row is about
    r"id|sis user id|sis login id|integration id|login( id)?|user ?name|(student )?id number|student id|.*\be-?mail\b.*",
    re.IGNORECASE,
)
NOT_POINTS = re.compile(
    r"\((percentage|letter|feedback)\)\s*$", re.IGNORECASE
)  # other forms of a mark in Moodle's gradebook
CANVAS_ID = re.compile(r"\s*\(\d+\)\s*$")
UNTOUCHED = {
    "EX": "excused in the file",
    "N/A": "not assigned to them in the file",
}  # what Canvas has in place of a mark
TEST_STUDENT = "student, test"


@dataclass(frozen=True)
class Filled:
    """What became of a file. kept and unmatched_students: why, by student; unmatched_rows: who has no submission here."""

    path: Path
    column: str
    scale: str
    matched: tuple
    kept: dict
    unmatched_rows: tuple
    unmatched_students: dict
    replaced: tuple  # of the matched, those who had another mark in the file


def fill(path, rows, lab, column=None, with_pending=False):
    """Writes FILE.filled.csv beside the file. Returns a Filled; GradingError where the file or its column is not clear.

    rows: `report.Row`s; column: a title, without it the one named like the lab. A total that still waits for marks by
    hand is too low and would be seen as a final mark, so such a cell stays as it was unless with_pending.
    """
    sheet = read(path)
    number = find_column(sheet, lab, column)
    places, unmatched = match(sheet, rows)
    kept, replaced, scales = {}, [], set()
    comma = has_commas(sheet, number)
    filled = [list(row) for row in sheet.rows]
    for row in rows:
        if row.student not in places:
            continue
        place = places[row.student]
        before = sheet.value(place, number)
        if reason := why_not(sheet, place, before, row, with_pending):
            kept[row.student] = reason
            continue
        scale = scale_of(sheet, place, number)
        scales.add((row.most, scale))
        after = points(row.total / row.most * scale if scale and row.most else row.total)
        if before.strip() not in ("", "-") and as_number(before) != as_number(after):
            replaced.append(row.student)
        filled[place][number] = written(
            after.replace(".", ",") if comma else after, filled[place][number], sheet.delimiter
        )
    target = path.with_name(f"{path.stem}.filled{path.suffix}")
    save(target, replace(sheet, rows=filled))
    taken = set(places.values())
    others = [
        label(sheet, row) for row in sheet.body if row not in taken and is_student(sheet, row)
    ]
    matched = tuple(student for student in places if student not in kept)
    return Filled(
        target,
        sheet.header[number],
        said_of(scales),
        matched,
        kept,
        tuple(others),
        unmatched,
        tuple(replaced),
    )


def check(path, lab, column=None):
    """GradingError when `fill` could not fill this file: better said before a long run than after it."""
    sheet = read(path)
    find_column(sheet, lab, column)
    match(sheet, [])


def lines(filled):
    """What an instructor must know of it, as lines of text."""
    title = f'{filled.path.absolute()}: {len(filled.matched)} mark{"s" * (len(filled.matched) != 1)} in the column "{filled.column}"'
    said = [f"{title}; {filled.scale}" if filled.scale else title]
    if filled.replaced:
        said.append(f"  had another mark there: {', '.join(filled.replaced)}")
    for reason in dict.fromkeys(filled.kept.values()):
        said.append(
            f"  left as they were, {reason}: {', '.join(student for student, why in filled.kept.items() if why == reason)}"
        )
    said += [f"  {student}: {reason}" for student, reason in filled.unmatched_students.items()]
    if filled.unmatched_rows:
        said.append(f"  in the file, without a submission here: {'; '.join(filled.unmatched_rows)}")
    return said


# --- which column, which row ---------------------------------------------------------------------


def find_column(sheet, lab, wanted):
    """The number of the column for the marks; GradingError, with the columns there are, when it is not exactly one."""
    titles = sheet.header
    if wanted:
        named = [
            number
            for number, title in enumerate(titles)
            if wanted.strip().lower() in (title.lower(), CANVAS_ID.sub("", title).lower())
        ]
        found = [number for number in named if is_for_marks(sheet, number)]
    elif sheet.column("maximum grade") is not None and sheet.column("grade") is not None:
        found = [
            sheet.column("grade")
        ]  # Moodle's worksheet is about one assignment and does not name it
    else:
        found = [
            number
            for number, title in enumerate(titles)
            if is_for_marks(sheet, number) and is_named_like(lab, title)
        ]
    if len(found) == 1:
        return found[0]
    offered = "; ".join(
        titles[number] for number in found or range(len(titles)) if is_for_marks(sheet, number)
    )
    asked = f'"{wanted}"' if wanted else lab
    if found:
        raise GradingError(
            f'{sheet.path.name}: several columns fit {asked}: {offered}. Say which: --column "TITLE"'
        )
    raise GradingError(
        f'{sheet.path.name}: no column fits {asked}. Say which: --column "TITLE". The columns are: {offered or "none"}.'
    )


def is_for_marks(sheet, number):
    """Whether marks may be in the column: it says not who somebody is, and is neither computed nor another form of the mark."""
    title = sheet.header[number]
    computed = (
        sheet.possible is not None and sheet.value(sheet.possible, number).strip() == "(read only)"
    )
    return not (IDENTITY.fullmatch(title) or NOT_POINTS.search(title) or computed)


def is_named_like(lab, title):
    """Whether a title has the lab's number (lab03, Lab 3: ...) or, without any lab's number, its name."""
    of_lab = re.match(r"lab_?0*(\d+)_?", lab)
    of_title = re.search(r"(?<![a-z])lab[\s_#:-]*0*(\d+)(?![\d.,]\d|\d)", title, re.IGNORECASE)
    if of_lab and of_title:
        return of_lab[1] == of_title[1]
    name = words(lab[of_lab.end() :] if of_lab else lab)
    return bool(name) and f" {name} " in f" {words(title)} "


def words(text):
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def identities(sheet):
    """The numbers of the columns that tell who a row is about."""
    return [number for number, title in enumerate(sheet.header) if IDENTITY.fullmatch(title)]


def match(sheet, rows):
    """(the number of the row of each student that was found, the reason for each other student)."""
    if not identities(sheet) and sheet.column("identifier") is None:
        raise GradingError(
            f"{sheet.path.name}: no column has logins, ID numbers or e-mail addresses (ID, SIS Login ID, ID number, Username, Email address)."
        )
    places, numbers = defaultdict(set), defaultdict(set)
    for row in sheet.body:
        for key in keys(sheet, row):
            places[key].add(row)
        for key in platforms_numbers(sheet, row):
            numbers[key].add(row)
    found = {
        row.student: set().union(
            *(places[name.lower()] for name in (row.student, row.email) if name)
        )
        for row in rows
    }
    for (
        student,
        hits,
    ) in (
        found.items()
    ):  # as `collect` names those of whom the platform tells the name and its own number
        hits |= set() if hits else numbers[student.rpartition("_")[2]]
    claimed = Counter(hit for hits in found.values() for hit in hits)
    matched, unmatched = {}, {}
    for student, hits in found.items():
        fits = "; ".join(label(sheet, hit) for hit in sorted(hits))
        if not hits:
            unmatched[student] = "not in the file"
        elif len(hits) > 1:
            unmatched[student] = f"not filled, fits several rows: {fits}"
        elif claimed[min(hits)] > 1:
            others = " and ".join(
                other for other, theirs in found.items() if theirs & hits and other != student
            )
            unmatched[student] = f"not filled, fits the row of {fits}, which {others} fits too"
        else:
            matched[student] = min(hits)
    return matched, unmatched


def keys(sheet, row):
    """What a student's id or e-mail address may be equal to: the cells that tell who a row is about, and addresses up to the @."""
    texts = {sheet.value(row, column).strip().lower() for column in identities(sheet)} - {""}
    return texts | {text.partition("@")[0] for text in texts}


def platforms_numbers(sheet, row):
    """The number that the platform itself gives to a student: Canvas's ID 12345, Moodle's Identifier "Participant 12345"."""
    columns = [
        column for column in (sheet.column("id"), sheet.column("identifier")) if column is not None
    ]
    return {
        found[1]
        for column in columns
        if (found := re.fullmatch(r"(?:\D+ )?(\d+)", sheet.value(row, column).strip()))
    }


def is_student(sheet, row):
    """Whether a row is about a student: not Canvas's test student or its row "Manual Posting"."""
    return bool(keys(sheet, row)) and sheet.value(row, 0).strip().lower() != TEST_STUDENT


def label(sheet, row):
    """Who a row is about, for people: its first two cells that say something."""
    return " / ".join([plain(cell).strip() for cell in sheet.rows[row] if plain(cell).strip()][:2])


# --- which mark ----------------------------------------------------------------------------------


def why_not(sheet, place, before, row, with_pending):
    """The reason why a cell stays as it was; None when the mark is written."""
    if row.total is None or not math.isfinite(row.total):
        return row.outcome.status
    if row.pending and not with_pending:
        return "marks by hand are still to come (--with-pending fills them too)"
    locked = sheet.column("grade can be changed")
    if locked is not None and sheet.value(place, locked).strip().lower() == "no":
        return "locked in the file"
    return UNTOUCHED.get(before.strip().upper())


def has_commas(sheet, number):
    """Whether the file writes marks, or their maximum, with a comma before the decimals."""
    columns = {number, sheet.column("maximum grade")} - {None}
    rows = [row for row in range(1, len(sheet.rows)) if sheet.rows[row] != [""]]
    return any(
        re.fullmatch(r"\d+,\d+", sheet.value(row, column).strip())
        for row in rows
        for column in columns
    )


def scale_of(sheet, place, number):
    """The points that the file gives for all of it; None when it does not say, or says 0."""
    largest = sheet.column("maximum grade")
    if sheet.possible is not None:
        return as_number(sheet.value(sheet.possible, number)) or None
    return as_number(sheet.value(place, largest)) or None if largest is not None else None


def as_number(text):
    """The number of a cell, with a point or a comma before the decimals; None for anything else."""
    *whole, last = re.split("[.,]", text.strip())
    digits = f"{''.join(whole)}.{last}" if whole else last
    return float(digits) if re.fullmatch(r"\d+\.?\d*|\.\d+", digits, re.ASCII) else None


def said_of(scales):
    """How our points became those of the file, in words; "" where they are the same."""
    said = []
    for ours, theirs in sorted(scales, key=str):
        if theirs is None:
            said.append(f"the file does not say of how many points, ours are of {points(ours)}")
        elif theirs != ours:
            said.append(f"scaled from {points(ours)} to {points(theirs)} points")
    return ", ".join(said)
