"""Texts that no person writes: each ends a process that lays it out, or keeps it at work."""

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell


def formula(opening, closing, depth):
    return new_markdown_cell(f"${opening * depth}x{closing * depth}$")


def printed(text):
    return new_code_cell("f()", outputs=[new_output("stream", text=text)])


def shown(kind, text):
    return new_code_cell("f()", outputs=[new_output("display_data", {kind: text})])


CELLS = {  # nobody notices these on a page
    "nested formulas": formula("{", "}", 30_000),
    "nested roots": formula(r"\sqrt{", "}", 3_000),
    "nested fractions": formula(r"\frac", "", 20_000),
    "nested environments": formula(r"\begin{matrix}", r"\end{matrix}", 5_000),
    "entities of a mark": new_markdown_cell("&#xe000;98&#xe001; &#57344;67&#57345; $x$"),
    "an entity without end": new_markdown_cell("&#" + "9" * 19_000 + ";"),
    "blanks": new_markdown_cell("x" + " " * 300_000 + "x"),
    "blanks in a short text": new_markdown_cell("x" + " " * 19_000 + "x"),
    "nested divs": new_markdown_cell("<div>" * 100_000),
    "nested divs in a short text": new_markdown_cell("<div>" * 3_900),
    "open tags": new_markdown_cell("<b " * 100_000),
    "a colour of 190,000 semicolons": printed("\x1b[" + ";" * 190_000 + "m"),
    "a line of a million parentheses": new_code_cell("(" * 1_000_000),
    "20 million characters": new_markdown_cell("word " * 4_000_000),
    "20 million raw characters": new_raw_cell("word " * 4_000_000),
    "an output of a million tags": shown("text/html", "<b>" * 1_000_000),
}
# each of these cells can be laid out; all of them together take too long
TOO_LONG = [new_markdown_cell("<div>" * 3_900) for _ in range(400)]
