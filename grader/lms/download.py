"""What is in a download of a learning platform: a folder, or a .zip that is never unpacked."""

import contextlib
import datetime
import itertools
import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course.folders import GradingError
from grader.intake.folder import (
    FILE,
    FOLDER,
    LARGEST,
    LEFTOVERS,
    bytes_of,
    kind_of,
)

MOST_ENTRIES = 100_000


MOST_BYTES = 20_000_000_000  # of everything in an archive, unpacked


UTC = datetime.UTC


DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, OSError)


@dataclass(frozen=True)
class Entry:
    """A file of a download. parts: the names of its path; wrong: why it is not to be read; time:
    None when unknown."""

    parts: tuple
    wrong: str | None
    time: datetime.datetime | None
    read: Callable[[], bytes]

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
    found = list(itertools.islice(entries, MOST_ENTRIES + 1))
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
        names = info.filename.replace("\\", "/").split("/")
        parts = tuple(name for name in names if name not in ("", "."))
        if parts and not info.is_dir():
            yield Entry(
                parts,
                why_not(info, names),
                time_of(info),
                lambda info=info: unpacked(archive, info),
            )


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
