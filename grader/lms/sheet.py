"""A CSV file read and written cell by cell: what is not changed stays as it is to the byte.

Python's csv module forgets which cells were in quotes and how lines ended; a learning platform's
file goes back there.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course.folders import GradingError

DELIMITERS = ",;\t"


@dataclass(frozen=True, eq=False)  # so that what was found in a sheet can be kept
class Sheet:
    """A CSV file, cell by cell as it is written, quotes included; joined again it is the file."""

    path: Path
    bom: str
    delimiter: str
    rows: list
    ends: list  # what ends each row: a line end, or "" after the last one

    def value(self, row: int, column: int) -> str:
        return plain(self.rows[row][column])

    @property
    def header(self) -> list[str]:
        return [plain(cell).strip() for cell in self.rows[0]]

    @property
    def possible(self) -> int | None:
        """The number of Canvas's row "Points Possible"; None when there is none."""
        top = range(1, min(5, len(self.rows)))
        return next(
            (
                row
                for row in top
                if "points possible" in [plain(cell).strip().lower() for cell in self.rows[row][:2]]
            ),
            None,
        )

    @property
    def body(self) -> list[int]:
        """The numbers of the rows that are about students."""
        return [
            row for row in range((self.possible or 0) + 1, len(self.rows)) if self.rows[row] != [""]
        ]

    def changed(self, column: int, texts: dict[int, str]) -> Sheet:
        """A Sheet with these texts in a column, by row."""
        rows = [list(row) for row in self.rows]
        for row, text in texts.items():
            rows[row][column] = written(text, rows[row][column], self.delimiter)
        return replace(self, rows=rows)

    def column(self, title: str) -> int | None:
        """The number of the column with this title, in any case; None when there is none."""
        return next(
            (number for number, name in enumerate(self.header) if name.lower() == title), None
        )


def read(path: Path) -> Sheet:
    """The Sheet of a file."""
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise GradingError(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise GradingError(
            f"{path.name} is not in UTF-8. Fill the file as it was downloaded, or save it as "
            '"CSV UTF-8".'
        ) from None
    bom = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(bom)
    delimiter = max(DELIMITERS, key=lambda sign: len(cells(text, sign, 1)[0][0]))
    rows, ends = cells(text, delimiter)
    for number, row in enumerate(rows, 1):
        if any(cell.startswith('"') and plain(cell) == cell for cell in row):
            raise GradingError(
                f"{path.name}: in row {number} a quotation mark is not closed. Download the "
                "file again."
            )
        if row != [""] and len(row) != len(rows[0]):
            raise GradingError(
                f"{path.name}: row {number} has {len(row)} cells and the first row "
                f"{len(rows[0])}. Download the file again."
            )
    return Sheet(path, bom, delimiter, rows, ends)


def cells(text: str, delimiter: str, most: float = math.inf) -> tuple[list[list[str]], list[str]]:
    """(the first `most` rows of a CSV as lists of cells, quotes included; what ends each row)."""
    pattern = re.compile(rf'("(?:[^"]|"")*+"|[^{delimiter}\r\n]*)({delimiter}|\r\n|\n|\r|\Z)')
    rows, ends, place = [[]], [], 0
    while True:
        found = pattern.match(text, place)
        assert found is not None  # the pattern fits everywhere
        rows[-1].append(found[1])
        place = found.end()
        if found[2] != delimiter:
            ends.append(found[2])
            if place == len(text) or len(rows) >= most:
                return rows, ends
            rows.append([])


def plain(cell: str) -> str:
    """What a cell says: without its quotes. A cell with a single quotation mark is returned as it
    is."""
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def written(text: str, before: str, delimiter: str) -> str:
    """A mark as a cell, in quotes where the cell was or must be."""
    return f'"{text}"' if before.startswith('"') or delimiter in text else text


def save(path: Path, sheet: Sheet) -> None:
    text = sheet.bom + "".join(
        sheet.delimiter.join(row) + end for row, end in zip(sheet.rows, sheet.ends, strict=True)
    )
    try:
        path.write_bytes(text.encode("utf-8"))
    except PermissionError as error:
        raise GradingError(
            f"{path} cannot be written: close it in the other program and try again."
        ) from error
