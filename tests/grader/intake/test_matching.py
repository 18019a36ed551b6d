"""Which cell of the lab a student's cell is: by grade id, cell id, content, names and place."""

import json

import pytest

from grader.intake.align import released
from grader.intake.matching import defined, is_blank
from grader.intake.parse import Cell
from tests.grader.intake.grafting import (
    RELEASED,
    RIGHT,
    at,
    drop,
    extra,
    get,
    graft,
    grafted,
    notebook,
    order,
    text,
)
from tests.grader.tiny import cell


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


def strip(cells, ids=True):
    for one in cells:
        one["metadata"] = {}
        if ids:
            del one["id"]


def test_without_metadata_cells_are_known_by_their_ids():
    aligned = graft(RIGHT, lambda cells: strip(cells, ids=False))
    assert aligned.notebook == graft(RIGHT).notebook and aligned.warnings == ()
    assert aligned.remarks == (
        "grading metadata missing, so the original was restored: "
        "the cell setup, the cell double and 5 more",
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
            "cell ids were swapped, so cells were matched by content: the cell double and the "
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
            "cell ids were swapped, so cells were matched by content: the cell half and the "
            "cell check_half"
        ),
    )


def test_an_answer_in_the_cell_of_a_check_is_found_and_said_once():
    aligned = graft({**RIGHT, "double": "", "check_double": RIGHT["double"]})
    assert aligned.notebook["cells"] == graft(RIGHT).notebook["cells"] and aligned.unanswered == ()
    assert aligned.warnings == (
        "missing, so the original was restored: the cell check_double",
        "cell ids were swapped, so cells were matched by content: the cell check_double",
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


def test_two_answers_in_one_cell_below_the_stubs_are_both_given():
    both = f"{RIGHT['double']}\n\n\n{RIGHT['half']}"
    aligned = graft({"why": "Because."}, lambda cells: cells.append(extra(both)))
    assert aligned.unanswered == ()
    assert both in (text(aligned, "double"), text(aligned, "half"))
    assert not any("NotImplementedError" in source for source in order(aligned))


def test_a_stub_below_such_a_cell_still_undoes_the_answer():
    both = f"{RIGHT['double']}\n\n\n{RIGHT['half']}"
    aligned = graft({"why": "Because."}, lambda cells: cells.insert(at(cells, "look"), extra(both)))
    assert aligned.unanswered == ("half",)


def test_a_set_up_cell_of_the_same_name_does_not_make_a_notebook_one_of_this_lab():
    assert (
        grafted(
            [cell("code", "setup", "import numpy", locked=True), cell("code", "a", "x = 1")]
        ).notebook
        is None
    )


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
