"""A lab in a student's JupyterLab: what Validate says of it, and what a student does not see."""

import json
import urllib.error

import pytest

from grader.run.demo import answers_of, with_answers

from .jupyterlab import assert_no_troubles, instructors_tools, validate

RUNS = ("labs", "solutions")
LAB = "lab03_magnitude_pruning"
PATH = f"labs/{LAB}/{LAB}.ipynb"


@pytest.fixture
def validated(open_notebook):
    """`validated(path)`: (what Validate's dialog says, {cell that is named: message})."""

    def validate_one(path):
        page = open_notebook(path)
        text, failed = validate(page)
        assert_no_troubles(page)
        return text, dict(failed)

    return validate_one


def read(server, path):
    return json.loads((server.folder / path).read_text(encoding="utf-8"))


def answered(server, name, left_out=(), **changed):
    """Writes a copy of the lab with the reference answers, changed where told: (what, by what), and
    without the cells that are left out. Returns its path."""
    answers = answers_of(read(server, f"solutions/{LAB}/{LAB}.ipynb"))
    for grade_id, (old, new) in changed.items():
        assert old in answers[grade_id]
        answers[grade_id] = answers[grade_id].replace(old, new)
    path = f"labs/{LAB}/{name}.ipynb"
    notebook = with_answers(read(server, PATH), answers)
    notebook["cells"] = [cell for cell in notebook["cells"] if grade_id_of(cell) not in left_out]
    (server.folder / path).write_text(json.dumps(notebook), encoding="utf-8")
    return path


def grade_id_of(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def test_validate_says_that_the_reference_solution_is_right(server, validated):
    text, failed = validated(answered(server, "right"))
    assert failed == {}
    assert "Success! Your notebook passes all the tests." in text


def test_validate_names_the_cells_that_a_mistake_makes_fail_and_the_mistake(server, validated):
    """Also where the check of it was deleted."""
    _, failed = validated(
        answered(
            server,
            "mistaken",
            left_out=["check_fine_grained_prune"],
            fine_grained_prune=(".abs()", ""),
        )
    )
    name = "Exercise 1, the cell check_fine_grained_prune: 0 of 4 points"
    assert "Weights were ranked by their value, not by their size |w|." in failed[name]
    assert "the original was restored: the cell check_fine_grained_prune" in failed["The notebook"]
    assert not any("explanation" in cell for cell in failed)


def test_a_student_sees_no_tools_for_instructors(server, open_notebook):
    page = open_notebook(PATH)
    assert page.get_by_role("button", name="Validate").is_visible()
    assert instructors_tools(page) == []
    assert_no_troubles(page)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        server.ask("formgrader/api/assignments")
