import json
import math
import signal
import time
from dataclasses import replace

import nbformat
import pytest
import torch

from grader.checker import grading
from grader.checker.grading import earned
from tests.grader.checker.boxes import LIMITS, ForkBox
from tests.grader.checker.notebooks import answer, check, graded, points, setup
from tests.grader.tiny import cell
from utils.checks.report import CheckFailed, time_limit

DOUBLE = [
    answer("double", "def double(x): return 2 * x"),
    check("check_double", "assert double(3) == 6, f'expected 6, got {double(3)}'"),
]


@pytest.mark.parametrize(
    "source, mark, words",
    [
        ("def double(x): return x + x", 4, ""),
        ("def double(x): return x", 0, "expected 6, got 3"),
        ("def double(x): return None", 0, "expected 6, got None"),
        ("", 0, "name 'double' is not defined: no cell of your notebook that ran defines it"),
        (
            "import no_such\ndef double(x): return 2 * x",
            0,
            "not defined: the cell double stopped with ModuleNotFoundError: No module named",
        ),
        ("double = 5", 0, "not callable"),
        ("def double(:", 0, "is not defined"),
        ("def double(x): raise KeyError('a')", 0, "KeyError"),
        ("def double(x): raise NotImplementedError", 0, "no answer yet"),
        ("def double(x): raise SystemExit", 0, "ends a program"),
        (
            "class Six:\n    __eq__ = lambda *a: True\ndef double(x): return Six()",
            0,
            "a plain value is needed here, not an object of the class Six",
        ),
        ("class Six(int):\n    __eq__ = lambda *a: True\ndef double(x): return Six(5)", 0, "got 5"),
        ("def double(x): return undefined_name", 0, "undefined_name"),
        ("def double(x): return '\\ud800'", 0, "got ?"),
        ("def double(x): raise ValueError('\\ud800')", 0, "?"),
    ],
)
def test_a_check_earns_all_or_nothing_and_says_why(source, mark, words):
    result = graded(DOUBLE, {"double": source})
    assert (
        points(result) == {"check_double": mark}
        and words in result["checks"]["check_double"]["message"]
    )
    assert result["checks"]["check_double"]["passed"] == (mark == 4)
    assert bool(result["cells"]["check_double"]) == (mark == 0)


SHARE = [answer("share", "share = 1"), check("check_share", "assert share is not None\n2 * share")]


@pytest.mark.parametrize(
    "share, mark",
    [
        ("2", 4),
        ("1", 2),
        ("0.5", 1),
        ("0", 0),
        ("-0.0", 0),
        ("float('nan')", 0),
        ("float('inf')", 0),
        ("-float('inf')", 0),
        ("-1", 0),
        ("3", 0),
        ("2.0001", 0),
        ("10**800", 0),
        ("-(10**800)", 0),
        ("1e308", 0),
        ("5e-324", 1e-323),
        ("''", 0),
        ("'2'", 0),
        ("[]", 0),
        ("[1]", 0),
        ("()", 0),
        ("True", 2),
        ("1j", 0),
        ("b''", 0),
        ("__import__('numpy').float64(1)", 2),
        ("__import__('numpy').float64('nan')", 0),
        ("__import__('numpy').ones(3)", 0),
        ("__import__('torch').tensor(0.0)", 0),
        ("__import__('torch').ones(3)", 0),
        ("type('F', (float,), {'__le__': lambda *a: True, '__mul__': lambda *a: 4.0})(-5)", 0),
        ("object()", 0),
        ("lambda: 0", 0),
    ],
)
def test_partial_credit_is_a_number_of_this_side_within_bounds_or_nothing(share, mark):
    result = graded(SHARE, {"share": f"share = {share}"})
    assert points(result) == {"check_share": mark} and json.dumps(result, allow_nan=False)


