"""A wrong answer costs its own points: what is built on it is judged with the lab's function."""

import pytest

from tests.grader.checker.notebooks import answer, check, graded_again, points, setup
from tests.grader.tiny import cell

STUB = "def {}(*given): raise NotImplementedError"


def solved(name, source):
    return answer(name, f"### BEGIN SOLUTION\n{source}\n### END SOLUTION")


LAB = [
    setup("opening", "SCALE = 1"),
    solved("double", "def double(x): return 2 * x * SCALE"),
    cell("code", "look", "double(1)"),
    check("check_double", "assert double(3) == 6, f'expected 6, got {double(3)}'"),
    check("hidden_double", "assert double(5) == 10, f'expected 10, got {double(5)}'"),
    solved("quadruple", "def quadruple(x): return double(double(x))"),
    check("check_quadruple", "assert quadruple(1) == 4, f'expected 4, got {quadruple(1)}'"),
    check("hidden_quadruple", "assert quadruple(2) == 8, f'expected 8, got {quadruple(2)}'"),
    solved("octuple", "def octuple(x): return double(quadruple(x))"),
    check("check_octuple", "assert octuple(1) == 8, f'expected 8, got {octuple(1)}'"),
]
ALL = {name["id"]: 4 for name in LAB if name["id"][:5] in ("check", "hidde")}
BY_DOUBLE = "Judged with our `double` in place of yours."


def zero(*names):
    return ALL | dict.fromkeys(names, 0)


@pytest.mark.parametrize(
    "source",
    [
        STUB.format("double"),
        "def double(x): return x",
        "def double(x): return 6",
        "def double(:",
        "double = None",
        "",
        "def double(x): raise SystemExit",
        "def double(x): return object()",
    ],
)
def test_an_earlier_answer_that_is_empty_or_wrong_costs_its_own_points_alone(source):
    first, then = graded_again(LAB, {"double": source})
    assert points(first)["check_octuple"] == 0
    assert points(then)["hidden_double"] == 0
    assert {**points(then), "check_double": 0, "hidden_double": 0} == zero(
        "check_double", "hidden_double"
    )
    assert then["checks"]["check_quadruple"]["ours"] == ["double"]
    assert BY_DOUBLE in then["cells"]["check_quadruple"][0]["text"]


def test_a_right_notebook_is_not_judged_again():
    first, then = graded_again(LAB, {})
    assert first == then and points(first) == ALL


def test_what_passes_with_the_students_own_function_stays():
    first, then = graded_again(LAB, {"double": "def double(x): return 2 * x if x != 5 else 0"})
    assert points(then) == zero("hidden_double") and first == then


def test_an_answer_that_is_wrong_by_itself_stays_so_and_is_told_its_own_mistake():
    wrong = "def quadruple(x): return double(double(x)) + 1"
    _, then = graded_again(LAB, {"double": STUB.format("double"), "quadruple": wrong})
    mark = then["checks"]["check_quadruple"]
    assert mark["points"] == 0
    assert mark["message"] == f"expected 4, got 5\n{BY_DOUBLE}"
    assert then["cells"]["check_quadruple"][0]["evalue"] == mark["message"]
    assert then["checks"]["check_octuple"]["ours"] == ["double", "quadruple"]
    assert points(then)["check_octuple"] == 4


def test_an_answer_that_turns_out_right_is_not_replaced_further_on():
    own = "def quadruple(x): return double(x) + double(x) + (x > 2)"
    _, then = graded_again(LAB, {"double": STUB.format("double"), "quadruple": own})
    assert then["checks"]["check_octuple"]["ours"] == ["double"]


def test_nobody_earns_an_exercise_by_calling_the_labs_own_function_for_it():
    forward = {
        "double": "def double(x): return quadruple(x) / 2",
        "quadruple": "def quadruple(x): return double(x) * 2",
    }
    assert points(graded_again(LAB, forward)[1]) == zero("check_double", "hidden_double")
    keeps = {
        "double": "kept = []\ndef double(x): return kept[0](x)",
        "quadruple": "def quadruple(x):\n    kept.append(double)\n    return double(double(x))",
    }
    _, then = graded_again(LAB, keeps)
    assert points(then) == zero("check_double", "hidden_double")


def test_what_one_check_learned_of_our_function_does_not_reach_the_check_of_the_students_own():
    """All checks of double come after those of quadruple: nothing of the lab's is lent then."""
    late = [one for one in LAB if one["id"] not in ("check_double", "hidden_double")]
    late += [one for one in LAB if one["id"] in ("check_double", "hidden_double")]
    _, then = graded_again(late, {"double": STUB.format("double")})
    assert points(then) == zero(*ALL)


@pytest.mark.parametrize(
    "source",
    [
        "twice = double\ndef quadruple(x): return twice(twice(x))",
        "def quadruple(x, twice=double): return twice(twice(x))",
        "import functools\nquadruple = functools.partial(lambda f, x: f(f(x)), double)",
        "helper = lambda x: double(x)\ndef quadruple(x): return helper(helper(x))",
        "class Four:\n    def __call__(self, x): return double(double(x))\nquadruple = Four()",
    ],
)
def test_our_function_is_found_however_the_student_came_to_hold_theirs(source):
    _, then = graded_again(LAB, {"double": STUB.format("double"), "quadruple": source})
    assert points(then) == zero("check_double", "hidden_double")


