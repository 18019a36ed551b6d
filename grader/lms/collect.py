"""Notebooks out of what a learning platform lets an instructor download, into
grading/submitted/STUDENT/LAB/.

The download is a folder or a .zip; `whose` knows whose file is whose. An archive is never unpacked:
the notebooks that are wanted are read out of it one by one. A different notebook that was there is
kept in grading/kept/STUDENT/LAB/. A timestamp.txt in the download is a student's to write, so it is
not read; what the platform says is written down in grading/collected/LAB.json.
"""

import datetime
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from rich.table import Table
from rich.text import Text

from grader.course.files import write
from grader.course.folders import Course
from grader.gradebook import collected
from grader.gradebook.collected import Record, records
from grader.gradebook.roster import roster
from grader.intake.folder import (
    FILE,
    FOLDER,
    LEFTOVERS,
    is_notebook,
    kind_of,
    timestamp,
)
from grader.intake.parse import Unreadable, printable
from grader.intake.submitted import is_answered
from grader.lms.download import DAMAGED, UTC, Entry, opened
from grader.lms.names import Claim
from grader.lms.pattern import Pattern
from grader.lms.times import Trust
from grader.lms.whose import claimed, owner

COLLECTED, UNCHANGED, ASIDE, OTHER = "collected", "there already", "left aside", "no notebook"
COLOURS = {COLLECTED: "green", UNCHANGED: "dim", ASIDE: "red", OTHER: "dim"}
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
STAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # nbgrader's, in timestamp.txt


@dataclass(frozen=True)
class Item:
    """What happened to a file. status: one of the four words above; words: the reason, or what else
    there is to say; untimed: why it is not known when it was handed in."""

    found: str
    student: str | None
    status: str
    words: str = ""
    untimed: str | None = None


@dataclass(frozen=True)
class Found:
    """A notebook whose owner is known. file: the student's name for it."""

    entry: Entry
    claim: Claim

    @property
    def file(self) -> str:
        return self.entry.parts[-1] if self.entry.outside else self.claim.file


def collect(
    course: Course, lab: str, origin: Path, pattern: str | None = None, dry_run: bool = False
) -> list[Item]:
    """Collects the submissions of a lab. Returns an `Item` for every file; GradingError when the
    download cannot be read.

    pattern: see `pattern`; dry_run: nothing is written.
    """
    course.require(lab)
    with opened(Path(origin)) as entries:
        notebooks, items = sorted_out(entries)
        groups, unknown = by_student(course, notebooks, lab, pattern)
        items += unknown
        trust = Trust.of(
            [(one.claim, one.entry.time) for files in groups.values() for one in files]
        )
        noted, before = {}, records(course, lab)
        source = json.loads(course.source(lab).read_text(encoding="utf-8"))
        for student, files in groups.items():
            chosen, words, left = pick(files, lab, lambda one: is_answered(course, source, one))
            items += [Item(one.entry.path, student, ASIDE, reason) for one, reason in left]
            if chosen:
                record = recorded(chosen, trust)
                place = Place(course, lab, student, before.get(student, Record()))
                if record.late:
                    words = "; ".join(filter(None, [words, f"late, says {record.platform}"]))
                item = taken(place, chosen.entry, words, record, dry_run)
                items.append(replace(item, untimed=None if record.time else trust.words))
                if items[-1].status in (COLLECTED, UNCHANGED):
                    noted[student] = record
    if not dry_run:
        collected.note(course, lab, noted)
    return sorted(items, key=lambda item: (item.status == OTHER, item.student or "", item.found))


def recorded(found: Found, trust: Trust) -> Record:
    """What is written down of a notebook."""
    claim, time = found.claim, trust.time(found.claim, found.entry.time)
    seen = found.entry.time
    return Record(
        claim.platform,
        claim.name,
        claim.number,
        claim.upload,
        claim.late,
        time and time.isoformat(),
        seen and seen.isoformat(),
        claim.page,
    )


