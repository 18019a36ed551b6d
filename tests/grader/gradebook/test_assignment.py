"""Where nbgrader cannot make a lab, one sentence says what to do."""

import pytest

from grader.course.folders import GradingError
from tests.grader.regrading import again
from tests.grader.tiny import cell, source_cells, write

pytestmark = [pytest.mark.xdist_group("regrading"), pytest.mark.box]


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


def test_a_locked_gradebook_is_named(course, monkeypatch):
    from grader.gradebook import assignment

    log = {"success": False, "log": "sqlite3.OperationalError: database is locked", "error": None}
    monkeypatch.setattr(
        "nbgrader.apps.api.NbGraderAPI.generate_assignment", lambda *args, **options: log
    )
    with pytest.raises(GradingError, match="locked by another program"):
        assignment.generate(course, "tiny")
