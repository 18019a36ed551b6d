"""A file becomes cells or one sentence that says what is wrong with it, whatever it holds."""

import copy
import json
import random
import time

import nbformat
import pytest

from grader.intake import parse
from grader.intake.parse import printable
from tests.grader.intake.handed_in import is_full, sources
from tests.grader.tiny import RIGHT, cell

pytestmark = pytest.mark.xdist_group("intake")


CONFLICT = '{\n "cells": [\n<<<<<<< HEAD\n  {"cell_type": "raw"}\n=======\n>>>>>>> 1a2b\n ]}'


@pytest.mark.parametrize(
    "content, problem",
    [
        (b"", "tiny.ipynb is empty"),
        (b" \n\t\n", "tiny.ipynb is empty"),
        (b"\0" * 4096, "tiny.ipynb is empty"),
        (b"\xef\xbb\xbf", "tiny.ipynb is empty"),
        (b'{\n "cells": [\n  {', "tiny.ipynb is not JSON: line 3"),
        (b"import torch\n", "tiny.ipynb is not JSON: line 1"),
        (b"<!DOCTYPE html>\n<html>", "tiny.ipynb is not JSON: line 1 (it is a web page)"),
        (b'{"cells": []}\n{"cells": []}', "tiny.ipynb is not JSON: line 2"),
        (b'{"cells": [\n"a\x00b"]}', "tiny.ipynb is not JSON: line 2"),
        (CONFLICT.encode(), "tiny.ipynb is not JSON: line 3 is a conflict mark of git, <<<<<<<"),
        (
            CONFLICT.replace("\n", "\r\n").encode(),
            "tiny.ipynb is not JSON: line 3 is a conflict mark of git, <<<<<<<",
        ),
        (
            CONFLICT.replace("<<<<<<< HEAD\n", "").encode(),
            "tiny.ipynb is not JSON: line 4 is a conflict mark of git, =======",
        ),
        (b"{\n\xe9", "tiny.ipynb is not text in UTF-8: line 2"),
        (b"PK\x03\x04\x14\xff\xfe", "tiny.ipynb is not text in UTF-8: line 1"),
        (b'{"a": "\xed\xa0\x80"}', "tiny.ipynb is not text in UTF-8: line 1"),
        (b"[" * 100_000, "tiny.ipynb is nested too deeply to be a notebook"),
        (b'{"a":' * 100_000, "tiny.ipynb is nested too deeply to be a notebook"),
        (
            b'{"cells": ' + b"9" * 100_000 + b"}",
            "tiny.ipynb contains a number with thousands of digits",
        ),
        (b"null", "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b"[]", "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b'"cells"', "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b"{}", "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b'{"cells": {}}', "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b'{"worksheets": 3}', "tiny.ipynb is JSON, but not a notebook: it has no list of cells"),
        (b'{"cells": []}', "tiny.ipynb has no cell of this lab: is it another notebook?"),
        (
            b'{"worksheets": [null, {"cells": 4}]}',
            "tiny.ipynb has no cell of this lab: is it another notebook?",
        ),
        (
            b'{"cells": [null, 3, "a", []]}',
            "tiny.ipynb has no cell of this lab: is it another notebook?",
        ),
    ],
)
def test_what_is_no_notebook_is_said_with_the_line_that_is_wrong(take, content, problem):
    submission = take(content)
    assert (submission.problem, submission.notebook, submission.content) == (problem, None, content)


@pytest.mark.parametrize(
    "encoding, remarks",
    [
        ("utf-8-sig", ()),
        ("utf-16", ("read as UTF-16",)),
        ("utf-16-le", ("read as UTF-16-LE",)),
        ("utf-32-be", ("read as UTF-32-BE",)),
    ],
)
def test_other_unicode_encodings_are_read(take, right, encoding, remarks):
    right["cells"][1]["source"] = "def double(x):\n    return 2 * x  # ×2, 田中"
    submission = take(json.dumps(right, ensure_ascii=False).encode(encoding))
    assert (
        sources(submission)["double"] == right["cells"][1]["source"]
        and submission.remarks == remarks
    )


def test_of_a_key_that_is_there_twice_the_last_counts(take, right):
    text = json.dumps(right)
    assert is_full(take(('{"cells": 3, ' + text[1:]).encode()))
    assert take((text[:-1] + ', "cells": 3}').encode()).problem


@pytest.mark.parametrize(
    "text, kept",
    [
        ('"\\ud800 \\udfff\\ud83d\\ude00"', "\ufffd \ufffd😀"),
        ('"a\\u0000b"', "a\ufffdb"),
        ('"a\\r\\nb\\rc"', "a\nb\nc"),
        ('["a\\r", "\\nb"]', "a\nb"),
    ],
)
def test_characters_that_are_no_text_are_replaced(take, right, text, kept):
    right["cells"][7]["source"] = "HERE"
    assert sources(take(json.dumps(right).replace('"HERE"', text).encode()))["explanation"] == kept


def test_numbers_that_json_does_not_know_are_read(take, right):
    right["metadata"]["a"] = [float("nan"), float("inf")]
    right["cells"][3]["metadata"]["nbgrader"]["points"] = float("nan")
    assert take(right).warnings == (
        "grading metadata changed, so the original was used: the cell check_double",
    )


def test_format_3_is_converted(take, right):
    cells = []
    for one in right["cells"]:
        one = copy.deepcopy(one)
        one.pop("id")
        if one["cell_type"] == "code":
            del one["execution_count"]
            one.update(input=one.pop("source"), language="python", prompt_number=3, collapsed=False)
        cells.append(one)
    cells.insert(0, {"cell_type": "heading", "level": 2, "source": "Mine", "metadata": {}})
    cells.insert(0, {"cell_type": "heading", "level": [], "source": "Mine too", "metadata": {}})
    old = {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells[:4]}, {"cells": cells[4:]}],
    }
    nbformat.validate(
        nbformat.from_dict({**old, "worksheets": [{"cells": cells[1:], "metadata": {}}]}), version=3
    )
    submission = take(old)
    assert (is_full(submission), submission.warnings) == (True, ())
    assert submission.remarks == ("converted from notebook format 3", "2 extra cells")
    assert [one["source"] for one in submission.notebook["cells"]][:2] == ["# Mine too", "## Mine"]


