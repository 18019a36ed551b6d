"""A student's notebook grafted into the lab: what is theirs, what stays the lab's, and what is said
of it."""

import copy
import json
import random
from pathlib import Path

import nbformat
import pytest
from traitlets.config import Config

from grader.intake.align import align, released
from grader.intake.matching import asked, defined, is_blank
from grader.intake.parse import Cell, parse
from tests.grader.tiny import HERE, cell

LAB03 = "lab03_magnitude_pruning"
RIGHT = {
    "double": "def double(x):\n    return x + x",
    "half": "def half(x):\n    return x / 2",
    "why": "Because.",
}


def lab_cells():
    return [
        cell("markdown", "title", "# A lab"),
        cell("code", "setup", "import math", locked=True),
        cell(
            "code",
            "double",
            "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            solution=True,
        ),
        cell("code", "look", "double(3)"),
        cell("code", "check_double", "assert double(3) == 6", grade=True, locked=True, points=2),
        cell(
            "code",
            "hidden_double",
            "# on others\n### BEGIN HIDDEN TESTS\nassert double(4) == 8\n### END HIDDEN TESTS",
            grade=True,
            locked=True,
            points=3,
        ),
        cell("markdown", "half_text", "## Half"),
        cell(
            "code",
            "half",
            "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION",
            solution=True,
        ),
        cell("code", "check_half", "assert half(4) == 2", grade=True, locked=True, points=1),
        cell(
            "markdown",
            "why",
            "Why?\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION",
            grade=True,
            solution=True,
            points=4,
        ),
        cell("markdown", "end", "The end."),
    ]


def notebook(cells, **metadata):
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


SOURCE = notebook(
    lab_cells(), kernelspec={"name": "python3", "language": "python", "display_name": "Python 3"}
)
RELEASED = released(SOURCE)
ASKED = asked(RELEASED)


def handed_in(answers=None, edit=None):
    """The released cells with these answers; edit changes the list in place."""
    cells = json.loads(json.dumps(RELEASED["cells"]))
    for one in cells:
        one["source"] = (answers or {}).get(one["id"], one["source"])
    if edit:
        edit(cells)
    return cells


def grafted(cells, source=SOURCE):
    theirs = parse(json.dumps(notebook(cells)).encode(), "lab.ipynb").cells
    return align(source, ASKED if source is SOURCE else asked(released(source)), theirs)


def graft(answers=None, edit=None):
    return grafted(handed_in(answers, edit))


def text(aligned, name):
    return next(one["source"] for one in aligned.notebook["cells"] if one["id"] == name)


def order(aligned):
    """The ids of the cells, with the texts of the further ones."""
    return [
        one["source"] if one["id"].startswith("extra_") else one["id"]
        for one in aligned.notebook["cells"]
    ]


def at(cells, name):
    return next(number for number, one in enumerate(cells) if one["id"] == name)


def get(cells, name):
    return cells[at(cells, name)]


def extra(source, kind="code", name=None):
    made = cell(kind, name or f"own_{abs(hash(source)) % 10**8}", source)
    return made


def names_after(cells):
    """What the student's code leaves behind when it runs from top to bottom, checks left out."""
    space = {}
    for one in cells:
        if one["cell_type"] == "code" and not one["metadata"].get("nbgrader", {}).get("grade"):
            exec(one["source"], space)
    return {name: value for name, value in space.items() if isinstance(value, (int, float, str))}


# --- the released form ---------------------------------------------------------------------------


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


# --- what stays the lab's, what is the student's -------------------------------------------------


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
        "a.png": {"image/png": "AAAA"}
    }


# --- no answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "  \n\n",
        "# nothing yet\n  # really",
        RELEASED["cells"][2]["source"] + "\n\n",
        RELEASED["cells"][2]["source"].replace("\n", "  \r\n"),
    ],
)
def test_empty_cells_and_comments_alone_are_no_answer(answer):
    aligned = graft({**RIGHT, "double": answer})
    assert aligned.unanswered == ("double",) and aligned.warnings == ()


def test_a_heading_is_an_answer_in_words():
    assert not is_blank(Cell("markdown", "# Because")) and is_blank(Cell("code", "# Because"))
    assert graft({**RIGHT, "why": "# Because"}).unanswered == ()


