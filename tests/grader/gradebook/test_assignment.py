"""Where nbgrader cannot make a lab, one sentence says what to do."""

import contextlib
import json
import sqlite3

import pytest

from grader.course.folders import GradingError
from grader.gradebook import database
from grader.gradebook.assignment import generate
from tests.grader.regrading import again
from tests.grader.tiny import cell, new_course, source_cells, write

PIXEL = {"image/png": "aWYgdGhpcyBpcyByZWFk"}


@pytest.fixture
def made(tmp_path):
    """What a source with pictures and the traces of a run is released as, and its text."""
    course, cells = new_course(tmp_path), source_cells()
    by_id = {one["id"]: one for one in cells}
    by_id["intro"]["source"] += "\n![a](attachment:a%20task.png)"
    by_id["intro"]["attachments"] = {"a task.png": PIXEL, "old.png": {"image/png": "b2xk"}}
    by_id["explanation"]["source"] = (
        "Why?\n\n### BEGIN SOLUTION\n![x](attachment:answer.png)\n"
        '<img src="data:image/png;base64,dHJ1dGg=">\n### END SOLUTION'
    )
    by_id["explanation"]["attachments"] = {"answer.png": {"image/png": "YW5zd2Vy"}}
    picture = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "cGxvdA=="}}
    by_id["double"].update(execution_count=7, outputs=[picture])
    by_id["check_double"]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": "the reference printed this"}
    ]
    write(course.source("tiny"), cells)
    source = json.loads(course.source("tiny").read_text())
    source["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": "17"}}
    course.source("tiny").write_text(json.dumps(source))
    text = (generate(course, "tiny") / "tiny.ipynb").read_text(encoding="utf-8")
    return json.loads(text), text


@pytest.mark.parametrize(
    "secret",
    ["YW5zd2Vy", "answer.png", "dHJ1dGg", "b2xk", "cGxvdA", "widget-state", "printed this"],
)
def test_nothing_that_the_reference_showed_is_released(made, secret):
    assert secret not in made[1]
    assert all(
        not cell.get("outputs") and not cell.get("execution_count") for cell in made[0]["cells"]
    )


def test_the_pictures_of_the_task_are_released(made):
    assert made[0]["cells"][0]["attachments"] == {"a task.png": PIXEL}


def test_without_such_traces_the_release_is_nbgraders_byte_for_byte(tmp_path, monkeypatch):
    first = (generate(new_course(tmp_path), "tiny") / "tiny.ipynb").read_bytes()
    monkeypatch.setattr("grader.gradebook.assignment.without_rest", lambda path: None)
    assert (generate(new_course(tmp_path), "tiny") / "tiny.ipynb").read_bytes() == first


@pytest.mark.xdist_group("regrading")
@pytest.mark.box
def test_a_renamed_graded_cell_is_refused_with_what_to_do(course):
    cells = source_cells()
    cells[6] = cell(
        "code", "check_halves", "assert half(4) == 2", grade=True, locked=True, points=1
    )
    before = course.source("tiny").read_text()
    write(course.source("tiny"), cells)
    try:
        with pytest.raises(GradingError, match="nbgrader db assignment remove tiny --force"):
            again(course)
    finally:
        course.source("tiny").write_text(before)


def test_a_locked_gradebook_is_named(tmp_path, monkeypatch):
    course = new_course(tmp_path)
    log = {"success": False, "log": "sqlite3.OperationalError: database is locked", "error": None}
    monkeypatch.setattr(
        "nbgrader.apps.api.NbGraderAPI.generate_assignment", lambda *args, **options: log
    )
    with pytest.raises(GradingError, match="locked by another program"):
        generate(course, "tiny")


def test_a_gradebook_that_stays_locked_is_waited_for_in_words_and_not_for_ever(
    tmp_path, monkeypatch, capsys
):
    course = new_course(tmp_path)
    generate(course, "tiny")
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    monkeypatch.setattr(database, "TRIES", 2)
    with contextlib.closing(sqlite3.connect(course.folder / "gradebook.db")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(GradingError, match="gradebook's database cannot be used: database is"):
            generate(course, "tiny")
    assert capsys.readouterr().err == f"{database.LOCKED}\n"