def test_an_old_format_without_a_number_is_converted(take, right):
    assert take({"worksheets": [{"cells": right["cells"]}], "nbformat": True}).remarks == (
        "converted from an old notebook format",
    )


@pytest.mark.parametrize("number", [99, 5])
def test_a_newer_format_is_read_as_format_4(take, right, number):
    submission = take({**right, "nbformat": number})
    assert is_full(submission) and submission.warnings == (
        f"written in notebook format {number}, read as format 4",
    )


@pytest.mark.parametrize("number", [None, "4", 4.0, -1, [], 10**30])
def test_a_format_that_says_nothing_is_passed_over(take, right, number):
    submission = take({**right, "nbformat": number, "nbformat_minor": number})
    assert (is_full(submission), submission.warnings) == (True, ())


@pytest.mark.parametrize(
    "metadata, kernel",
    [
        ({"kernelspec": {"name": "ir", "language": "R", "display_name": "R"}}, "ir"),
        ({"kernelspec": {"name": "julia-1.9", "language": "julia"}}, "julia-1.9"),
        ({"kernelspec": {"name": [], "language": "R"}}, "R"),
        ({"language_info": {"name": "sas"}}, "sas"),
        (
            {"kernelspec": {"name": "\x1b[31m" + "x" * 100, "language": "R"}},
            "?[31m" + "x" * 54 + "…",
        ),
    ],
)
def test_another_kernel_is_a_warning_and_python_keeps_its_marks(take, right, metadata, kernel):
    submission = take({**right, "metadata": metadata})
    assert is_full(submission) and submission.warnings == (
        f"written for the kernel {kernel}, graded as Python",
    )


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        [],
        None,
        "x",
        {"kernelspec": []},
        {"kernelspec": {"name": "my-env"}},
        {"kernelspec": {"language": 3}},
        {"kernelspec": {"name": "python3", "language": "python"}, "language_info": {"name": "R"}},
        {"language_info": {"name": "ipython"}},
    ],
)
def test_a_notebook_that_names_no_other_language_is_python(take, right, metadata):
    submission = take({**right, "metadata": metadata})
    assert (submission.problem, submission.warnings, submission.unanswered) == (None, (), ())


@pytest.mark.parametrize(
    "damage", [{"source": 3}, {"source": None}, {"source": {}}, {"source": [1, "def half(x):"]}]
)
def test_a_text_that_is_none_is_a_warning_and_costs_its_cell(take, right, damage):
    right["cells"][5].update(damage)
    submission = take(right)
    assert submission.warnings == ("1 damaged cell without text",)
    assert submission.problem is None and submission.unanswered == (
        ("half",) if not isinstance(damage["source"], list) else ()
    )


def test_things_that_are_no_cells_are_left_out(take, right):
    right["cells"][2:2] = [None, 3, "cell", [{}]]
    submission = take(right)
    assert (is_full(submission), submission.warnings) == (True, ("4 damaged cells without text",))


@pytest.mark.parametrize(
    "damage",
    [
        {"metadata": None},
        {"metadata": []},
        {"metadata": {"nbgrader": []}},
        {"metadata": {"nbgrader": {"grade_id": {}}}},
        {"id": 3},
        {"id": None},
        {"id": "x" * 1000},
        {"id": ""},
        {"outputs": 3},
        {"attachments": 3},
        {"attachments": {"a": {"image/png": 3}}},
        {"cell_type": 3},
        {"cell_type": "sql"},
    ],
)
def test_other_damage_to_a_cell_costs_nothing(take, right, damage):
    right["cells"][5].update(damage)
    assert is_full(take(right))
    assert sources(take())["half"] == RIGHT["half"]