@pytest.mark.parametrize(
    "value, mark",
    [
        (None, 4),
        (4, 4),
        (0, 0),
        (2.5, 2.5),
        (True, 0),
        (False, 0),
        ("4", 0),
        (torch.tensor(4.0), 0),
        (math.nan, 0),
        (4.0000001, 0),
        (10**5000, 0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_check_ends_in_is_worth(value, mark):
    assert earned(value, 4.0)[0] == mark


def test_a_check_that_ends_in_a_text_alone_has_no_value():
    result = graded([check("check_nothing", '"""what is checked"""')], {})
    assert points(result) == {"check_nothing": 4}


def test_what_a_check_prints_is_shown_and_not_what_the_answer_prints():
    lab = [answer("f", "def f(x): pass"), check("check_f", "print('tried 3')\nf(3)\n1.5")]
    result = graded(lab, {"f": "def f(x): print(4.0); return None"}, box=ForkBox)
    assert result["cells"]["check_f"] == [
        {"output_type": "stream", "name": "stdout", "text": "tried 3\n1.5 of 4 points\n"}
    ]
    assert result["checks"]["check_f"]["message"] == "tried 3\n1.5 of 4 points\n"


def test_the_names_of_the_labs_own_cells_are_never_the_students():
    lab = [
        setup("setup", "import torch\ndef helper(x): return 3 * x\nLIMIT = 5"),
        answer("f", "def f(x): return helper(x)\nLIMIT = None"),
        check(
            "check_f",
            (
                "assert f(2) == helper(2)\nassert LIMIT == 5\nassert torch.ones(1).item() == "
                "1\nassert sum([1, 2]) == 3"
            ),
        ),
    ]
    worthless = (
        "def helper(x): return 7\ndef f(x): return 7\nLIMIT = 9\nclass torch: ones = None\nsum = "
        "None"
    )
    assert points(graded(lab, {"f": worthless})) == {"check_f": 0}
    assert points(
        graded(lab, {"f": "helper = sum = LIMIT = torch = None\ndef f(x): return 6"})
    ) == {"check_f": 4}


def test_the_data_of_the_labs_opening_cells_are_not_changed_by_an_answer():
    opening = (
        "import torch\nx, pair = torch.ones(2), (torch.ones(2), [torch.ones(2)])\ntable = {'a': "
        "[1], 'x': torch.ones(2)}\nnetwork = torch.nn.Linear(1, 1)"
    )
    lab = [
        setup("setup", opening),
        answer("f", "def f(*given): pass"),
        check(
            "data",
            "f(x, pair, table, table['a'], pair[0])\nassert x.all() and pair[0].all() and "
            "pair[1][0].all() and len(pair[1]) == 1\n"
            "assert table['a'] == [1] and table['x'].all() and len(table) == 2",
        ),
        check(
            "copies",
            (
                "mine, items = x.clone(), list(table['a'])\nf(mine, items)\nassert not "
                "mine.any() and items == []"
            ),
        ),
        check("works", "f(network)\nassert not network.weight.any()"),
    ]
    spoil = """
def f(*given):
    for one in given:
        if isinstance(one, torch.Tensor): one.zero_()
        elif isinstance(one, torch.nn.Module): f(*[p.data for p in one.parameters()])
        elif isinstance(one, (dict, list, tuple)):
            f(*(one.values() if isinstance(one, dict) else one))
            if hasattr(one, 'clear'): one.clear()
"""
    assert points(graded(lab, {"f": spoil})) == {"data": 4, "copies": 4, "works": 4}


def test_a_name_that_no_solution_cell_defines_is_not_looked_up_in_the_box():
    lab = [
        answer("f", "def f(): return 1"),
        check("check_f", "assert f() == 1\nassert 'expected' in globals() or expected == 1"),
    ]
    result = graded(lab, {"f": "def f(): return 1\nexpected = 1"})
    assert points(result) == {"check_f": 0} and "expected" in result["checks"]["check_f"]["message"]


def test_a_check_sees_the_names_as_they_are_when_it_runs():
    lab = [
        answer("f", "def f(): return 1"),
        check("one", "assert f() == 1"),
        answer("g", "def f(): return 2"),
        check("two", "assert f() == 2"),
    ]
    assert points(graded(lab, {})) == {"one": 4, "two": 4}
    assert points(graded([*lab, check("three", "assert f()")], {"g": "del f"})) == {
        "one": 4,
        "two": 0,
        "three": 0,
    }


def test_checks_follow_each_other_and_keep_their_own_names():
    lab = [
        answer("f", "def f(x): return x"),
        check("one", "x = f(1)\nlist_of = [x]"),
        check("two", "assert list_of == [1] and x == 1"),
    ]
    assert points(graded(lab, {})) == {"one": 4, "two": 4}


def test_a_locked_cell_between_the_answers_runs_on_both_sides_with_the_answers():
    lab = [
        setup("setup", "base = 1"),
        answer("f", "def f(x): return x + base"),
        setup("between", "made = f(2)\nhere = []"),
        answer("g", "def g(): return made"),
        check("check_g", "assert g() == made == 3 and here == []"),
    ]
    assert points(graded(lab, {})) == {"check_g": 4}
    result = graded(lab, {"f": "def f(x): raise ValueError"})
    assert points(result) == {"check_g": 0} and "made" in result["checks"]["check_g"]["message"]


def test_every_cell_of_the_answer_is_shown_and_errors_of_one_leave_the_next():
    lab = [
        answer("a", ""),
        cell("code", "free", "y = 1"),
        cell("markdown", "text", "words"),
        answer("b", "def b(): return y"),
        check("check_b", "assert b() == 1"),
    ]
    result = graded(lab, {"a": "1 / 0"})
    assert set(result["cells"]) == {"a", "free", "b", "check_b"}
    assert result["cells"]["a"][0]["ename"] == "ZeroDivisionError" and points(result) == {
        "check_b": 4
    }


def test_cells_without_a_grade_id_are_named_after_the_one_before():
    lab = [
        answer("f", "def f(): return 1"),
        cell("code", "free", "x = 1"),
        check("check_f", "assert f() == 1"),
    ]
    result = graded(lab, {"free": "import os; os._exit(1)"}, box=ForkBox)
    assert [event["cell"] for event in result["events"]] == ["a cell after f"] and points(
        result
    ) == {"check_f": 4}


def test_a_dead_process_costs_the_check_that_it_died_in():
    lab = [
        answer("f", "def f(): return 1"),
        answer("g", "def g(): return 1"),
        check("check_f", "assert f() == 1"),
        check("check_g", "assert g() == 1"),
        check("again", "assert g() == 1"),
    ]
    result = graded(lab, {"f": "def f():\n    import os\n    os._exit(0)"}, box=ForkBox)
    assert points(result) == {"check_f": 0, "check_g": 4, "again": 4}
    assert (
        "your code ended the Python process (exit code 0)" in result["checks"]["check_f"]["message"]
    )


@pytest.mark.parametrize(
    "loop",
    [
        "for x in range(n()): pass",
        "while n() > 1: pass",
        "while n() > 1:\n    try:\n        n()\n    except Exception:\n        pass",
    ],
)
def test_a_check_that_the_answer_makes_endless_is_ended(loop):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "GRACE", 0.1)
        lab = [
            answer("n", "def n(): return 3"),
            check("check_n", loop),
            check("next", "assert n() == 10**15"),
        ]
        begun = time.monotonic()
        result = graded(lab, {"n": "def n(): return 10**15"}, limits=replace(LIMITS, cell=0.8))
        assert time.monotonic() - begun < 3
    assert points(result) == {"check_n": 0, "next": 4}
    assert (
        "did not finish" in result["checks"]["check_n"]["message"]
        and result["events"][0]["kind"] == "time"
    )


def test_a_time_limit_of_the_checks_that_nothing_catches_fails_the_check():
    space = {"__name__": "__main__", "time_limit": time_limit}
    lab = [
        answer("n", "def n(): pass"),
        check("check_n", "with time_limit(0.1):\n    while n(): pass"),
        check("next", "assert n()"),
    ]
    assert points(graded(lab, {"n": "def n(): return True"}, space=space)) == {
        "check_n": 0,
        "next": 4,
    }


def test_a_signal_that_comes_late_ends_nothing():
    graded(DOUBLE, {})
    signal.raise_signal(signal.SIGUSR1)


def test_a_check_cannot_be_made_to_take_all_memory(monkeypatch):
    import os

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            grading.bound_memory(300 << 20)
            lab = [
                answer("f", "def f(): pass"),
                check("tensor", "import torch\n(f() == f().view(-1, 1)).all()\nNone"),
                check("numbers", "list(range(n)) * 1000"),
                check("next", "assert f().sum() == 0"),
            ]
            result = graded(
                lab,
                {"f": "import torch\nn = 10**6\ndef f(): return torch.zeros(1_000_000)"},
                space={"__name__": "__main__", "n": 10**6},
            )
            os.write(writer, json.dumps(points(result)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    assert json.loads(os.read(reader, 1000)) == {"tensor": 0, "numbers": 0, "next": 4}
    os.close(reader)


def test_a_failed_check_of_the_library_says_its_message_alone():
    space = {"__name__": "__main__", "CheckFailed": CheckFailed}
    result = graded(
        [
            check("one", "raise CheckFailed('line one\\n  expected 1')"),
            check("two", "assert False"),
        ],
        {},
        space=space,
    )
    assert result["checks"]["one"]["message"] == "line one\n  expected 1"
    assert result["checks"]["two"]["message"] == "Your answer does not pass this check."
    assert result["cells"]["one"][0]["ename"] == "CheckFailed"


def test_every_result_can_be_written_into_a_notebook():
    hostile = "\ud800 \x00 \x1b[31m <script>alert(1)</script>"
    source = (
        f"x = {hostile!r}\nprint(x)\ndef double(y): raise ValueError(x)\nclass A:\n    def "
        "__repr__(self): return x"
    )
    result = graded(DOUBLE, {"double": source})
    text = json.dumps(result, ensure_ascii=False).encode()
    for outputs in json.loads(text)["cells"].values():
        notebook = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": "a",
                    "metadata": {},
                    "source": "",
                    "execution_count": None,
                    "outputs": outputs,
                }
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        nbformat.validate(notebook)
        nbformat.writes(nbformat.from_dict(notebook)).encode()


def test_grading_again_gives_the_same_bytes():
    first, second = (
        json.dumps(
            graded(DOUBLE, {"double": "print(1)\ndef double(x): return {1: {2.5}}"}), sort_keys=True
        )
        for _ in range(2)
    )
    assert first == second


def test_messages_are_bounded():
    result = graded(DOUBLE, {"double": "def double(x): return 'a' * 1_000_000"})
    assert len(json.dumps(result)) < 20_000
