"""A notebook is aligned with its lab: whatever was edited, the lab stands."""

import copy
import json
import random
from pathlib import Path

import nbformat
import pytest
from traitlets.config import Config

from grader.intake.align import released
from tests.grader.intake.grafting import (
    RELEASED,
    RIGHT,
    SOURCE,
    at,
    extra,
    graft,
    grafted,
    handed_in,
    text,
)
from tests.grader.tiny import HERE, cell

LAB03 = "lab03_magnitude_pruning"


def test_the_released_form_of_a_source_is_what_stands_in_labs():
    folder = Path(HERE)
    source = json.loads(
        (folder / "solutions" / LAB03 / f"{LAB03}.ipynb").read_text(encoding="utf-8")
    )
    stands = json.loads((folder / "labs" / LAB03 / f"{LAB03}.ipynb").read_text(encoding="utf-8"))
    for one in stands["cells"]:
        one["source"] = "".join(one["source"])
    assert released(source) == stands


def test_the_released_form_has_the_stubs_of_the_course():
    config = Config({"ClearSolutions": {"code_stub": {"python": "pass  # yours"}}})
    assert "pass  # yours" in released(SOURCE, config)["cells"][2]["source"]


def test_an_untouched_release_is_the_lab_with_its_stubs_and_every_answer_is_missing():
    aligned = graft()
    expected = copy.deepcopy(SOURCE)
    for one, stub in zip(expected["cells"], RELEASED["cells"], strict=True):
        if one["metadata"].get("nbgrader", {}).get("solution"):
            one["source"] = stub["source"]
    assert aligned.notebook == expected
    assert (aligned.warnings, aligned.remarks, aligned.unanswered) == (
        (),
        (),
        ("double", "half", "why"),
    )


def test_answers_are_the_students_and_the_rest_is_the_source_with_its_hidden_tests():
    aligned = graft(RIGHT)
    expected = copy.deepcopy(SOURCE)
    for one in expected["cells"]:
        one["source"] = RIGHT.get(one["id"], one["source"])
    assert aligned.notebook == expected
    assert (aligned.warnings, aligned.remarks, aligned.unanswered) == ((), (), ())


def test_a_reference_solution_never_takes_the_place_of_a_missing_answer():
    for names in (["double"], ["half"], ["why"], ["double", "half", "why"]):
        aligned = graft(edit=lambda cells: [cells.pop(at(cells, name)) for name in names])
        assert (
            "2 * x" not in text(aligned, "double")
            and "x / 2" not in text(aligned, "half")
            and "Because" not in text(aligned, "why")
        )
        assert aligned.unanswered == ("double", "half", "why")


def test_a_notebook_of_something_else_is_not_aligned():
    assert grafted([cell("code", "a", "x = 1"), cell("markdown", "b", "text")]).notebook is None
    assert grafted([]).notebook is None


def random_edit(generator, cells):
    one = generator.choice(cells)
    what = generator.randrange(11)
    if what == 0:
        cells.remove(one)
    elif what == 1:
        cells.insert(generator.randrange(len(cells)), copy.deepcopy(one))
    elif what == 2:
        generator.shuffle(cells)
    elif what == 3:
        one["metadata"] = {}
    elif what == 4:
        one["id"] = generator.choice(cells)["id"]
    elif what == 5:
        one["metadata"] = copy.deepcopy(generator.choice(cells)["metadata"])
    elif what == 6:
        one["source"] = generator.choice(
            [
                "",
                "x = 1",
                "def half(x):\n    return 1",
                "def double(x):\n    return 2",
                generator.choice(cells)["source"],
            ]
        )
    elif what == 7:
        one["cell_type"] = generator.choice(["code", "markdown", "raw"])
    elif what == 8:
        cells.insert(generator.randrange(len(cells)), extra(f"y = {generator.random()}"))
    elif what == 9 and "nbgrader" in one["metadata"]:
        one["metadata"]["nbgrader"][
            generator.choice(["grade_id", "points", "grade", "solution", "locked"])
        ] = generator.choice(["half", None, True, 3, {}])
    else:
        place = generator.randrange(len(cells))
        cells[place], cells[-1] = cells[-1], cells[place]


@pytest.mark.parametrize("start", range(0, 300, 30))
def test_whatever_was_edited_the_lab_stands_and_no_code_of_the_student_is_invented(start):
    for seed in range(start, start + 30):
        edit_at_random(random.Random(seed))


def edit_at_random(generator):
    cells = handed_in(generator.choice([None, RIGHT]))
    for _ in range(generator.randint(1, 12)):
        random_edit(generator, cells)
        if not cells:
            break
    aligned = grafted(cells)
    if aligned.notebook is None:
        assert not {"double", "half", "why"} & {
            one["metadata"].get("nbgrader", {}).get("grade_id")
            for one in cells
            if isinstance(one["metadata"].get("nbgrader", {}).get("grade_id"), str)
        }
        return
    nbformat.validate(aligned.notebook)
    made = aligned.notebook["cells"]
    assert len({one["id"] for one in made}) == len(made)
    own = [one for one in made if not one["id"].startswith("extra_")]
    assert [(one["id"], one["metadata"]) for one in own] == [
        (one["id"], one["metadata"]) for one in SOURCE["cells"]
    ]
    handed, stubs = (
        {one["source"].strip() for one in cells},
        {one["id"]: one["source"] for one in RELEASED["cells"]},
    )
    for one, original in zip(own, SOURCE["cells"], strict=True):
        marks = one["metadata"].get("nbgrader", {})
        if marks.get("locked"):
            assert one == original
        else:
            assert one["source"].strip() in handed | {""} or one["source"] == stubs[one["id"]]
    assert all(
        one["metadata"] == {} and one["source"].strip() in handed
        for one in made
        if one["id"].startswith("extra_")
    )
    assert set(aligned.unanswered) <= {"double", "half", "why"}
