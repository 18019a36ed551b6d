"""What a student handed in: a notebook that can be graded, or the sentence that says why not.

Of a folder grading/submitted/STUDENT/LAB one regular file is read and nothing else: no link is followed at any level,
no pipe or device is opened, and what could be run or imported beside the notebook is refused by name.
"""

import contextlib
import itertools
import os
import re
import stat
from dataclasses import dataclass

from grader.course.words import listed
from grader.intake.align import align, released
from grader.intake.matching import asked
from grader.intake.parse import Notebook, Unreadable, parse, printable

LARGEST = 100_000_000  # bytes; a notebook with that many outputs is still read
MOST_FILES = 1_000  # that are looked at beside a notebook
FILE, FOLDER, LINK = "a file", "a folder", "a link"
COMPANIONS = (
    "timestamp.txt",
    "submission_secret.txt",
)  # when it was handed in; what the exchange knows it by
LEFTOVERS = {
    ".ipynb_checkpoints",
    ".DS_Store",
    "__MACOSX",
    "Thumbs.db",
    "desktop.ini",
    ".git",
    ".gitignore",
    ".gitattributes",
    ".vscode",
    ".idea",
}
RUNNABLE = (
    ".py",
    ".pyc",
    ".pyd",
    ".pyi",
    ".pyw",
    ".pyx",
    ".ipy",
    ".pth",
    ".so",
    ".dll",
    ".dylib",
    ".whl",
    ".egg",
    ".sh",
    ".bash",
    ".bat",
    ".cmd",
    ".ps1",
    ".exe",
    ".jar",
)


@dataclass(frozen=True)
class Submission:
    """notebook: aligned with the lab's source (see `align`), None when it cannot be graded; problem: why not, one sentence.

    warnings: what the student's doing changed, and what was done about it. remarks: what is worth a note and no warning.
    unanswered: grade ids of the answers that are as they were released, missing or empty. content: the bytes of the
    file as handed in, empty when there is none or it is too large.
    """

    notebook: dict | None
    problem: str | None
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    content: bytes = b""


@dataclass(frozen=True)
class File:
    """A notebook of a folder. parsed: None where problem says why not."""

    name: str
    content: bytes
    parsed: Notebook | None
    problem: str | None


def read(course, lab, student, source):
    """The Submission of a student; whatever the file holds, no exception.

    source: the lab's source notebook, a dict of nbformat 4.
    """
    folder, name = course.submitted(lab, student), f"{lab}.ipynb"
    if problem := of_folder(folder):
        return Submission(None, problem)
    found = look(folder)
    cells = KEPT.cells(source, course.config)
    names = [name] if name in found.notebooks else found.notebooks
    files = [open_file(folder / one) for one in names]
    aligned = [align(source, cells, file.parsed.cells) if file.parsed else None for file in files]
    chosen, problem = choose(name, files, aligned, found)
    if problem:
        return Submission(
            None,
            problem,
            found.warnings(name),
            found.remarks(),
            (),
            files[chosen].content if chosen is not None else b"",
        )
    file, graft = files[chosen], aligned[chosen]
    renamed = () if file.name == name else (f"{printable(file.name)} was taken for {name}",)
    return Submission(
        graft.notebook,
        None,
        file.parsed.warnings + graft.warnings + found.warnings(file.name),
        file.parsed.remarks + graft.remarks + renamed + found.remarks(),
        graft.unanswered,
        file.content,
    )


class Kept:
    """The cells of a lab as students get them, kept for the next submission: to make them takes as long as to read one."""

    def __init__(self):
        self.made_of, self.made = None, None

    def cells(self, source, config):
        if self.made_of is None or self.made_of[0] is not source or self.made_of[1] is not config:
            self.made_of, self.made = (source, config), asked(released(source, config))
        return self.made


KEPT = Kept()


def choose(name, files, aligned, found):
    """(the number of the file that is graded or at fault, the problem): the one named `name`, else the only one that is of this lab."""
    if not files:
        return None, f"no notebook named {name} in the folder (found: {found.listed()})"
    if files[0].name == name or len(files) == 1 and files[0].problem:
        return 0, files[0].problem or (
            None
            if aligned[0].notebook
            else f"{name} has no cell of this lab: is it another notebook?"
        )
    fit = [number for number, graft in enumerate(aligned) if graft and graft.sure > 0.5]
    if len({files[number].content for number in fit}) == 1:
        return fit[0], None
    if fit:
        names = " and ".join(printable(files[number].name) for number in fit[:4])
        return (
            None,
            f"more than one notebook of this lab and none named {name}: {names}; name the one that counts {name}",
        )
    return None, f"no notebook named {name} in the folder (found: {found.listed()})"


# --- the folder ----------------------------------------------------------------------------------