def table(items: list[Item]) -> Table:
    """A rich Table of what went where, and what did not and why."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("found", overflow="fold", ratio=3)
    table.add_column("student", overflow="fold", ratio=1)
    table.add_column("", overflow="fold", ratio=2)
    for item in items:
        outcome = Text(
            item.status + (f": {item.words}" if item.words else ""), style=COLOURS[item.status]
        )
        table.add_row(Text(printable(item.found, 200)), Text(item.student or ""), outcome)
    return table


def summary(items: list[Item]) -> str:
    number = Counter(item.status for item in items)
    return (
        ", ".join(f"{number[status]} {status}" for status in COLOURS if number[status])
        or "no files"
    )


def untimed(items: list[Item]) -> str | None:
    """What an instructor must know of the times, None when they are known."""
    found = [item for item in items if item.untimed]
    if not found:
        return None
    return (
        f"Time of the hand-in unknown: {len(found)} ({found[0].untimed}). Nothing is taken off for "
        "being late. To say when: write it into the timestamp.txt next to the notebook."
    )


# --- whose it is ---------------------------------------------------------------------------------


def sorted_out(entries: list[Entry]) -> tuple[list[Entry], list[Item]]:
    """(the entries that are notebooks, an Item for every other one); what editors and systems leave
    behind is passed over."""
    notebooks, items = [], []
    for entry in entries:
        name = entry.parts[-1]
        if LEFTOVERS & set(entry.parts) or name.startswith("._") or name == "timestamp.txt":
            continue
        if entry.wrong:
            items.append(Item(entry.path, None, ASIDE, entry.wrong))
        elif name.lower().endswith(ARCHIVES):  # a .zip was opened
            items.append(Item(entry.path, None, ASIDE, "an archive: unpack it first"))
        elif is_notebook(name):
            notebooks.append(entry)
        else:
            items.append(Item(entry.path, None, OTHER))
    return notebooks, items


def by_student(
    course: Course, notebooks: list[Entry], lab: str, pattern: str | None
) -> tuple[dict[str, list[Found]], list[Item]]:
    """({student: their notebooks}, Items for what has no owner or more than one)."""
    people = roster(course)
    own = Pattern(pattern) if pattern else None
    known, items = defaultdict(list), []
    claims = claimed([entry.named for entry in notebooks], lab, own)
    for entry, said in zip(notebooks, claims, strict=True):
        found = owner(said, people)
        if isinstance(found, str):
            items.append(Item(entry.path, None, ASIDE, found))
        else:
            one = (found.name, found.student, Found(entry, found.claim))
            known[found.student.casefold()].append(one)
    groups = {}
    for found in known.values():
        names = sorted({name for name, _, _ in found})
        if len(names) > 1:  # two students would share a folder
            words = f"the names {' and '.join(names)} are too similar"
            items += [Item(one.entry.path, student, ASIDE, words) for _, student, one in found]
        else:
            groups[found[0][1]] = [one for _, _, one in found]
    return groups, items


def pick(
    files: list[Found], lab: str, is_answered: Callable[[bytes], bool]
) -> tuple[Found | None, str, list[tuple[Found, str]]]:
    """(the one that counts, or None; what to say of it; (the others, why not)) of one student's
    notebooks."""
    newest = max((one.claim.time for one in files if one.claim.time), default=None)
    earlier = [one for one in files if one.claim.time and one.claim.time != newest]
    files = [one for one in files if one not in earlier]
    left = [(one, "an earlier attempt") for one in earlier]
    depth = min(len(one.entry.parts) for one in files)
    exact = [
        one
        for one in files
        if one.entry.parts[-1] == f"{lab}.ipynb" and len(one.entry.parts) == depth
    ]
    alike = [one for one in files if one.file.lower().startswith(lab.lower())]
    named = next((found[0] for found in (exact, files, alike) if len(found) == 1), None)
    if len(files) > 1 and (named is None or not has_answers(named, is_answered)):
        answered = [one for one in files if has_answers(one, is_answered)]
        if len(answered) == 1:
            chosen, words = answered[0], "the only one with answers"
            return chosen, words, left + others(files, chosen)
    if named:
        return named, "" if alike else "under another name", left + others(files, named)
    words = f"one of {len(files)} notebooks of this student: rename the one to grade to {lab}.ipynb"
    return None, "", left + [(one, words) for one in files]


def others(files: list[Found], chosen: Found) -> list[tuple[Found, str]]:
    return [(one, f"{chosen.entry.parts[-1]} was taken") for one in files if one is not chosen]


def has_answers(found: Found, is_answered: Callable[[bytes], bool]) -> bool:
    try:
        return is_answered(found.entry.read())
    except (Unreadable, *DAMAGED):
        return False


# --- into its place ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a student's notebook goes. before: the Record of what is there."""

    course: Course
    lab: str
    student: str
    before: Record