@pytest.mark.parametrize("missing", ["metadata", "id", "outputs", "execution_count", "cell_type"])
def test_a_missing_field_costs_nothing(take, right, missing):
    del right["cells"][5][missing]
    assert sources(take(right))["half"] == RIGHT["half"]


def places(tree, path=()):
    """Every place in a tree of JSON, as the keys that lead to it."""
    yield path
    for key, value in (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    ):
        yield from places(value, (*path, key))


def mutate(generator, tree):
    """Changes one place of the tree; returns the tree."""
    odd = [
        None,
        True,
        0,
        -1,
        1.5,
        float("nan"),
        10**400,
        "",
        "x",
        "\ud800\0",
        "half",
        "setup",
        [],
        {},
        [[]],
        {"a": {}},
        [None],
        ["a", 1],
        {"nbgrader": {}},
    ]
    path = generator.choice(list(places(tree)))
    if not path:
        return generator.choice(odd) if generator.random() < 0.1 else tree
    parent = tree
    for key in path[:-1]:
        parent = parent[key]
    what = generator.randrange(5)
    if what == 0:
        del parent[path[-1]]
    elif what == 1:
        parent[path[-1]] = copy.deepcopy(generator.choice(odd))
    elif what == 2:
        parent[path[-1]] = [parent[path[-1]]]
    elif what == 3:
        other = generator.choice(list(places(tree)))
        value = tree
        for key in other:
            value = value[key]
        parent[path[-1]] = copy.deepcopy(value)
    elif isinstance(parent, list):
        parent.insert(path[-1], copy.deepcopy(generator.choice(odd)))
    else:
        parent[
            generator.choice(
                ["cells", "worksheets", "metadata", "nbgrader", "source", "input", "id", "new"]
            )
        ] = copy.deepcopy(generator.choice(odd))
    return tree


@pytest.mark.parametrize("seed", range(10))
def test_no_change_to_the_tree_raises(take, right, seed):
    for number in range(60):
        generator = random.Random(1000 * seed + number)
        tree = copy.deepcopy(right)
        for _ in range(generator.choice([1, 1, 2, 5, 20])):
            tree = mutate(generator, tree)
        take(json.dumps(tree).encode())


@pytest.mark.parametrize("seed", range(5))
def test_no_change_to_the_bytes_raises(take, right, seed):
    content = json.dumps(right, indent=1).encode()
    for number in range(60):
        generator, changed = random.Random(1000 * seed + number), bytearray(content)
        for _ in range(generator.choice([1, 2, 10])):
            place = generator.randrange(len(changed))
            changed[place : place + generator.choice([0, 1, 30])] = generator.randbytes(
                generator.choice([0, 1, 3])
            )
        take(bytes(changed[: generator.choice([len(changed), place])]))


def with_outputs(right, size):
    right["cells"][2]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * size}}
    ]
    return json.dumps(right).encode()


def test_90_mb_of_outputs_are_read_and_dropped(take, right):
    submission = take(with_outputs(right, 90_000_000))
    assert (submission.problem, submission.warnings) == (None, ()) and len(
        json.dumps(submission.notebook)
    ) < 10_000


def test_a_file_that_would_fill_the_memory_is_not_parsed(take):
    start = time.process_time()
    assert (
        take(b'{"cells": [' + b"[]," * 6_000_000 + b"[]]}").problem
        == "tiny.ipynb holds more than 5,000,000 values: clear its outputs"
    )
    assert time.process_time() - start < 20


def test_signs_within_strings_are_no_values(take, right, monkeypatch):
    monkeypatch.setattr(parse, "MOST_VALUES", 10_000)
    right["cells"][2]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": '[{,"' * 20_000}
    ]
    assert take(right).problem is None
    right["cells"][2]["outputs"] = [[]] * 20_000
    assert take(right).problem == "tiny.ipynb holds more than 10,000 values: clear its outputs"


@pytest.mark.parametrize(
    "cells, problem",
    [
        (
            [cell("code", "big", "x" * 1_000_001)],
            "tiny.ipynb has more than 1,000,000 characters of code",
        ),
        (
            [cell("markdown", "big", "x" * 20_000_001)],
            "tiny.ipynb has more than 20,000,000 characters in its cells, pictures included",
        ),
        (
            [
                {
                    **cell("markdown", "big", ""),
                    "attachments": {"a": {"image/png": "A" * 20_000_001}},
                }
            ],
            "tiny.ipynb has more than 20,000,000 characters in its cells, pictures included",
        ),
        ([cell("code", "one", "1")] * 2000, "tiny.ipynb has more than 2000 cells"),
    ],
)
def test_cells_that_nobody_wrote_by_hand_are_refused(take, right, cells, problem):
    assert take({**right, "cells": right["cells"] + cells}).problem == problem


def test_names_are_printed_without_control_characters_and_not_too_long():
    assert printable("a\n\x1b\u202e\udcff b") == "a???? b" and len(printable("x" * 1000)) == 60
