import pytest

from grader.course import cells
from tests.grader.tiny import cell

F = """
%time 1
!ls
import numpy.linalg
def f():
    inner = 1
async def later(): pass
class Net:
    size = 1
a = b, (c, *d) = 1, (2, 3)
a = [p for q in (lambda r: r, 1)]
helper = None
"""
G = """
if True:
    def g(): pass
for k in range(3):
    with open('x') as file:
        import json as j
try:
    class T: pass
except Exception:
    def g2(): pass
"""
LAB = [
    cell("markdown", "intro", "words"),
    cell("code", "setup", "import math\nfrom torch import nn as net\nx: int = 1", locked=True),
    cell("code", "more", "def helper(): y = 1", locked=True),
    cell("code", "f", F, solution=True),
    cell("code", "free", "free = 1"),
    cell("code", "late", "late_one = 1", locked=True),
    cell("code", "check_f", "assert f() == free", grade=True, locked=True, points=1),
    cell("code", "g", G, solution=True),
    cell("code", "manual", "essay = 1", grade=True, solution=True, points=2),
]


def test_the_opening_ends_at_the_first_code_that_a_student_can_change():
    assert [one["id"] for one in cells.opening({"cells": LAB})] == ["setup", "more"]
    assert cells.opening({"cells": LAB[3:]}) == []


def test_a_lab_asks_for_the_names_of_its_solution_cells_that_its_own_do_not_define():
    asked = cells.asked({"cells": LAB})
    assert asked == {
        "numpy",
        "f",
        "later",
        "Net",
        "a",
        "b",
        "c",
        "d",
        "g",
        "k",
        "file",
        "j",
        "T",
        "g2",
        "essay",
    }
    assert not asked & {"helper", "math", "net", "x", "late_one", "free", "inner", "size"}


@pytest.mark.parametrize(
    "one, kinds",
    [
        (LAB[0], ()),
        (LAB[1], ("own",)),
        (LAB[3], ("answer",)),
        (LAB[4], ()),
        (LAB[6], ("check",)),
        (LAB[8], ("answer",)),
    ],
)
def test_a_cell_is_of_one_kind(one, kinds):
    assert [
        kind for kind in ("own", "answer", "check") if getattr(cells, f"is_{kind}")(one)
    ] == list(kinds)


def test_every_cell_has_words_to_call_it_by():
    extra = {"cell_type": "code", "id": "extra_1", "metadata": {}, "source": ""}
    names = [name for name, _ in cells.named({"cells": [extra, LAB[1], extra, LAB[6]]})]
    assert names == [
        "a cell after the start",
        "the cell setup",
        "a cell after setup",
        "the cell check_f",
    ]


def test_a_source_may_be_a_list_of_lines():
    assert (
        cells.text({"source": ["a\n", "b"]}) == "a\nb" == cells.text({"source": "a\nb"})
        and cells.text({}) == ""
    )


def test_the_names_that_a_check_uses_are_found_wherever_they_stand():
    assert {"f", "g", "h"} <= cells.used(
        "def inner():\n    return [f(x) for x in g]\nassert (lambda: h)()"
    )
