"""Where a mark belongs in the CSV of Canvas or Moodle: which column, and which row."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from grader.course.folders import GradingError
from grader.gradebook.roster import squeezed
from grader.gradebook.rows import Row
from grader.lms.known import Known
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


CANVAS_TITLES = ("sis user id", "sis login id", "integration id", "section")


TEST_STUDENT = "student, test"


ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PARTICIPANT = re.compile(r"(?=.*[^\W\d_])[^0-9]*[0-9]+[^0-9]*")  # a word and a number
MARK = re.compile(r"(\d+([.,]\d+)?|-)?")
MAXIMUM = re.compile(r"\d*[1-9]\d*([.,]\d+)?")


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
    elif own := worksheet(sheet):
        found = [own.grade]  # Moodle's worksheet is about one assignment and does not name it
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


@lru_cache(4)
def identities(sheet: Sheet) -> list[int]:
    """The numbers of the columns that tell who a row is about: by their titles, in any language by
    what is in them."""
    own = worksheet(sheet)
    marks = own.grade if own else len(sheet.header)
    return [
        number
        for number, title in enumerate(sheet.header)
        if IDENTITY.fullmatch(title)
        or not (own and number == own.identifier)
        and (is_of(sheet, number, ADDRESS) or number < marks and own and is_register(sheet, number))
    ]


def is_of(sheet: Sheet, number: int, form: re.Pattern[str]) -> bool:
    """Whether all that is in a column has this form."""
    texts = [text for row in sheet.body if (text := sheet.value(row, number).strip())]
    return bool(texts) and all(map(form.fullmatch, texts))


def is_register(sheet: Sheet, number: int) -> bool:
    """Whether a column may hold numbers of a register: one word each, none twice."""
    texts = [text for row in sheet.body if (text := sheet.value(row, number).strip())]
    return is_of(sheet, number, re.compile(r"\S*\d\S*")) and len({*texts}) == len(texts)


@dataclass(frozen=True)
class Worksheet:
    """Moodle's grading worksheet: the numbers of its columns, whatever their titles."""

    identifier: int
    grade: int
    most: int
    may_change: int


@lru_cache(4)
def worksheet(sheet: Sheet) -> Worksheet | None:
    """The columns of Moodle's worksheet, by titles or by position and shape: an identifier first
    (Participant 12), then the mark, its maximum, and a word for whether it may be changed. None for
    another file."""
    titles = ("identifier", "grade", "maximum grade", "grade can be changed")
    named = [number for title in titles if (number := sheet.column(title)) is not None]
    if len(named) == len(titles):
        return Worksheet(*named)
    if not is_of(sheet, 0, PARTICIPANT):
        return None
    for most in range(2, len(sheet.header) - 1):
        marks = all(MARK.fullmatch(sheet.value(row, most - 1).strip()) for row in sheet.body)
        words = {sheet.value(row, most + 1).strip().lower() for row in sheet.body}
        if marks and is_of(sheet, most, MAXIMUM) and len(words) <= 2 and all(map(is_word, words)):
            return Worksheet(0, most - 1, most, most + 1)
    return None


def is_word(text: str) -> bool:
    return bool(text) and not any(letter.isdigit() for letter in text)


def match(
    sheet: Sheet, rows: list[Row], known: dict[str, Known]
) -> tuple[dict[str, int], dict[str, str]]:
    """(the row of each student that was found, the reason for each other student). known: what else
    is known of them."""
    if not identities(sheet) and worksheet(sheet) is None:
        raise GradingError(
            f"{sheet.path.name}: no column has logins, ID numbers or e-mail addresses "
            "(ID, SIS Login ID, ID number, Username, Email address)."
        )
    found = hits(sheet, rows, known)
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
        elif against := contradiction(sheet, min(theirs), known.get(student, Known())):
            unmatched[student] = f"not filled: the row of {fits} {against}"
        else:
            matched[student] = min(theirs)
    return matched, unmatched


def hits(sheet: Sheet, rows: list[Row], known: dict[str, Known]) -> dict[str, set[int]]:
    """The rows of the sheet that each student fits: by id, logins and e-mail address, and by the
    platform's own number."""
    places, numbers = defaultdict(set), defaultdict(set)
    for row in sheet.body:
        for key in keys(sheet, row):
            places[key].add(row)
        if number := own_number(sheet, row):
            numbers[number].add(row)
    found = {}
    for row in rows:
        one = known.get(row.student, Known())
        names = {name.lower() for name in (row.student, row.email) if name} | one.keys
        found[row.student] = set().union(
            *(places[name] for name in names),
            *(numbers[number] for number in theirs_in(sheet, one)),
        )
    return found


def theirs_in(sheet: Sheet, one: Known) -> frozenset[str]:
    """The numbers of a student that are of the platform the file is from."""
    if worksheet(sheet):
        return frozenset(filter(None, [one.participant]))
    return one.canvas


def contradiction(sheet: Sheet, row: int, one: Known) -> str | None:
    """What in a row speaks against this student; None when nothing does."""
    number, theirs = own_number(sheet, row), theirs_in(sheet, one)
    if number and theirs and number not in theirs:
        return f"has the number {number}, and the submission {' or '.join(sorted(theirs))}"
    if worksheet(sheet) and one.participant and one.name and not is_called(sheet, row, one.name):
        return f"has another name than {one.name}, whose submission has its number"
    return None


def is_called(sheet: Sheet, row: int, name: str) -> bool:
    """Whether a row has this name, or Moodle's word for a participant who is not named. Moodle
    writes a group before the names of its members."""
    texts = {squeezed(plain(cell)) for cell in sheet.rows[row]}
    forms = {squeezed(name), *(squeezed(name[place + 1 :]) for place in hyphens(name))}
    unnamed = re.sub(r"\d", "", squeezed(plain(sheet.rows[row][0])))
    return bool(forms & texts) or unnamed in forms


def hyphens(name: str) -> list[int]:
    return [place for place, letter in enumerate(name) if letter == "-"]


def keys(sheet: Sheet, row: int) -> set[str]:
    """What a student's id or e-mail address may be equal to: the cells that tell who a row is
    about, and addresses up to the @."""
    own = own_column(sheet) if is_canvas(sheet) else None  # a number that is nobody's login
    columns = [column for column in identities(sheet) if column != own]
    texts = {sheet.value(row, column).strip().lower() for column in columns} - {""}
    return texts | {text.partition("@")[0] for text in texts}


def is_canvas(sheet: Sheet) -> bool:
    return any(sheet.column(title) is not None for title in CANVAS_TITLES)


def own_column(sheet: Sheet) -> int | None:
    """The column in which the platform numbers the students itself: Canvas's ID, Moodle's
    Identifier."""
    own = worksheet(sheet)
    return own.identifier if own else sheet.column("id")


def own_number(sheet: Sheet, row: int) -> str | None:
    """The number in it: that of "12345" and of "Participant 12345"."""
    column = own_column(sheet)
    if column is None:
        return None
    found = re.findall(r"\d+", sheet.value(row, column), re.ASCII)
    return found[0] if len(found) == 1 else None


def is_student(sheet: Sheet, row: int) -> bool:
    """Whether a row is about a student: not Canvas's test student or its row "Manual Posting"."""
    return bool(keys(sheet, row)) and sheet.value(row, 0).strip().lower() != TEST_STUDENT


def label(sheet: Sheet, row: int) -> str:
    """Who a row is about, for people: its first two cells that say something."""
    return " / ".join([plain(cell).strip() for cell in sheet.rows[row] if plain(cell).strip()][:2])
