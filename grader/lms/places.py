"""Where a mark belongs in the CSV of Canvas or Moodle: which column, and which row."""

import re
from collections import Counter, defaultdict

from grader.course.folders import GradingError
from grader.gradebook.rows import Row
from grader.lms.sheet import Sheet, plain

IDENTITY = re.compile(  # titles of the columns that tell who a row is about
    r"id|sis user id|sis login id|integration id|login( id)?|user ?name|(student )?id "
    r"number|student id|.*\be-?mail\b.*",
    re.IGNORECASE,
)


NOT_POINTS = re.compile(
    r"\((percentage|letter|feedback)\)\s*$", re.IGNORECASE
)  # other forms of a mark in Moodle's gradebook


CANVAS_ID = re.compile(r"\s*\(\d+\)\s*$")


TEST_STUDENT = "student, test"


def find_column(sheet: Sheet, lab: str, wanted: str | None) -> int:
    """The number of the column for the marks; GradingError, with the columns there are, when it is
    not exactly one."""
    titles = sheet.header
    if wanted:
        named = [
            number
            for number, title in enumerate(titles)
            if wanted.strip().lower() in (title.lower(), CANVAS_ID.sub("", title).lower())
        ]
        found = [number for number in named if is_for_marks(sheet, number)]
    elif sheet.column("maximum grade") is not None and (grade := sheet.column("grade")) is not None:
        found = [grade]  # Moodle's worksheet is about one assignment and does not name it
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
            f"{sheet.path.name}: several columns match {asked}: {offered}. Say which: --column "
            '"TITLE"'
        )
    raise GradingError(
        f'{sheet.path.name}: no column matches {asked}. Say which: --column "TITLE". The '
        f"columns are: {offered or 'none'}."
    )


def is_for_marks(sheet: Sheet, number: int) -> bool:
    """Whether marks may be in the column: it does not identify the student, and is neither computed
    nor another form of the mark."""
    title = sheet.header[number]
    computed = (
        sheet.possible is not None and sheet.value(sheet.possible, number).strip() == "(read only)"
    )
    return not (IDENTITY.fullmatch(title) or NOT_POINTS.search(title) or computed)


def is_named_like(lab: str, title: str) -> bool:
    """Whether a title has the lab's number (lab03, Lab 3: ...) or, without any lab's number, its
    name."""
    of_lab = re.match(r"lab_?0*(\d+)_?", lab)
    of_title = re.search(r"(?<![a-z])lab[\s_#:-]*0*(\d+)(?![\d.,]\d|\d)", title, re.IGNORECASE)
    if of_lab and of_title:
        return of_lab[1] == of_title[1]
    name = words(lab[of_lab.end() :] if of_lab else lab)
    return bool(name) and f" {name} " in f" {words(title)} "


def words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def identities(sheet: Sheet) -> list[int]:
    """The numbers of the columns that tell who a row is about."""
    return [number for number, title in enumerate(sheet.header) if IDENTITY.fullmatch(title)]


def match(sheet: Sheet, rows: list[Row]) -> tuple[dict[str, int], dict[str, str]]:
    """(the row of each student that was found, the reason for each other student)."""
    if not identities(sheet) and sheet.column("identifier") is None:
        raise GradingError(
            f"{sheet.path.name}: no column has logins, ID numbers or e-mail addresses "
            "(ID, SIS Login ID, ID number, Username, Email address)."
        )
    found = hits(sheet, rows)
    claimed = Counter(hit for theirs in found.values() for hit in theirs)
    matched, unmatched = {}, {}
    for student, theirs in found.items():
        fits = "; ".join(label(sheet, hit) for hit in sorted(theirs))
        if not theirs:
            unmatched[student] = "not in the file"
        elif len(theirs) > 1:
            unmatched[student] = f"not filled, matches several rows: {fits}"
        elif claimed[min(theirs)] > 1:
            others = " and ".join(
                other for other, more in found.items() if more & theirs and other != student
            )
            unmatched[student] = (
                f"not filled, matches the row of {fits}, which {others} matches too"
            )
        else:
            matched[student] = min(theirs)
    return matched, unmatched


def hits(sheet: Sheet, rows: list[Row]) -> dict[str, set[int]]:
    """The rows of the sheet that each student fits: by id and e-mail address; where none fits, by
    the platform's own number, which `collect` puts at the end of some students' names."""
    places, numbers = defaultdict(set), defaultdict(set)
    for row in sheet.body:
        for key in keys(sheet, row):
            places[key].add(row)
        for key in platforms_numbers(sheet, row):
            numbers[key].add(row)
    found = {}
    for row in rows:
        names = [name.lower() for name in (row.student, row.email) if name]
        direct = set().union(*(places[name] for name in names))
        found[row.student] = direct or set(numbers[row.student.rpartition("_")[2]])
    return found


def keys(sheet: Sheet, row: int) -> set[str]:
    """What a student's id or e-mail address may be equal to: the cells that tell who a row is
    about, and addresses up to the @."""
    texts = {sheet.value(row, column).strip().lower() for column in identities(sheet)} - {""}
    return texts | {text.partition("@")[0] for text in texts}


def platforms_numbers(sheet: Sheet, row: int) -> set[str]:
    """The number that the platform itself gives to a student: Canvas's ID 12345, Moodle's
    Identifier "Participant 12345"."""
    columns = [
        column for column in (sheet.column("id"), sheet.column("identifier")) if column is not None
    ]
    return {
        found[1]
        for column in columns
        if (found := re.fullmatch(r"(?:\D+ )?(\d+)", sheet.value(row, column).strip()))
    }


def is_student(sheet: Sheet, row: int) -> bool:
    """Whether a row is about a student: not Canvas's test student or its row "Manual Posting"."""
    return bool(keys(sheet, row)) and sheet.value(row, 0).strip().lower() != TEST_STUDENT


def label(sheet: Sheet, row: int) -> str:
    """Who a row is about, for people: its first two cells that say something."""
    return " / ".join([plain(cell).strip() for cell in sheet.rows[row] if plain(cell).strip()][:2])