def test_a_fully_cleared_stub_is_answered_by_its_cell_alone():
    source = notebook(
        [
            cell("code", "it", "x = 3", solution=True),
            cell("code", "check", "assert x == 3", grade=True, locked=True, points=1),
        ]
    )
    cells = json.loads(json.dumps(released(source)["cells"]))
    assert grafted(cells, source).unanswered == ("it",)
    cells[0]["source"] = "x = 1 + 2"
    assert (
        grafted(cells, source).unanswered == ()
        and text(grafted(cells, source), "it") == "x = 1 + 2"
    )


# --- grade cells and locked cells ----------------------------------------------------------------


def drop(name):
    return lambda cells: cells.pop(at(cells, name))


def change(name, **fields):
    return lambda cells: get(cells, name).update(fields)


def double_up(name):
    return lambda cells: cells.append({**copy.deepcopy(get(cells, name)), "id": "copy"})


def remark(name, **marks):
    return lambda cells: get(cells, name)["metadata"]["nbgrader"].update(marks)


@pytest.mark.parametrize(
    "edit, warning",
    [
        (drop("check_half"), "missing and put back: the cell check_half"),
        (drop("setup"), "missing and put back: the cell setup"),
        (drop("hidden_double"), "missing and put back: the cell hidden_double"),
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
            "there more than once, so the original was used: the cell check_half",
        ),
        (double_up("setup"), "there more than once, so the original was used: the cell setup"),
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
        "missing and put back: the cell setup, the cell check_double and 2 more",
    )


def test_a_moved_grade_cell_is_a_remark():
    aligned = graft(RIGHT, lambda cells: cells.insert(0, cells.pop(at(cells, "check_half"))))
    assert (aligned.warnings, aligned.remarks) == (
        (),
        ("cells in another order, that of the lab was used",),
    )
    assert aligned.notebook == graft(RIGHT).notebook


def test_all_cells_in_reverse_are_put_in_order():
    aligned = graft(RIGHT, lambda cells: cells.reverse())
    assert aligned.remarks == ("cells in another order, that of the lab was used",)
    assert aligned.notebook == graft(RIGHT).notebook


def test_an_edited_copy_of_a_check_is_kept_beside_the_true_one():
    def edit(cells):
        cells.insert(
            at(cells, "check_half") + 1,
            {**copy.deepcopy(get(cells, "check_half")), "id": "mine", "source": "half(10)"},
        )

    aligned = graft(RIGHT, edit)
    assert order(aligned)[8:10] == ["check_half", "half(10)"]
    assert aligned.warnings == (
        "there more than once, so the original was used: the cell check_half",
    )


def test_no_further_cell_has_grading_metadata_of_its_own():
    def edit(cells):
        cells.append(cell("code", "hidden_more", "half(1)", grade=True, locked=True, points=100))

    aligned = graft(RIGHT, edit)
    assert (
        aligned.notebook["cells"][-1]["metadata"] == {}
        and aligned.notebook["cells"][-1]["id"] == "extra_1"
    )


# --- cells without their metadata or under another id --------------------------------------------


def strip(cells, ids=True):
    for one in cells:
        one["metadata"] = {}
        if ids:
            del one["id"]


def test_without_metadata_cells_are_known_by_their_ids():
    aligned = graft(RIGHT, lambda cells: strip(cells, ids=False))
    assert aligned.notebook == graft(RIGHT).notebook and aligned.warnings == ()
    assert aligned.remarks == (
        "grading metadata missing and put back: the cell setup, the cell double and 5 more",
    )


def test_without_metadata_and_ids_cells_are_known_by_content_names_and_place():
    aligned = graft({**RIGHT, "look": "double(100)", "half_text": "## My half"}, strip)
    assert (
        aligned.notebook
        == graft({**RIGHT, "look": "double(100)", "half_text": "## My half"}).notebook
    )
    assert aligned.warnings == () and aligned.unanswered == ()


def test_without_metadata_and_ids_an_untouched_release_is_still_unanswered():
    assert graft(edit=strip).unanswered == ("double", "half", "why")