def of_folder(folder):
    """Why nothing in this folder can be read; None when something may be."""
    if set("*?[]") & set(folder.parent.name):
        return (
            f"nbgrader cannot read a folder named {folder.parent.name}: rename it, without * ? [ ]"
        )
    for place in (folder.parent, folder):
        if kind_of(place) != FOLDER:
            return (
                f"{printable(place.name)} is {kind_of(place) or 'not there'}: it has to be a folder"
            )
    return None


def kind_of(path):
    """What there is at a path, in words, without following links; None for nothing."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        return None
    kinds = {
        stat.S_IFREG: FILE,
        stat.S_IFDIR: FOLDER,
        stat.S_IFLNK: LINK,
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(mode), "a device")


@dataclass(frozen=True)
class Found:
    """Names in a folder: notebooks (also what is only named like one), what is refused, other files."""

    notebooks: list
    refused: list
    others: list

    def warnings(self, name):
        """name: of the notebook that counts."""
        beside = (
            [printable(other) for other in self.notebooks if other != name]
            if name in self.notebooks
            else []
        )
        notes = (
            [f"more than one notebook, and {name} counts, not {listed(beside)}"] if beside else []
        )
        return (*notes, *([f"refused: {listed(self.refused)}"] if self.refused else []))

    def remarks(self):
        return (f"not looked at: {listed(self.others)}",) if self.others else ()

    def listed(self):
        names = sorted([printable(name) for name in self.notebooks] + self.refused + self.others)
        return (
            ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
            or "nothing"
        )


def look(folder):
    """What a folder holds, by name; nothing is opened."""
    notebooks, refused, others = [], [], []
    for path, kind in itertools.islice(walk(folder), MOST_FILES):
        name = path.rpartition("/")[2]
        if is_notebook(path) and name == path:
            notebooks.append(path)
        elif kind == FOLDER:
            refused.extend([f"{printable(path)}/"] if name.startswith(".") else [])
        elif kind != FILE:
            refused.append(f"{printable(path)} ({kind})")
        elif name.startswith(".") or name.lower().endswith(RUNNABLE):
            refused.append(printable(path))
        elif path not in COMPANIONS:
            others.append(printable(path))
    return Found(sorted(notebooks), sorted(refused), sorted(others))


def walk(folder):
    """(path, kind) of everything in a folder and below. Leftovers of editors and systems are passed over; hidden folders, and
    folders named like notebooks, are not entered."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        for name in sorted(names_in(folder / prefix)):
            kind = kind_of(folder / prefix / name)
            if (
                kind is None
                or kind in (FILE, FOLDER)
                and (name in LEFTOVERS or name.startswith("._"))
            ):
                continue
            yield prefix + name, kind
            if kind == FOLDER and not name.startswith(".") and not is_notebook(name):
                waiting.append(f"{prefix}{name}/")


def names_in(folder):
    """The names in a folder; none when it may not be read."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def is_notebook(name):
    """By its name; browsers add .json or .txt to it."""
    return re.search(r"\.ipynb(\.json|\.txt)?$", name, re.IGNORECASE) is not None


# --- the file ------------------------------------------------------------------------------------


def open_file(path):
    """The File at a path."""
    name, content = printable(path.name), b""
    try:
        content = bytes_of(path, name)
        return File(path.name, content, parse(content, name), None)
    except Unreadable as error:
        return File(path.name, content, None, str(error))
    except OSError as error:
        return File(path.name, content, None, f"{name} cannot be read: {error.strerror}")


def bytes_of(path, name, most=LARGEST):
    """The content of a regular file of at most so many bytes; Unreadable for anything else, which is not even opened."""
    kind = kind_of(path)
    if kind == LINK:
        raise Unreadable(f"{name} is a link to another file, hand in the file itself")
    if kind != FILE:
        raise Unreadable(f"{name} is {kind or 'gone'}, not a file")
    # should it become something else in this moment, it is neither followed nor waited for
    handle = os.open(
        path,
        os.O_RDONLY
        | getattr(os, "O_NOFOLLOW", 0)
        | getattr(os, "O_NONBLOCK", 0)
        | getattr(os, "O_BINARY", 0),
    )
    with os.fdopen(handle, "rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise Unreadable(
            f"{name} is larger than {most // 1_000_000} MB: clear its outputs and hand it in again"
        )
    return content


def timestamp(folder):
    """The text of a submission's timestamp.txt; "" when there is none that can be read."""
    return companions(folder).get("timestamp.txt", "").strip()


def companions(folder):
    """The texts of the small files that nbgrader puts beside a notebook, by name; of those that can be read."""
    texts = {}
    for name in COMPANIONS:
        with contextlib.suppress(Unreadable, OSError, UnicodeDecodeError):
            texts[name] = bytes_of(folder / name, name, 1_000).decode()
    return texts
