"""Who is in the class: grading/roster.csv, made by the instructor or downloaded.

A line is a student: id (the name of their folder), name, e-mail address, the platform's numbers,
group. The titles of Canvas's gradebook and Moodle's lists of participants are understood too.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.course.folders import Course, GradingError

TITLES = {  # what a column may be called
    "id": ("id", "student_id"),
    "login": ("sis login id", "login id", "login", "username", "user name", "login_id"),
    "register": ("sis user id", "id number", "student id", "student number", "integration id"),
    "platform": ("platform id", "platform_id", "platform ids", "platform_ids", "canvas id"),
    "email": ("email", "e-mail", "email address", "e-mail address", "sis email"),
    "first": ("first name", "first_name", "given name"),
    "last": ("last name", "last_name", "surname", "family name"),
    "name": ("name", "full name", "full_name", "student", "student name"),
    "group": ("group", "groups", "group name", "group_name", "team"),
}
NOBODY = ("points possible", "student, test", "manual posting")  # rows of Canvas's gradebook
BAD = re.compile(r'[*?\[\]/\\:"<>|\s]|^\.|[. ]$')


@dataclass(frozen=True)
class Student:
    """keys: what is theirs alone, such as logins and addresses, in lower case; numbers: those that
    the platform gave them; names: their name in the forms that platforms write, `squeezed`."""

    id: str
    first_name: str | None
    last_name: str | None
    email: str | None
    group: str | None
    keys: frozenset[str]
    numbers: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True)
class Roster:
    students: dict[str, Student]

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """The members of each group, by its name."""
        found = defaultdict(list)
        for student in self.students.values():
            if student.group:
                found[student.group].append(student.id)
        return dict(found)

    def members(self, student: str) -> list[str]:
        """Everyone in this student's group, the student too."""
        known = self.students.get(student)
        return self.groups[known.group] if known and known.group else [student]

    def with_key(self, key: str) -> set[str]:
        return {one.id for one in self.students.values() if key.lower() in one.keys}

    def with_number(self, number: str) -> set[str]:
        return {one.id for one in self.students.values() if number in one.numbers}

    def with_name(self, name: str) -> set[str]:
        """Who is called so; Moodle writes a group and a hyphen before the names of its members."""
        forms = {squeezed(name)}
        forms |= {squeezed(name[len(group) + 1 :]) for group in self.groups if ahead(group, name)}
        return {one.id for one in self.students.values() if one.names & (forms - {""})}


def ahead(group: str, name: str) -> bool:
    return name.startswith(f"{group}-")


def squeezed(name: str) -> str:
    """A name's letters and digits, in lower case and without accents: how platforms shorten it."""
    text = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def path(course: Course) -> Path:
    return course.folder / "roster.csv"


def roster(course: Course) -> Roster | None:
    """The Roster of a course, None without the file; GradingError when it cannot be used."""
    place = path(course)
    if not place.exists():
        return None
    try:
        text = place.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise GradingError(f'{place} is not in UTF-8: save it as "CSV UTF-8".') from None
    lines = text.splitlines()
    delimiter = max(",;\t", key=(lines or [""])[0].count)
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return Roster(unique((read(table, place) if table else []), place))


def read(table: list[list[str]], place: Path) -> Iterable[Student]:
    columns, of_canvas = columns_of(table[0]), is_canvas(table[0])
    identity = next((kind for kind in order(of_canvas) if columns[kind] is not None), None)
    if identity is None:
        raise GradingError(
            f"{place}: no column says who a line is about. Give it a column id, with the names of "
            "the students' folders."
        )
    for number, line in enumerate(table[1:], 2):
        cells = {
            kind: line[column].strip() if column is not None and column < len(line) else ""
            for kind, column in columns.items()
        }
        if not any(cells.values()) or cells["name"].lower() in (*NOBODY, "") and of_canvas:
            continue
        if not cells[identity]:
            raise GradingError(f"{place}, line {number}: there is no {TITLES[identity][0]}.")
        if BAD.search(cells[identity]):
            raise GradingError(
                f"{place}, line {number}: {cells[identity]!r} cannot be the name of a folder. Use "
                "letters, digits and - _ . @ alone."
            )
        yield student(cells, identity, of_canvas)


def columns_of(titles: list[str]) -> dict[str, int | None]:
    """The number of the column of each kind, None where there is none."""
    names = [title.strip().lower() for title in titles]
    return {
        kind: next((names.index(title) for title in known if title in names), None)
        for kind, known in TITLES.items()
    }


def is_canvas(titles: list[str]) -> bool:
    """Whether these are the titles of Canvas's gradebook, in which ID is Canvas's own number."""
    return {"student", "id"} <= {title.strip().lower() for title in titles}


def order(of_canvas: bool) -> list[str]:
    """Which columns may name a student's folder, the best first."""
    return ["login", "register", "id"] if of_canvas else ["id", "login", "register", "email"]


def student(cells: dict[str, str], identity: str, of_canvas: bool) -> Student:
    first, last = cells["first"], cells["last"]
    if not (first or last):
        last, comma, first = cells["name"].partition(",")
        if not comma:
            first, _, last = cells["name"].rpartition(" ")
    first, last = first.strip(), last.strip()
    keys = {cells[kind].lower() for kind in ("id", "login", "register", "email")} - {""}
    numbers = set(re.findall(r"\w+", cells["platform"]))
    if of_canvas:
        keys.discard(cells["id"].lower())
        numbers |= {cells["id"]} - {""}
    names = {squeezed(first + last), squeezed(last + first), squeezed(cells["name"])} - {""}
    return Student(
        cells[identity],
        first or None,
        last or None,
        cells["email"] or None,
        cells["group"] or None,
        frozenset(keys),
        frozenset(numbers),
        frozenset(names),
    )


def unique(students: Iterable[Student], place: Path) -> dict[str, Student]:
    """The students by id; GradingError where two share an id, a login or a platform's number."""
    found, owners = {}, {}
    for one in students:
        claims = {("", one.id.lower()), *(("", key) for key in one.keys)}
        for claim in {*claims, *(("number", number) for number in one.numbers)}:
            if claim in owners:
                raise GradingError(f"{place}: {claim[1]} is there for two students.")
            owners[claim] = one.id
        found[one.id] = one
    if not found:
        raise GradingError(f"{place} names no students.")
    return found
