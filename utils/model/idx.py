"""MNIST and Fashion-MNIST from the four files that they are published in, which the user brings.

An idx file: two zero bytes, the code of the type (8: unsigned bytes), the number of dimensions,
then each dimension as four bytes, the highest first, then the entries. It can be packed by gzip.

    python -m utils.model.idx mnist                    # fetch the files; nothing else ever does
    python -m utils.model.idx fashion-mnist --folder FOLDER
"""

import argparse
import gzip
import hashlib
import math
import zlib
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

import numpy

FOLDER = Path(__file__).resolve().parents[2] / "data"  # a folder in it for each data set
PARTS = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
UNSIGNED_BYTES = 0x08


class Source(NamedTuple):
    """Where a data set is published, and the md5 sum of each of its files."""

    address: str
    sums: dict[str, str]


SOURCES = {
    "mnist": Source(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        {
            "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
            "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
            "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
            "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
        },
    ),
    "fashion-mnist": Source(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        {
            "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
            "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
            "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
        },
    ),
}


class IdxError(Exception):
    """A file is missing, or is not what it should be; the text says which, and what to do."""


def pictures(
    name: str, part: str, folder: Path | None = None
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """One part, "train" or "test", of a data set of SOURCES: pixels (n, rows, columns) and
    labels (n,), both uint8.

    `folder` is by default the data set's own in FOLDER. The files are checked for their form, not
    for their sum: packed again, the same data has another.
    """
    images, labels = (find(name, file, folder) for file in PARTS[part])
    x, y = read_idx(images, 3), read_idx(labels, 1)
    if len(x) != len(y):
        raise IdxError(
            f"{images} has {len(x)} pictures, {labels} has {len(y)} labels: "
            "they do not belong together."
        )
    return x, y


def find(name: str, file: str, folder: Path | None = None) -> Path:
    """The file in the folder, packed or not."""
    where = Path(folder or FOLDER / name)
    for path in (where / f"{file}.gz", where / file):
        if path.is_file():
            return path
    raise IdxError(
        f"{name}: {file}.gz is missing.\n{by_hand(name, where)}\n"
        f"This fetches them: {command(name, folder)}"
    )


def read_idx(path: Path, dimensions: int) -> numpy.ndarray:
    """The entries of an idx file of unsigned bytes with so many dimensions."""
    content, start = unpacked(path), 4 + 4 * dimensions
    magic, expected = int.from_bytes(content[:4], "big"), UNSIGNED_BYTES << 8 | dimensions
    if magic != expected:
        raise IdxError(
            f"{path}: its magic number is {magic}, and {expected} is expected here. "
            "(2051 is that of pictures, 2049 of labels.)"
        )
    shape = [int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4)]
    needed = start + math.prod(shape)
    if len(content) != needed:
        raise IdxError(
            f"{path} is cut or damaged: it has {len(content):,} bytes unpacked, and "
            f"{' x '.join(map(str, shape))} entries need {needed:,}."
        )
    return numpy.frombuffer(content, "u1", offset=start).reshape(shape)


def unpacked(path: Path) -> bytes:
    """The content; whether it is packed is seen by its first two bytes, whatever its name."""
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise IdxError(f"{path} is cut or damaged, it cannot be unpacked: {error}") from error


def download(name: str, folder: Path | None = None) -> None:
    """Fetch what is not there yet. A file gets its name only when it is whole and its sum is the
    published one; a file that is there is never replaced.
    """
    where = Path(folder or FOLDER / name)
    for file, md5 in SOURCES[name].sums.items():
        path = where / file
        if not path.exists():
            fetch(name, file, where)
        elif (found := hashlib.md5(path.read_bytes()).hexdigest()) != md5:
            raise IdxError(
                f"{path} is not the published file: its md5 sum is {found}, not {md5}. "
                "It is left as it is, and nothing more is fetched. "
                f"Move it away, then: {command(name, folder)}"
            )
        print(f"{path}: there, with the published sum")


def fetch(name: str, file: str, where: Path) -> None:
    """One file, under another name until its sum is seen to be right."""
    address, sums = SOURCES[name]
    part, digest = where / f"{file}.part", hashlib.md5()
    try:
        where.mkdir(parents=True, exist_ok=True)
        with urlopen(address + file, timeout=30) as answer, part.open("wb") as unfinished:
            while piece := answer.read(1 << 20):
                digest.update(piece)
                unfinished.write(piece)
        if digest.hexdigest() == sums[file]:
            part.replace(where / file)
            return
        part.unlink()
    except (OSError, HTTPException) as error:
        raise IdxError(
            f"{address}{file} could not be fetched: {error}\n{by_hand(name, where)}"
        ) from error
    raise IdxError(
        f"{address}{file} came cut or changed, and is not used: "
        f"its md5 sum is {digest.hexdigest()}, not {sums[file]}. Try again."
    )


def by_hand(name: str, where: Path) -> str:
    """What belongs where, for a reader who fetches the files in another way."""
    address, sums = SOURCES[name]
    return (
        f"Four files belong in {where}, packed or not: {', '.join(sums)}.\n"
        f"They are published at {address}"
    )


def command(name: str, folder: Path | None) -> str:
    """What fetches the files."""
    return f"python -m utils.model.idx {name}" + (f' --folder "{folder}"' if folder else "")


def main() -> None:
    """Fetch one data set; end with a message where that fails."""
    parser = argparse.ArgumentParser(
        description="Fetch the four files of a data set, and check their sums."
    )
    parser.add_argument("name", choices=SOURCES)
    parser.add_argument("--folder", type=Path, help=f"where to put them; by default {FOLDER}/NAME")
    options = parser.parse_args()
    try:
        download(options.name, options.folder)
    except IdxError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
