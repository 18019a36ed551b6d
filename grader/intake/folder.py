"""A student's folder: what is in it by name, and the bytes of one file. No link is followed and
nothing else is opened."""

import contextlib
import itertools
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course.words import listed
from grader.intake.parse import Unreadable, printable

LARGEST = 100_000_000  # bytes; a notebook with that many outputs is still read


MOST_FILES = 1_000  # that are looked at next to a notebook


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


def of_folder(folder: Path) -> str | None:
    """Why nothing in this folder can be read; None when something can."""
    if set("*?[]") & set(folder.parent.name):
        return (
            f"nbgrader cannot read a folder named {folder.parent.name}: rename it without * ? [ ]"
        )
    for place in (folder.parent, folder):
        if kind_of(place) != FOLDER:
            return f"{printable(place.name)} is {kind_of(place) or 'missing'}: it must be a folder"
    return None


def kind_of(path: Path) -> str | None:
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
    """Names in a folder: notebooks (also what is only named like one), what is refused, other
    files."""

    notebooks: list
    refused: list
    others: list

    def warnings(self, name: str) -> tuple[str, ...]:
        """name: of the notebook that counts."""
        beside = (
            [printable(other) for other in self.notebooks if other != name]
            if name in self.notebooks
            else []
        )
        notes = (
            [f"more than one notebook: {name} was graded, not {listed(beside)}"] if beside else []
        )
        return (*notes, *([f"refused: {listed(self.refused)}"] if self.refused else []))

    def remarks(self) -> tuple[str, ...]:
        return (f"ignored: {listed(self.others)}",) if self.others else ()

    def listed(self) -> str:
        names = sorted([printable(name) for name in self.notebooks] + self.refused + self.others)
        return (
            ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
            or "nothing"
        )


def look(folder: Path) -> Found:
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


def walk(folder: Path) -> Iterator[tuple[str, str]]:
    """(path, kind) of everything in a folder and below. Leftovers of editors and systems are passed
    over; hidden folders, and folders named like notebooks, are not entered."""
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


def names_in(folder: Path) -> list[str]:
    """The names in a folder; empty when it cannot be read."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def is_notebook(name: str) -> bool:
    """By its name; browsers add .json or .txt to it."""
    return re.search(r"\.ipynb(\.json|\.txt)?$", name, re.IGNORECASE) is not None


def bytes_of(path: Path, name: str, most: int = LARGEST) -> bytes:
    """The content of a regular file of at most so many bytes; Unreadable for anything else, which
    is not even opened."""
    kind = kind_of(path)
    if kind == LINK:
        raise Unreadable(f"{name} is a link to another file: submit the file itself")
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
            f"{name} is larger than {most // 1_000_000} MB: clear its outputs and submit it again"
        )
    return content


def timestamp(folder: Path) -> str:
    """The text of a submission's timestamp.txt; "" when there is none that can be read."""
    return companions(folder).get("timestamp.txt", "").strip()


def companions(folder: Path) -> dict[str, str]:
    """The texts of the small files that nbgrader puts next to a notebook, by name; of those that
    can be read."""
    texts = {}
    for name in COMPANIONS:
        with contextlib.suppress(Unreadable, OSError, UnicodeDecodeError):
            texts[name] = bytes_of(folder / name, name, 1_000).decode()
    return texts
