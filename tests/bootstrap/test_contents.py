"""The table of lectures and labs says what course.toml says, wherever it stands."""

import json
import re
from pathlib import Path

import pytest

from bootstrap import contents
from bootstrap.manifest import Lab, Lecture, Manifest, read

ROOT = Path(__file__).parents[2]
READS = ("course.toml", "README.md", "lectures")
SMALL = Manifest(
    [
        Lecture("00_start.ipynb", "Start", "how", 10),
        Lecture("01_norms.ipynb", "Norms", "", 20),
        Lecture("02_more.ipynb", "More", "of it", 30),
    ],
    [Lab("lab01_norms", "Norms", 40, ["01", "02"]), Lab("lab02_more", "More", 50, ["02"])],
)


@pytest.mark.parametrize("name", [contents.README, contents.MAP])
def test_the_tables_of_the_course_are_those_of_course_toml(name):
    text = contents.written(ROOT, read(ROOT))[name]
    assert (ROOT / name).read_text(encoding="utf-8") == text, "run `python3 course.py release`"


def test_a_lab_is_linked_at_the_first_lecture_it_follows():
    *_, start, norms, more = contents.table(SMALL, "lectures/", "labs/").splitlines()
    assert start == "| **[00 Start](lectures/00_start.ipynb)**: how | 10 | | |"
    lab = "**[lab 01](labs/lab01_norms/lab01_norms.ipynb)**"
    assert norms == f"| **[01 Norms](lectures/01_norms.ipynb)** | 20 | {lab} | 40 |"
    lab = "**[lab 02](labs/lab02_more/lab02_more.ipynb)**"
    assert more == f"| **[02 More](lectures/02_more.ipynb)**: of it | 30 | lab 01, {lab} | 50 |"


def test_the_table_alone_is_written_and_only_once(tmp_path):
    (tmp_path / "lectures").mkdir()
    (tmp_path / "README.md").write_text(f"# A\n\n{contents.HEAD}| old | 1 | | |\n\nThe end.\n")
    cells = [
        {"cell_type": "markdown", "source": ["# A\n", "\n", *contents.HEAD.splitlines(True)]},
        {"cell_type": "markdown", "source": ["| another | table |"]},
    ]
    (tmp_path / contents.MAP).write_text(json.dumps({"cells": cells}))
    assert contents.write(tmp_path, SMALL) == [contents.README, contents.MAP]
    text = (tmp_path / "README.md").read_text()
    assert text == f"# A\n\n{contents.table(SMALL, 'lectures/', 'labs/')}\nThe end.\n"
    first, second = json.loads((tmp_path / contents.MAP).read_text())["cells"]
    assert second == cells[1]
    links = re.findall(r"\]\(([^)]+)\)", "".join(first["source"]))
    assert links == [
        "00_start.ipynb",
        "01_norms.ipynb",
        "../labs/lab01_norms/lab01_norms.ipynb",
        "02_more.ipynb",
        "../labs/lab02_more/lab02_more.ipynb",
    ]
    assert contents.write(tmp_path, SMALL) == []


def test_a_course_without_the_table_is_left_alone(tmp_path):
    (tmp_path / "README.md").write_text("# Ours\n")
    assert contents.write(tmp_path, SMALL) == []
