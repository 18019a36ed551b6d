"""A student's cells put into the lab: where extra cells go, and which of several answers counts."""

import copy
import json

import pytest

from grader.intake.align import released
from tests.grader.intake.grafting import (
    RELEASED,
    RIGHT,
    at,
    change,
    extra,
    get,
    graft,
    grafted,
    handed_in,
    lab_cells,
    notebook,
    order,
    text,
)
from tests.grader.tiny import cell


def names_after(cells):
    """What the student's code leaves behind when it runs from top to bottom, checks left out."""
    space = {}
    for one in cells:
        if one["cell_type"] == "code" and not one["metadata"].get("nbgrader", {}).get("grade"):
            exec(one["source"], space)
    return {name: value for name, value in space.items() if isinstance(value, (int, float, str))}


def test_free_cells_are_the_students_and_come_back_when_they_are_gone():
    def edit(cells):
        get(cells, "look")["source"] = "double(5)"
        cells.pop(at(cells, "half_text"))

    aligned = graft(RIGHT, edit)
    assert text(aligned, "look") == "double(5)" and text(aligned, "half_text") == "## Half"


def test_outputs_and_the_students_metadata_stay_outside():
    def edit(cells):
        get(cells, "look").update(
            outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}],
            execution_count=7,
            metadata={"tags": ["x"]},
        )

    one = graft(RIGHT, edit).notebook["cells"][3]
    assert (one["outputs"], one["execution_count"], one["metadata"]) == ([], None, {})


def test_pasted_pictures_stay_with_an_answer_and_nothing_else_does():
    pasted = {
        "a.png": {"image/png": "AAAA"},
        "b.svg": {"image/svg+xml": "AAAA"},
        "c.png": {"image/png": "<script>"},
    }
    aligned = graft(RIGHT, lambda cells: get(cells, "why").update(attachments=pasted))
    assert next(one for one in aligned.notebook["cells"] if one["id"] == "why")["attachments"] == {
        "a.png": {"image/png": "AAAA"},
        "b.svg": {"image/svg+xml": "AAAA"},  # the page shows only the shapes in it
    }


def test_an_edited_copy_of_a_check_is_kept_beside_the_true_one():
    def edit(cells):
        cells.insert(
            at(cells, "check_half") + 1,
            {**copy.deepcopy(get(cells, "check_half")), "id": "mine", "source": "half(10)"},
        )

    aligned = graft(RIGHT, edit)
    assert order(aligned)[8:10] == ["check_half", "half(10)"]
    assert aligned.warnings == (
        "found more than once, so the original was used: the cell check_half",
    )


def test_no_further_cell_has_grading_metadata_of_its_own():
    def edit(cells):
        cells.append(cell("code", "hidden_more", "half(1)", grade=True, locked=True, points=100))

    aligned = graft(RIGHT, edit)
    assert (
        aligned.notebook["cells"][-1]["metadata"] == {}
        and aligned.notebook["cells"][-1]["id"] == "extra_1"
    )


def test_extra_cells_follow_what_they_followed():
    def edit(cells):
        cells.append(extra("last = 1"))
        cells.insert(at(cells, "check_half"), extra("a note", "markdown"))
        cells.insert(at(cells, "check_half"), extra("tried = half(3)"))
        cells.insert(at(cells, "check_half"), extra("   \n"))

    aligned = graft(RIGHT, edit)
    assert (
        order(aligned)[7:11] == ["half", "a note", "tried = half(3)", "check_half"]
        and order(aligned)[-1] == "last = 1"
    )
    assert [one["id"] for one in aligned.notebook["cells"] if one["id"].startswith("extra")] == [
        "extra_1",
        "extra_2",
        "extra_3",
    ]
    assert (aligned.warnings, aligned.remarks) == ((), ("3 extra cells",))