def test_a_helper_in_another_cell_leads_on_to_the_wrong_function():
    helper = cell("code", "extra", "def helper(x): return double(double(x))")
    lab = [*LAB[:5], helper, *LAB[5:]]
    source = "def quadruple(x): return helper(x)"
    _, then = graded_again(lab, {"double": STUB.format("double"), "quadruple": source})
    assert points(then) == zero("check_double", "hidden_double")


def test_a_helper_next_to_the_wrong_function_is_kept():
    double = "def add(x): return x + x\ndef double(x): return x"
    quadruple = "def quadruple(x): return add(double(x))"
    _, then = graded_again(LAB, {"double": double, "quadruple": quadruple})
    assert points(then) == zero("check_double", "hidden_double")


PRUNER = """
class Pruner:
    def __init__(self, x): self.x, self.times = x, 2
    def apply(self): return self.times * self.x
    @staticmethod
    def of(x): return Pruner(x)
"""
CLASSES = [
    solved("pruner", PRUNER),
    check("check_pruner", "assert Pruner(3).apply() == 6"),
    solved("use", "def use(x): return Pruner(x).apply() + Pruner.of(x).times"),
    check("check_use", "assert use(3) == 8"),
]


def test_a_class_is_lent_with_its_methods_and_attributes():
    empty = PRUNER.replace("return self.times * self.x", "raise NotImplementedError")
    _, then = graded_again(CLASSES, {"pruner": empty})
    assert points(then) == {"check_pruner": 0, "check_use": 4}
    assert then["checks"]["check_use"]["ours"] == ["Pruner"]


@pytest.mark.parametrize(
    "ask",
    [
        "double.__code__",
        "double.__globals__",
        "double.__closure__",
        "double.__wrapped__",
        "__import__('inspect').getsource(double)",
        "__import__('copy').deepcopy(double)",
    ],
)
def test_nothing_of_our_function_can_be_had_but_what_it_returns(ask):
    source = f"def quadruple(x):\n    {ask}\n    return double(double(x))"
    _, then = graded_again(LAB, {"double": STUB.format("double"), "quadruple": source})
    assert points(then)["check_quadruple"] == 0
    assert "SCALE" not in str(then["checks"]) + str(then["cells"])


def test_an_error_of_our_function_quotes_the_students_line_and_none_of_ours():
    source = "def quadruple(x):\n    return double('a', x)"
    _, then = graded_again(LAB, {"double": STUB.format("double"), "quadruple": source})
    message = then["checks"]["check_quadruple"]["message"]
    assert "SCALE" not in message and "no answer" in message


def test_a_value_that_is_no_function_is_not_lent():
    lab = [
        solved("plan", "plan = [1, 2]"),
        check("check_plan", "assert plan == [1, 2]"),
        solved("follow", "def follow(): return sum(plan)"),
        check("check_follow", "assert follow() == 3"),
    ]
    _, then = graded_again(lab, {"plan": "plan = []"})
    assert points(then) == {"check_plan": 0, "check_follow": 0}
    assert then["checks"]["check_follow"]["theirs"] == ["plan"]


def test_partial_credit_is_raised_and_never_lowered():
    lab = [
        solved("double", "def double(x): return 2 * x"),
        check("check_double", "assert double(3) == 6"),
        solved("share", "def share(x): return double(x)"),
        check("check_share", "share(2)"),
    ]
    _, then = graded_again(lab, {"double": "def double(x): return 1"})
    assert points(then) == {"check_double": 0, "check_share": 4}
    _, then = graded_again(lab, {"double": "def double(x): return 3"})
    assert points(then) == {"check_double": 0, "check_share": 4}
    lab[-1] = check("check_share", "share(1)")
    first, then = graded_again(lab, {"double": "def double(x): return 3"})
    assert points(then)["check_share"] == 3 and first == then


def test_where_the_lab_has_no_answers_it_is_said_that_an_exercise_could_not_be_judged_alone():
    lab = [{**one, "source": one["source"].replace("### BEGIN SOLUTION", "")} for one in LAB]
    stubs = {name: STUB.format(name) for name in ("double", "quadruple", "octuple")}
    lab = [{**one, "source": stubs.get(one["id"], one["source"])} for one in lab]
    right = "def quadruple(x): return double(double(x))"
    first, then = graded_again(lab, {"quadruple": right})
    mark = then["checks"]["check_quadruple"]
    assert points(first) == points(then)
    assert mark["theirs"] == ["double"]
    assert mark["message"].endswith(
        "could not be judged by itself: it uses `double`, not right yet."
    )
    assert then["cells"]["check_quadruple"][0]["evalue"] == mark["message"]
    assert "theirs" not in then["checks"]["check_octuple"]  # empty: it uses nothing


def test_a_locked_cell_further_down_runs_with_our_function_on_both_sides():
    lab = [
        solved("double", "def double(x): return 2 * x"),
        check("check_double", "assert double(3) == 6"),
        setup("six", "six = double(3)"),
        solved("triple", "def triple(): return 3 * six"),
        check("check_triple", "assert triple() == 3 * six == 18"),
    ]
    _, then = graded_again(lab, {"double": "def double(x): return x"})
    assert points(then) == {"check_double": 0, "check_triple": 4}
