"""Notebooks out of what a learning platform lets an instructor download, into
grading/submitted/STUDENT/LAB/.

The download is a folder or a .zip; `lms` knows whose file is whose. An archive is never unpacked:
the notebooks that are wanted are read out of it one by one. A different notebook that was there is
kept in grading/kept/STUDENT/LAB/. The time of a submission is that of its file; a timestamp.txt in
the download is a student's to write, so it is not read.
"""

import datetime
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table
from rich.text import Text

from grader.course.files import write
from grader.course.folders import Course
from grader.intake.folder import (
    FILE,
    FOLDER,
    LEFTOVERS,
    is_notebook,
    kind_of,
    timestamp,
)
from grader.intake.parse import Unreadable, printable
from grader.lms.download import DAMAGED, UTC, Entry, opened
from grader.lms.names import is_wrapped, owner, safe

COLLECTED, UNCHANGED, ASIDE, OTHER = "collected", "there already", "left aside", "no notebook"
COLOURS = {COLLECTED: "green", UNCHANGED: "dim", ASIDE: "red", OTHER: "dim"}
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
STAMP = "%Y-%m-%d %H:%M:%S.%f %Z"  # nbgrader's, in timestamp.txt


Store = Callable[[Course, str, str, bytes, datetime.datetime | None], None]


@dataclass(frozen=True)
class Item:
    """What happened to a file. status: one of the four words above; words: the reason, or what else
    there is to say."""

    found: str
    student: str | None
    status: str
    words: str = ""


def collect(course: Course, lab: str, origin: Path, store: Store | None = None) -> list[Item]:
    """Collects the submissions of a lab. Returns an `Item` for every file; GradingError when the
    download cannot be read.

    store(course, lab, student, content, time) puts a notebook into its place; nothing is written
    with one that does nothing.
    """
    course.require(lab)
    with opened(Path(origin)) as entries:
        notebooks, items = sorted_out(entries)
        groups, unknown = by_student(notebooks, lab)
        items += unknown
        for student, files in groups.items():
            chosen, left = pick(files, lab)
            items += [Item(entry.path, student, ASIDE, reason) for entry, reason in left]
            if chosen:
                items.append(taken(course, lab, student, *chosen, store or put))
    return sorted(items, key=lambda item: (item.status == OTHER, item.student or "", item.found))


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
        elif name.lower().endswith(ARCHIVES):
            items.append(Item(entry.path, None, ASIDE, "an archive: unpack it first"))
        elif is_notebook(name):
            notebooks.append(entry)
        else:
            items.append(Item(entry.path, None, OTHER))
    return notebooks, items


def by_student(
    notebooks: list[Entry], lab: str
) -> tuple[dict[str, list[tuple[Entry, str]]], list[Item]]:
    """({student: [(entry, the name of the file)]}, Items for what has no owner or more than
    one)."""
    wrapped = is_wrapped([entry.parts for entry in notebooks], lab)
    known, items = defaultdict(list), []
    for entry in notebooks:
        name, file = owner(entry.parts, lab, bool(wrapped))
        student = safe(name) if name else None
        if wrapped is None:
            words = (
                f"from {entry.parts[0]} or from {entry.parts[1]}? rename it to LOGIN_{lab}.ipynb"
            )
            items.append(Item(entry.path, None, ASIDE, words))
        elif not student:
            words = f"its name does not say whose it is: rename it to LOGIN_{lab}.ipynb"
            items.append(Item(entry.path, None, ASIDE, words))
        else:
            known[student.casefold()].append((name, student, entry, file))
    groups = {}
    for found in known.values():
        names = sorted({name for name, _, _, _ in found})
        if len(names) > 1:  # two students would share a folder
            words = f"the names {' and '.join(names)} are too similar"
            items += [Item(entry.path, student, ASIDE, words) for _, student, entry, _ in found]
        else:
            groups[found[0][1]] = [(entry, file) for _, _, entry, file in found]
    return groups, items


def pick(
    files: list[tuple[Entry, str]], lab: str
) -> tuple[tuple[Entry, str] | None, list[tuple[Entry, str]]]:
    """((entry, what to say) of the one that counts, or None; (entry, reason) of the others) of one
    student's files."""
    depth = min(len(entry.parts) for entry, _ in files)
    exact = [
        entry
        for entry, _ in files
        if entry.parts[-1] == f"{lab}.ipynb" and len(entry.parts) == depth
    ]
    alike = [entry for entry, file in files if file.lower().startswith(lab.lower())]
    for found in (exact, [entry for entry, _ in files], alike):
        if len(found) == 1:
            left = [
                (entry, f"{found[0].parts[-1]} was taken")
                for entry, _ in files
                if entry is not found[0]
            ]
            return (found[0], "" if alike else "under another name"), left
    return None, [
        (
            entry,
            f"one of {len(files)} notebooks of this student: "
            f"rename the one to grade to {lab}.ipynb",
        )
        for entry, _ in files
    ]


# --- into its place ------------------------------------------------------------------------------


def taken(course: Course, lab: str, student: str, entry: Entry, words: str, store: Store) -> Item:
    """Puts a notebook into its place. Returns the Item."""
    try:
        content = entry.read()
    except Unreadable as error:
        return Item(entry.path, student, ASIDE, str(error))
    except DAMAGED as error:
        return Item(entry.path, student, ASIDE, f"it cannot be read: {error}")
    status, standing = compare(course, lab, student, content, entry.time)
    if status == COLLECTED:
        store(course, lab, student, content, entry.time)
    return Item(entry.path, student, status, "; ".join(filter(None, [words, standing])))


def compare(
    course: Course, lab: str, student: str, content: bytes, time: datetime.datetime | None
) -> tuple[str, str]:
    """(status, words) of a notebook, compared with what is in its place."""
    folder = course.submitted(lab, student)
    path = folder / f"{lab}.ipynb"
    for place, wanted in ((folder.parent, FOLDER), (folder, FOLDER), (path, FILE)):
        if kind_of(place) not in (None, wanted):
            return ASIDE, f"{place} is {kind_of(place)}"
    if kind_of(path) is None:
        return COLLECTED, ""
    if is_content(path, content):
        return UNCHANGED, ""
    before = stamped(folder)
    if time and before and time < before:
        return ASIDE, f"older than the collected one, of {before:%Y-%m-%d %H:%M} UTC"
    return COLLECTED, f"the previous one is kept in {course.grading}/kept"


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