def test_extra_cells_before_the_set_up_run_right_after_it():
    def edit(cells):
        cells.insert(1, extra("above = 2"))
        cells.insert(0, extra("top = 1"))
        cells.insert(at(cells, "double"), extra("below = 3"))

    assert order(graft(RIGHT, edit))[:6] == [
        "title",
        "setup",
        "top = 1",
        "above = 2",
        "below = 3",
        "double",
    ]


def test_without_a_set_up_extra_cells_stay_at_the_top():
    source = notebook([one for one in lab_cells() if one["id"] != "setup"])
    cells = [extra("top = 1"), *json.loads(json.dumps(released(source)["cells"]))]
    assert order(grafted(cells, source))[:2] == ["top = 1", "title"]


def test_a_locked_cell_after_the_first_answer_is_no_set_up():
    source = notebook([*lab_cells()[2:5], lab_cells()[1], *lab_cells()[6:]])
    cells = [extra("top = 1"), *json.loads(json.dumps(released(source)["cells"]))]
    assert order(grafted(cells, source))[:2] == ["top = 1", "double"]


def test_no_id_is_given_twice_even_if_the_lab_has_such_ids():
    source = notebook([*lab_cells(), cell("markdown", "extra_1", "The lab's own.")])
    cells = json.loads(json.dumps(released(source)["cells"]))
    aligned = grafted([*cells, extra("x = 1")], source)
    assert [one["id"] for one in aligned.notebook["cells"]][-2:] == ["extra_1", "extra_2"]


def test_a_split_answer_keeps_its_parts_in_order():
    """JupyterLab gives both parts the metadata of the cell."""

    def edit(cells):
        place = at(cells, "double")
        cells.insert(place, {**copy.deepcopy(cells[place]), "id": "part", "source": "factor = 2"})

    aligned = graft({**RIGHT, "double": "def double(x):\n    return factor * x"}, edit)
    assert order(aligned)[1:5] == ["setup", "factor = 2", "double", "look"]
    assert (aligned.warnings, aligned.remarks) == (
        (),
        ("split into several cells, all of them kept: the cell double",),
    )


def test_the_part_that_defines_what_is_asked_is_the_answer():
    def edit(cells):
        place = at(cells, "double")
        cells.insert(
            place + 1, {**copy.deepcopy(cells[place]), "id": "part", "source": "print(double(1))"}
        )

    aligned = graft(RIGHT, edit)
    assert text(aligned, "double") == RIGHT["double"] and order(aligned)[2:4] == [
        "double",
        "print(double(1))",
    ]
    assert aligned.remarks == ("split into several cells, all of them kept: the cell double",)


def test_the_second_part_of_a_split_without_metadata_stays_behind_the_first():
    aligned = graft(
        {**RIGHT, "double": "factor = 2"},
        lambda cells: cells.insert(
            at(cells, "look"), extra("def double(x):\n    return factor * x")
        ),
    )
    assert order(aligned)[2:5] == ["double", "def double(x):\n    return factor * x", "look"]
    assert (aligned.unanswered, aligned.remarks) == ((), ("1 extra cell",))


def copies(*sources):
    """The answer `double` in one cell for each of these texts, at the end of the notebook."""

    def edit(cells):
        cells += [
            {**copy.deepcopy(get(cells, "double")), "id": f"copy_{number}", "source": source}
            for number, source in enumerate(sources)
        ]

    return edit


@pytest.mark.parametrize(
    "sources, counts",
    [
        (["def double(x):\n    return 7 * x"], "def double(x):\n    return 7 * x"),
        (
            ["def double(x):\n    return 7 * x", "def double(x):\n    return 8 * x"],
            "def double(x):\n    return 8 * x",
        ),
        (["def double(x):\n    return 7 * x", ""], "def double(x):\n    return 7 * x"),
        (
            ["def double(x):\n    return 7 * x", RELEASED["cells"][2]["source"]],
            "def double(x):\n    return 7 * x",
        ),
        ([RELEASED["cells"][2]["source"]], RIGHT["double"]),
    ],
)
def test_of_several_answers_the_last_counts_that_is_one(sources, counts):
    aligned = graft(RIGHT, copies(*sources))
    assert text(aligned, "double") == counts and aligned.unanswered == ()
    assert aligned.warnings == ("found more than once, so the last answer counts: the cell double",)


