"""What is in a download of a learning platform: a folder, or a .zip that is never unpacked.

A .zip within it is a student's: what is in that counts as if it lay in a folder of its name.
"""

import contextlib
import datetime
import io
import itertools
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course.folders import GradingError
from grader.intake.folder import (
    FILE,
    FOLDER,
    LARGEST,
    LEFTOVERS,
    bytes_of,
    is_notebook,
    kind_of,
)
from grader.intake.parse import Unreadable

MOST_ENTRIES = 100_000


MOST_BYTES = 20_000_000_000  # of everything in an archive, unpacked


DEEPEST = 2  # archives, one within another, in a download
MOST_WITHIN, MOST_BYTES_WITHIN = 1_000, 1_000_000_000  # files in a student's archive, and unpacked


UTC = datetime.UTC


DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, OSError)


@dataclass(frozen=True)
class Entry:
    """A file of a download. parts: the names of its path; wrong: why it is not to be read; time:
    None when unknown; outside: how many of the parts lie outside of a student's archive, its own
    name included."""

    parts: tuple
    wrong: str | None
    time: datetime.datetime | None
    read: Callable[[], bytes]
    outside: int | None = None

    @property
    def named(self) -> tuple:
        """The part of the path that the platform wrote, and the name of a file in it."""
        return self.parts[: self.outside]

    @property
    def path(self) -> str:
        return "/".join(self.parts)


@contextlib.contextmanager
def opened(origin: Path) -> Iterator[list[Entry]]:
    """The `Entry`s of a folder or a .zip."""
    if origin.is_dir():
        yield checked(in_folder(origin), origin)
    elif not origin.exists():
        raise GradingError(f"There is no {origin}.")
    elif not zipfile.is_zipfile(origin):
        raise GradingError(
            f"{origin} is neither a folder nor a .zip: unpack it and give the folder instead."
        )
    else:
        try:
            archive = zipfile.ZipFile(origin)
        except DAMAGED as error:
            raise GradingError(f"{origin} cannot be read: {error}") from None
        with archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
                raise GradingError(
                    f"{origin} holds more than {MOST_BYTES // 10**9} GB: "
                    "if you trust it, unpack it by hand and give the folder instead."
                )
            yield checked(in_archive(archive), origin)


def checked(entries: Iterable[Entry], origin: Path) -> list[Entry]:
    all_of_them = itertools.chain.from_iterable(map(all_within, entries))
    found = list(itertools.islice(all_of_them, MOST_ENTRIES + 1))
    if len(found) > MOST_ENTRIES:
        raise GradingError(f"{origin} holds more than {MOST_ENTRIES:,} files.")
    return found


def in_folder(origin: Path) -> Iterator[Entry]:
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        folder = waiting.pop()
        for name in sorted(os.listdir(origin.joinpath(*folder)), reverse=True):
            parts, path = (*folder, name), origin.joinpath(*folder, name)
            kind = kind_of(path)
            if kind == FOLDER and name not in LEFTOVERS:
                waiting.append(parts)
            elif kind not in (None, FOLDER):
                time = datetime.datetime.fromtimestamp(os.lstat(path).st_mtime, UTC)
                yield Entry(
                    parts,
                    None if kind == FILE else f"{kind}, not a file",
                    time,
                    lambda path=path: bytes_of(path, path.name),
                )


def in_archive(archive: zipfile.ZipFile) -> Iterator[Entry]:
    for info in archive.infolist():
        names = name_of(info).replace("\\", "/").split("/")
        parts = tuple(name for name in names if name not in ("", "."))
        if parts and not info.is_dir():
            yield Entry(
                parts,
                why_not(info, names),
                time_of(info),
                lambda info=info: unpacked(archive, info),
            )


def name_of(info: zipfile.ZipInfo) -> str:
    """The name of an entry. Many programs write UTF-8 without saying so, and it is then read as
    code page 437."""
    if not info.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            return info.filename.encode("cp437").decode("utf-8")
    return info.filename


def all_within(entry: Entry) -> list[Entry]:
    """The notebooks in a student's archive, instead of the archive; any other entry itself."""
    found = list(itertools.islice(opened_within(entry), MOST_WITHIN + 1))
    if len(found) > MOST_WITHIN:
        return [replace(entry, wrong=f"an archive that holds more than {MOST_WITHIN:,} files")]
    return found


def opened_within(entry: Entry, depth: int = 1) -> Iterator[Entry]:
    """What cannot be opened stays as it is, with the reason."""
    if entry.wrong or not entry.parts[-1].lower().endswith(".zip"):
        yield entry
        return
    try:
        if depth > DEEPEST:
            raise Unreadable(f"more than {DEEPEST} archives, one within another")
        found = within(entry)
    except (Unreadable, *DAMAGED) as error:
        yield replace(entry, wrong=f"an archive that was not opened: {error}")
        return
    for inner in found:
        yield from opened_within(inner, depth + 1)


def within(entry: Entry) -> list[Entry]:
    """The entries of a student's archive. It is opened again for each that is read: a class's
    archives are too much to be kept."""

    def read(number: int) -> bytes:
        with zipfile.ZipFile(io.BytesIO(entry.read())) as archive:
            return list(in_archive(archive))[number].read()

    with zipfile.ZipFile(io.BytesIO(entry.read())) as archive:
        infos = archive.infolist()
        if len(infos) > MOST_WITHIN:
            raise Unreadable(f"it holds more than {MOST_WITHIN:,} files")
        if sum(info.file_size for info in infos) > MOST_BYTES_WITHIN:
            raise Unreadable(f"it holds more than {MOST_BYTES_WITHIN // 10**9} GB")
        return [
            replace(
                inner,
                parts=(*entry.parts, *inner.parts),
                time=entry.time,
                read=lambda number=number: read(number),
                outside=entry.outside or len(entry.parts),
            )
            for number, inner in enumerate(in_archive(archive))
            if is_notebook(inner.parts[-1]) or inner.parts[-1].lower().endswith(".zip")
        ]


def why_not(info: zipfile.ZipInfo, names: list[str]) -> str | None:
    """Why an entry of an archive is not to be read; None when it may be."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if names[0] == "" or ".." in names or ":" in names[0]:
        return "its path leads out of the archive"
    if kind not in (0, stat.S_IFREG):
        return "a link, not a file" if kind == stat.S_IFLNK else "a device, not a file"
    if info.flag_bits & 1:
        return "protected by a password"
    return f"larger than {LARGEST // 10**6} MB" if info.file_size > LARGEST else None


def unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as file:
        return file.read(LARGEST)


def time_of(info: zipfile.ZipInfo) -> datetime.datetime | None:
    """When an entry was last changed: in UTC where the archive says it so, else its local time
    taken for ours."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == 0x5455 and size >= 5 and extra[4] & 1:
            return datetime.datetime.fromtimestamp(struct.unpack("<i", extra[5:9])[0], UTC)
        extra = extra[4 + size :]
    try:
        return (
            datetime.datetime(*info.date_time).astimezone(UTC)
            if info.date_time > (1980, 1, 1, 0, 0, 0)
            else None
        )
    except ValueError:
        return None