def test_by_its_place_a_cell_is_only_taken_for_one_of_its_kind():
    def edit(cells):
        cells[at(cells, "half_text")] = extra("z = 1")
        cells[at(cells, "why")] = extra("a thought", "raw")
        strip(cells)

    aligned = graft(RIGHT, edit)
    assert (
        text(aligned, "half_text") == "## Half"
        and {"z = 1", "a thought"} < set(order(aligned))
        and aligned.unanswered == ("why",)
    )


def test_by_its_place_code_is_only_taken_for_an_answer_when_it_defines_something():
    def edit(source):
        def edit(cells):
            cells[at(cells, "double")] = extra(source)
            strip(cells)

        return edit

    assert graft(RIGHT, edit("double(4)")).unanswered == ("double",)
    assert text(graft(RIGHT, edit("def twice(x):\n    return 2 * x")), "double").startswith(
        "def twice"
    )


def test_a_cell_id_says_less_than_a_grade_id():
    def edit(cells):
        get(cells, "double")["id"] = "new"
        cells.append(extra("double(9)", name="double"))

    aligned = graft(RIGHT, edit)
    assert text(aligned, "double") == RIGHT["double"] and (aligned.warnings, aligned.remarks) == (
        (),
        ("1 extra cell",),
    )


def exchange(*fields):
    def edit(cells):
        one, other = get(cells, "double"), get(cells, "half")
        for field in fields:
            one[field], other[field] = other[field], one[field]

    return edit


@pytest.mark.parametrize("fields", [("metadata",), ("metadata", "id")])
def test_exchanged_ids_of_answers_are_decided_by_what_they_define(fields):
    aligned = graft(RIGHT, exchange(*fields))
    assert aligned.notebook["cells"] == graft(RIGHT).notebook["cells"]
    assert aligned.warnings == (
        (
            "the ids of cells were exchanged, so their content decided: the cell double and the "
            "cell half"
        ),
    )


def test_the_exchanged_ids_of_an_answer_and_a_check_are_decided_by_content():
    def edit(cells):
        one, other = get(cells, "half"), get(cells, "check_half")
        one["metadata"], other["metadata"], one["id"], other["id"] = (
            other["metadata"],
            one["metadata"],
            other["id"],
            one["id"],
        )

    aligned = graft(RIGHT, edit)
    assert aligned.notebook["cells"] == graft(RIGHT).notebook["cells"]
    assert aligned.warnings == (
        (
            "the ids of cells were exchanged, so their content decided: the cell half and the "
            "cell check_half"
        ),
    )


def test_an_answer_in_the_cell_of_a_check_is_found_and_said_once():
    aligned = graft({**RIGHT, "double": "", "check_double": RIGHT["double"]})
    assert aligned.notebook["cells"] == graft(RIGHT).notebook["cells"] and aligned.unanswered == ()
    assert aligned.warnings == (
        "missing and put back: the cell check_double",
        "the ids of cells were exchanged, so their content decided: the cell check_double",
    )


def test_an_answer_written_into_another_ones_cell_counts_where_it_is_asked():
    aligned = graft({"double": RIGHT["half"]})
    assert text(aligned, "half") == RIGHT["half"] and aligned.unanswered == ("double", "why")


def test_both_answers_in_one_cell_count_although_the_other_cell_is_gone():
    both = RIGHT["double"] + "\n\n" + RIGHT["half"]
    aligned = graft({**RIGHT, "double": both}, drop("half"))
    assert (text(aligned, "double"), text(aligned, "half"), aligned.unanswered) == (both, "", ())
    assert aligned.remarks == ("answered in another cell: the cell half",)


def test_an_answer_below_its_untouched_cell_is_taken():
    def edit(cells):
        cells.insert(at(cells, "look"), extra("helper = 2"))
        cells.insert(at(cells, "look") + 1, extra("def double(x):\n    return helper * x"))

    aligned = graft({"half": RIGHT["half"], "why": "Because."}, edit)
    assert order(aligned)[2:5] == ["helper = 2", "double", "look"] and "helper * x" in text(
        aligned, "double"
    )
    assert (aligned.warnings, aligned.unanswered) == ((), ())
    assert aligned.remarks == ("answered in another cell: the cell double", "1 extra cell")


def test_words_below_an_untouched_question_are_its_answer():
    aligned = graft(
        RIGHT | {"why": RELEASED["cells"][9]["source"]},
        lambda cells: cells.insert(at(cells, "why") + 1, extra("Since 1 < 2.", "markdown")),
    )
    assert text(aligned, "why") == "Since 1 < 2." and aligned.unanswered == ()