@pytest.mark.parametrize(
    "source",
    ["def double(x):\n    return 7 * x", RELEASED["cells"][2]["source"], RIGHT["double"], ""],
)
def test_a_copy_beside_an_answer_is_no_part_of_it(source):
    def edit(cells):
        place = at(cells, "double")
        cells.insert(place, {**copy.deepcopy(cells[place]), "id": "copy", "source": source})

    aligned = graft(RIGHT, edit)
    assert text(aligned, "double") == RIGHT["double"]
    assert (aligned.warnings, aligned.remarks) == (
        ("found more than once, so the last answer counts: the cell double",),
        (),
    )


def test_several_copies_of_a_stub_are_no_answer():
    aligned = graft(edit=copies(RELEASED["cells"][2]["source"]))
    assert "double" in aligned.unanswered and aligned.warnings == ()


def test_of_two_answers_in_words_the_last_counts_and_the_other_stays():
    def edit(cells):
        cells.append({**copy.deepcopy(get(cells, "why")), "id": "again", "source": "Or since."})

    aligned = graft(RIGHT, edit)
    assert text(aligned, "why") == "Or since." and "Because." in order(aligned)
    assert aligned.warnings == ("found more than once, so the last answer counts: the cell why",)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_code_that_became_text_is_code_again_when_it_defines_what_is_asked(kind):
    aligned = graft(RIGHT, change("half", cell_type=kind))
    assert aligned.notebook == graft(RIGHT).notebook and aligned.unanswered == ()
    assert (aligned.warnings, aligned.remarks) == (
        (),
        ("not of the requested cell type, so its text was used: the cell half",),
    )


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_other_text_in_place_of_code_is_no_answer_but_is_kept(kind):
    aligned = graft({**RIGHT, "half": "I would divide by two."}, change("half", cell_type=kind))
    assert "NotImplementedError" in text(aligned, "half") and "I would divide by two." in order(
        aligned
    )
    assert aligned.unanswered == ("half",) and aligned.warnings == (
        "no longer code, so it counts as no answer: the cell half",
    )


def test_words_in_a_code_cell_are_words():
    aligned = graft({**RIGHT, "why": "Because 1 < 2."}, change("why", cell_type="code"))
    one = next(one for one in aligned.notebook["cells"] if one["id"] == "why")
    assert (one["cell_type"], one["source"]) == (
        "markdown",
        "Because 1 < 2.",
    ) and "outputs" not in one
    assert aligned.remarks == (
        "not of the requested cell type, so its text was used: the cell why",
    )


def test_a_free_cell_may_become_text():
    one = graft(RIGHT, change("look", cell_type="raw")).notebook["cells"][3]
    assert (one["id"], one["cell_type"]) == ("look", "raw")


HOME = [
    [("double", 0, "two = 2"), ("double", 1, "print(two)")],
    [("title", 0, "a = 1"), ("setup", 0, "b = a + 1"), ("end", 1, "c = double(b)")],
    [
        ("check_double", 1, "kept = double(2)"),
        ("half", 0, "kept = kept + 1"),
        ("half", 1, "kept = half(kept)"),
    ],
    [("look", 0, "def double(x):\n    return 5"), ("look", 1, "seen = double(1)")],
]


@pytest.mark.parametrize("extras", HOME)
def test_code_leaves_behind_what_it_left_behind_at_home(extras):
    def edit(cells):
        for name, offset, source in extras:
            cells.insert(at(cells, name) + offset, extra(source))

    cells = handed_in(RIGHT, edit)
    assert names_after(grafted(cells).notebook["cells"]) == names_after(cells)
