"""What an instructor is told of a notebook that was aligned with its lab."""

import copy

import pytest

from tests.grader.intake.grafting import RIGHT, at, change, drop, get, graft


def double_up(name):
    return lambda cells: cells.append({**copy.deepcopy(get(cells, name)), "id": "copy"})


def remark(name, **marks):
    return lambda cells: get(cells, name)["metadata"]["nbgrader"].update(marks)


@pytest.mark.parametrize(
    "edit, warning",
    [
        (drop("check_half"), "missing, so the original was restored: the cell check_half"),
        (drop("setup"), "missing, so the original was restored: the cell setup"),
        (drop("hidden_double"), "missing, so the original was restored: the cell hidden_double"),
        (
            change("check_half", source="pass"),
            "changed, so the original was used: the cell check_half",
        ),
        (change("check_half", source=""), "changed, so the original was used: the cell check_half"),
        (
            change("check_half", cell_type="markdown"),
            "changed, so the original was used: the cell check_half",
        ),
        (
            change("check_half", cell_type="raw"),
            "changed, so the original was used: the cell check_half",
        ),
        (
            change("check_half", source="double(3)"),
            "changed, so the original was used: the cell check_half",
        ),
        (
            change("setup", source="import os as math"),
            "changed, so the original was used: the cell setup",
        ),
        (
            change("check_half", source="def half(x):\n    return 2\nhalf(4)"),
            "changed, so the original was used: the cell check_half",
        ),
        (
            double_up("check_half"),
            "found more than once, so the original was used: the cell check_half",
        ),
        (double_up("setup"), "found more than once, so the original was used: the cell setup"),
        (
            remark("check_half", points=1000),
            "grading metadata changed, so the original was used: the cell check_half",
        ),
        (
            remark("check_half", points=float("nan")),
            "grading metadata changed, so the original was used: the cell check_half",
        ),
        (
            remark("check_half", points=[[1]]),
            "grading metadata changed, so the original was used: the cell check_half",
        ),
        (
            remark("check_half", grade=False),
            "grading metadata changed, so the original was used: the cell check_half",
        ),
        (
            remark("check_half", schema_version=1),
            "grading metadata changed, so the original was used: the cell check_half",
        ),
        (
            remark("half", schema_version=99),
            "grading metadata changed, so the original was used: the cell half",
        ),
        (
            remark("half", checksum="0" * 32),
            "grading metadata changed, so the original was used: the cell half",
        ),
        (
            remark("half", grade=True, points=50),
            "grading metadata changed, so the original was used: the cell half",
        ),
        (
            remark("setup", locked=False),
            "grading metadata changed, so the original was used: the cell setup",
        ),
        (
            remark("half", grade_id="unknown"),
            "grading metadata changed, so the original was used: the cell half",
        ),
        (
            remark("half", grade_id=["half"]),
            "grading metadata changed, so the original was used: the cell half",
        ),
    ],
)
def test_what_is_graded_or_locked_is_the_source_whatever_was_done_to_it(edit, warning):
    aligned = graft(RIGHT, edit)
    assert aligned.notebook["cells"] == graft(RIGHT).notebook["cells"]
    assert (aligned.warnings, aligned.remarks, aligned.unanswered) == ((warning,), (), ())


def test_several_cells_are_named_and_many_are_counted():
    def edit(cells):
        cells[:] = [one for one in cells if not one["id"].startswith(("check", "hidden", "setup"))]

    assert graft(RIGHT, edit).warnings == (
        "missing, so the original was restored: the cell setup, the cell check_double and 2 more",
    )


def test_a_moved_grade_cell_is_a_remark():
    aligned = graft(RIGHT, lambda cells: cells.insert(0, cells.pop(at(cells, "check_half"))))
    assert (aligned.warnings, aligned.remarks) == (
        (),
        ("cells in another order, so the lab's order was used",),
    )
    assert aligned.notebook == graft(RIGHT).notebook


def test_all_cells_in_reverse_are_put_in_order():
    aligned = graft(RIGHT, lambda cells: cells.reverse())
    assert aligned.remarks == ("cells in another order, so the lab's order was used",)
    assert aligned.notebook == graft(RIGHT).notebook