def test_a_definition_in_words_is_no_answer_in_code():
    aligned = graft(
        {"half": RIGHT["half"], "why": "Because."},
        lambda cells: cells.insert(at(cells, "look"), extra(RIGHT["double"], "markdown")),
    )
    assert aligned.unanswered == ("double",) and RIGHT["double"] in order(aligned)


def test_code_below_an_untouched_stub_that_defines_something_else_is_no_answer():
    aligned = graft(
        {"half": RIGHT["half"], "why": "Because."},
        lambda cells: cells.insert(at(cells, "look"), extra("double(4)")),
    )
    assert aligned.unanswered == ("double",) and "NotImplementedError" in text(aligned, "double")


def test_a_notebook_of_something_else_is_not_aligned():
    assert grafted([cell("code", "a", "x = 1"), cell("markdown", "b", "text")]).notebook is None
    assert grafted([]).notebook is None


def test_a_set_up_cell_of_the_same_name_does_not_make_a_notebook_one_of_this_lab():
    assert (
        grafted(
            [cell("code", "setup", "import numpy", locked=True), cell("code", "a", "x = 1")]
        ).notebook
        is None
    )


# --- more cells than the lab has -----------------------------------------------------------------


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
        ("in several parts, all of them kept: the cell double",),
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
    assert aligned.remarks == ("in several parts, all of them kept: the cell double",)


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
    assert aligned.warnings == ("there more than once, so the last answer counts: the cell double",)


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
        ("there more than once, so the last answer counts: the cell double",),
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
    assert aligned.warnings == ("there more than once, so the last answer counts: the cell why",)


# --- cells of another kind -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_code_that_became_text_is_code_again_when_it_defines_what_is_asked(kind):
    aligned = graft(RIGHT, change("half", cell_type=kind))
    assert aligned.notebook == graft(RIGHT).notebook and aligned.unanswered == ()
    assert (aligned.warnings, aligned.remarks) == (
        (),
        ("of another kind than asked, its text was taken: the cell half",),
    )


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_other_text_in_place_of_code_is_no_answer_but_is_kept(kind):
    aligned = graft({**RIGHT, "half": "I would divide by two."}, change("half", cell_type=kind))
    assert "NotImplementedError" in text(aligned, "half") and "I would divide by two." in order(
        aligned
    )
    assert aligned.unanswered == ("half",) and aligned.warnings == (
        "no code any more, so it counts as no answer: the cell half",
    )


def test_words_in_a_code_cell_are_words():
    aligned = graft({**RIGHT, "why": "Because 1 < 2."}, change("why", cell_type="code"))
    one = next(one for one in aligned.notebook["cells"] if one["id"] == "why")
    assert (one["cell_type"], one["source"]) == (
        "markdown",
        "Because 1 < 2.",
    ) and "outputs" not in one
    assert aligned.remarks == ("of another kind than asked, its text was taken: the cell why",)


def test_a_free_cell_may_become_text():
    one = graft(RIGHT, change("look", cell_type="raw")).notebook["cells"][3]
    assert (one["id"], one["cell_type"]) == ("look", "raw")


# --- what holds for all --------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    "source, names",
    [
        ("def f(x):\n    g = 1", {"f"}),
        ("class A:\n    b = 1", {"A"}),
        ("async def f():\n    pass", {"f"}),
        ("x = 3\ny: int = 4\na, b = 1, 2", {"x", "y", "a", "b"}),
        ("x == 3\nprint(y=4)\nf.x = 3\nx += 1", set()),
        ("%%time\n!ls\ndef f(x:\n", {"f"}),
    ],
)
def test_names_are_found_at_the_start_of_lines(source, names):
    assert defined(source) == names


def test_no_text_keeps_the_search_for_names_busy():
    """A search that is quadratic would take minutes for a hundred thousand characters."""
    for part, times in [
        ("a", 10**5),
        ("a,", 10**5),
        (" a", 10**5),
        ("\ta :", 10**5),
        ("a\n", 10**5),
        ("a:b", 10**5),
        ("def ", 10**5),
    ]:
        for start in ("", "a", "def", "a, ", "a:"):
            assert len(defined(start + part * times)) < 3
