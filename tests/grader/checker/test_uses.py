"""Which names lead to which, found in the source alone."""

import json
from pathlib import Path

import pytest

from grader.checker.uses import of_cells, reached
from grader.course import cells

SOLUTIONS = Path(__file__).resolve().parents[3] / "solutions"


@pytest.mark.parametrize(
    "text, name, needs",
    [
        ("def f(x): return g(x)", "f", {"g"}),
        ("def f(g): return g(1)", "f", set()),
        ("def f(x):\n    g = x\n    return g", "f", set()),
        ("def f(x, h=g): return h(x)", "f", {"g"}),
        ("def f(x): return x.g()", "f", set()),
        ("def f(x):\n    def inner():\n        return g(x)\n    return inner", "f", {"g"}),
        ("def f(xs): return [g(x) for x in xs]", "f", {"g"}),
        ("def f(xs): return [g for g in xs]", "f", set()),
        ("f = g", "f", {"g"}),
        ("f = lambda x: g(x)", "f", {"g"}),
        ("f = partial(g, 2)", "f", {"g", "partial"}),
        ("@g\ndef f(): pass", "f", {"g"}),
        ("class f(g):\n    pass", "f", {"g"}),
        ("class f:\n    def m(self): return g()", "f", {"g"}),
        ("class f:\n    g = 1\n    def m(self): return self.g", "f", set()),
        ("class f: pass\nf.m = g", "f", {"g"}),
        ("f = {}\nf['m'] = g", "f", {"g"}),
        ("if True:\n    def f(): return g()", "f", {"g"}),
        ("for f in [g]: pass", "f", {"g"}),
        ("%matplotlib inline\ndef f(): return g()", "f", {"g"}),
        ("def f():\n    return g()\ndef f():\n    return h()", "f", {"g", "h"}),
    ],
)
def test_a_name_uses_what_its_statement_takes_from_the_notebook(text, name, needs):
    assert of_cells([text])[name] - {name} == needs


@pytest.mark.parametrize("text", ["def f(:", "x = '\0'", "(" * 9999, "-" * 99999 + "1", "x.y = 1"])
def test_a_cell_that_cannot_be_read_leads_nowhere(text):
    assert of_cells([text]).get("f") is None


def test_what_is_reached_ends_at_the_names_that_lead_no_further():
    uses = {"a": {"b"}, "b": {"c", "a"}, "c": {"d"}}
    assert reached("a", uses, set()) == {*"abcd"}
    assert reached("a", uses, {"b"}) == {*"ab"}
    assert reached("e", uses, set()) == {"e"}


@pytest.mark.parametrize(
    "lab, name, leads_to",
    [
        ("lab03_magnitude_pruning", "FineGrainedPruner", {"fine_grained_prune"}),
        ("lab04_lottery_tickets", "find_ticket", {"prune_by_rate", "rewind"}),
        ("lab06_during_training", "rigl_update", {"drop", "grow"}),
        ("lab06_during_training", "drop", set()),
    ],
)
def test_the_answers_of_the_labs_lead_to_the_earlier_ones_that_they_call(lab, name, leads_to):
    source = json.loads((SOLUTIONS / lab / f"{lab}.ipynb").read_text(encoding="utf-8"))
    found = reached(
        [name], of_cells(map(cells.text, filter(cells.is_answer, source["cells"]))), set()
    )
    assert found & cells.asked(source) - {name} == leads_to