def taken(place: Place, entry: Entry, words: str, record: Record, dry_run: bool) -> Item:
    """Puts a notebook into its place. Returns the Item."""
    try:
        content = entry.read()
    except Unreadable as error:
        return Item(entry.path, place.student, ASIDE, str(error))
    except DAMAGED as error:
        return Item(entry.path, place.student, ASIDE, f"it cannot be read: {error}")
    status, standing = compare(place, content, record)
    if status == COLLECTED and not dry_run:
        put(place.course, place.lab, place.student, content, record.handed_in)
    return Item(entry.path, place.student, status, "; ".join(filter(None, [words, standing])))


def compare(place: Place, content: bytes, record: Record) -> tuple[str, str]:
    """(status, words) of a notebook, compared with what is in its place."""
    folder = place.course.submitted(place.lab, place.student)
    path = folder / f"{place.lab}.ipynb"
    for there, wanted in ((folder.parent, FOLDER), (folder, FOLDER), (path, FILE)):
        if kind_of(there) not in (None, wanted):
            return ASIDE, f"{there} is {kind_of(there)}"
    if kind_of(path) is None:
        return COLLECTED, ""
    if is_content(path, content):
        return UNCHANGED, ""
    if record.upload and place.before.upload and record.upload < place.before.upload:
        return ASIDE, f"{record.platform} numbers it before the collected one"
    time, time_there = record.handed_in, stamped(folder)
    if time and time_there and time < time_there:
        return ASIDE, f"older than the collected one, of {time_there:%Y-%m-%d %H:%M} UTC"
    return COLLECTED, f"the previous one is kept in {place.course.grading}/kept"


def is_content(path: Path, content: bytes) -> bool:
    return path.stat().st_size == len(content) and path.read_bytes() == content


def stamped(folder: Path) -> datetime.datetime | None:
    """When the notebook that is there was handed in; None when its timestamp.txt does not say so in
    UTC."""
    try:
        return datetime.datetime.strptime(timestamp(folder), STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def put(
    course: Course, lab: str, student: str, content: bytes, time: datetime.datetime | None
) -> None:
    """Writes a notebook and its time; a different one that was there is kept. What is cut off is
    done again by the next call."""
    folder = course.submitted(lab, student)
    path = folder / f"{lab}.ipynb"
    if path.exists():
        time_there = stamped(folder) or datetime.datetime.fromtimestamp(path.stat().st_mtime, UTC)
        keep(course.folder / "kept" / student / lab, path.read_bytes(), time_there)
    (folder / "timestamp.txt").unlink(missing_ok=True)
    if time:
        write(folder / "timestamp.txt", time.strftime(STAMP).encode())
    write(path, content)


def keep(folder: Path, content: bytes, time: datetime.datetime) -> None:
    """Writes a copy that is named after its time, unless there is one."""
    for number in itertools.count(1):
        path = folder / f"{time:%Y-%m-%d_%H-%M-%S}{f'_{number}' if number > 1 else ''}.ipynb"
        if not path.exists():
            write(path, content)
            return
        if is_content(path, content):
            return
