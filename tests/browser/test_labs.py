"""A lab in a student's JupyterLab: what Validate says of it, and what a student does not see."""

import json
import urllib.error

import pytest

from bootstrap import manifest
from grader.run.demo import answers_of, with_answers

from .jupyterlab import ROOT, assert_no_troubles, instructors_tools, validate

RUNS = ("labs", "solutions")
LAB = "lab03_magnitude_pruning"
PATH = f"labs/{LAB}/{LAB}.ipynb"
NO_ANSWER = "there is no answer yet"


@pytest.fixture
def validated(server, open_notebook):
    """`validated(path)`: (what Validate's dialog says, {grade id of a failed cell: message})."""

    def validate_one(path):
        cells = read(server, path)["cells"]
        names = {
            "".join(cell["source"]): cell["metadata"].get("nbgrader", {}).get("grade_id")
            for cell in cells
        }
        page = open_notebook(path)
        text, failed = validate(page)
        assert_no_troubles(page)
        return text, {names[source]: message for source, message in failed}

    return validate_one


def read(server, path):
    return json.loads((server.folder / path).read_text(encoding="utf-8"))


def answered(server, name, **changed):
    """Writes a copy of the lab with the reference answers, changed where told: (what, by what).

    Returns its path.
    """
    answers = answers_of(read(server, f"solutions/{LAB}/{LAB}.ipynb"))
    for grade_id, (old, new) in changed.items():
        assert old in answers[grade_id]
        answers[grade_id] = answers[grade_id].replace(old, new)
    path = f"labs/{LAB}/{name}.ipynb"
    released = read(server, PATH)
    (server.folder / path).write_text(json.dumps(with_answers(released, answers)), encoding="utf-8")
    return path


def test_validate_names_every_cell_that_has_no_answer(validated):
    _, failed = validated(PATH)
    assert list(failed) == [
        "check_fine_grained_prune",
        "check_fine_grained_pruner",
        "check_sensitivity_scan",
        "check_sparsity_dict",
        "check_fine_tune",
        "check_cubic",
        "explanation",
    ]
    assert failed.pop("explanation") == "You did not provide a response."
    assert "nothing yet: write it in the cell above" in failed.pop("check_sparsity_dict")
    assert all(NO_ANSWER in message for message in failed.values()), failed


def test_validate_says_that_the_reference_solution_is_right(server, validated):
    text, failed = validated(answered(server, "right"))
    assert failed == {}
    assert "Success! Your notebook passes all the tests." in text


def test_validate_names_the_cells_that_a_mistake_makes_fail_and_the_mistake(server, validated):
    _, failed = validated(answered(server, "mistaken", fine_grained_prune=(".abs()", "")))
    # two later exercises call the function
    assert list(failed) == [
        "check_fine_grained_prune",
        "check_fine_grained_pruner",
        "check_sensitivity_scan",
    ]
    mistake = "Weights were ranked by their value, not by their size |w|."
    assert mistake in failed["check_fine_grained_prune"]
    assert "is fine_grained_prune right?" in failed["check_sensitivity_scan"]


@pytest.mark.parametrize("lab", [lab.name for lab in manifest.read(ROOT).labs if lab.name != LAB])
def test_validate_of_the_other_labs_names_every_unanswered_cell(server, validated, lab):
    """That their references are right is seen in tests/test_notebooks.py."""
    path = f"labs/{lab}/{lab}.ipynb"
    marks = [cell["metadata"].get("nbgrader", {}) for cell in read(server, path)["cells"]]
    _, failed = validated(path)
    # without their tests, the hidden cells do nothing
    assert list(failed) == [
        mark["grade_id"]
        for mark in marks
        if mark.get("grade") and not mark["grade_id"].startswith("hidden_")
    ]


def test_a_student_sees_no_tools_for_instructors(server, open_notebook):
    page = open_notebook(PATH)
    assert page.get_by_role("button", name="Validate").is_visible()
    assert instructors_tools(page) == []
    assert_no_troubles(page)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        server.ask("formgrader/api/assignments")
