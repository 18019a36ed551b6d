"""A CSV file is read as Python's csv reads it, and what is not changed stays as it was."""

import csv
import io
import random
import re

import pytest

from grader.lms.sheet import read, save
from tests.grader.lms.gradebooks import CANVAS, filled, row


@pytest.mark.parametrize("seed", range(20))
def test_a_file_is_read_as_pythons_csv_reads_it_and_written_back_the_same(tmp_path, seed):
    chance = random.Random(seed)
    table = [
        ["".join(chance.choices([*' ab",;\t\nö', "\r\n"], k=chance.randrange(6))) for _ in range(3)]
        for _ in range(6)
    ]
    table = [["ID", "Lab 3", "c"], *([f"x{cells[0]}", *cells[1:]] for cells in table)]
    delimiter = chance.choice(",;\t")
    text = io.StringIO(newline="")
    csv.writer(
        text,
        delimiter=delimiter,
        quoting=chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        lineterminator=chance.choice(["\n", "\r\n"]),
    ).writerows(table)
    path = tmp_path / "file.csv"
    path.write_bytes(text.getvalue().encode())
    sheet = read(path)
    assert [[sheet.value(row, column) for column in range(3)] for row in range(7)] == table
    save(tmp_path / "copy.csv", sheet)
    assert (tmp_path / "copy.csv").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("last", [True, False])
def test_line_ends_the_bom_and_the_last_line_are_kept(tmp_path, end, bom, last):
    text = bom + CANVAS.replace("\n", end)
    text = text if last else text.removesuffix(end)
    result, after, _ = filled(tmp_path, text, [])
    assert after == text.encode() and result.scale == ""
    result, after, _ = filled(tmp_path, text, [row("ada", 45.0)])
    assert after == text.replace('"A, B",7,,33', '"A, B",7,90,33').encode()


def test_a_cell_in_quotes_stays_in_quotes(tmp_path):
    text = re.sub(
        "[^,\n]+",
        r'"\g<0>"',
        (
            "Student,ID,SIS Login ID,Section,Lab 3 (1)\nPoints "
            "Possible,,,,45\nAda,1,ada,A,7\nEva,2,eva,A,"
        ),
    )
    _, after, _ = filled(tmp_path, text, [row("ada", 3.0), row("eva", 4.0)])
    assert after == (text.replace('"7"', '"3"') + "4").encode()
