"""What is longer than people write is cut or shown as it is, in a time that grows with its
length."""

import time

import pytest
from nbformat.v4 import new_code_cell, new_output, new_raw_cell

from grader.feedback import bounds
from grader.feedback.bounds import Bounded, as_written, can_be_highlighted, cut, few_blanks


def test_a_cut_text_says_how_much_is_missing():
    assert cut("abc", 3) == "abc"
    assert cut("abcde", 3) == "abc\n[... 2 more characters are not shown]"


def test_a_text_as_written_is_escaped():
    assert as_written("<b> & $x$") == "<pre>&lt;b&gt; &amp; $x$</pre>"


def test_code_of_the_size_that_people_write_is_highlighted():
    assert can_be_highlighted("") and can_be_highlighted("x = 1\n" * 1000)
    assert not can_be_highlighted("(" * 1_000_000)
    assert not can_be_highlighted("x = 1\n" * 100_000)


def test_blanks_in_a_row_are_at_most_a_hundred_and_lines_stay():
    assert few_blanks("a" + " " * 500_000 + "b\n    c") == "a" + " " * 100 + "b\n    c"


def outputs_after(*outputs):
    cell, _ = Bounded().preprocess_cell(new_code_cell(outputs=list(outputs)), {}, 0)
    return cell.outputs


def test_honest_outputs_stay_as_they_are():
    honest = [
        new_output("stream", text="\x1b[31mred\x1b[0m \x1b[38;2;10;20;30mblue\n"),
        new_output("error", ename="E", evalue="x", traceback=["\x1b[1;31mE\x1b[0m: x"]),
        new_output("display_data", {"image/png": "A" * 1_000_000, "text/plain": "<Figure>"}),
        new_output("execute_result", {"text/html": "<table></table>", "text/plain": "x"}),
    ]
    assert outputs_after(*[one.copy() for one in honest]) == honest


def test_a_sequence_of_thousands_of_colours_is_left_out():
    (output,) = outputs_after(new_output("stream", text="a\x1b[" + ";" * 190_000 + "mb"))
    assert output.text == "ab"


@pytest.mark.parametrize("kind", ["text/html", "text/markdown", "text/latex", "image/png"])
def test_what_is_too_large_for_a_page_is_named(kind):
    (output,) = outputs_after(new_output("display_data", {kind: "x" * 9_000_000}))
    assert output.data == {
        "text/plain": f"[too large to show here: 9,000,000 characters of {kind}]"
    }


def test_twenty_million_characters_become_few_in_no_time():
    start = time.process_time()
    cells = [
        new_raw_cell("x" * 20_000_000),
        new_code_cell(outputs=[new_output("stream", text="x" * 20_000_000)]),
    ]
    for cell in cells:
        Bounded().preprocess_cell(cell, {}, 0)
    assert len(cells[0].source) < bounds.MARKDOWN + 100
    assert len(cells[1].outputs[0].text) < bounds.CODE + 100
    assert time.process_time() - start < 5
